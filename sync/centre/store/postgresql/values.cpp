#include "sync/centre/store/postgresql/values.h"

namespace dga::centre::postgresql {
namespace {

// Object identifiers of types. Source: PostgreSQL 15, src/include/catalog/pg_type.dat.
constexpr std::int32_t kBigint = 20, kBytea = 17;

template <typename Number>
void put(std::string& into, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
    into.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> shift)));
}

// Source: array_recv() in PostgreSQL 15, src/backend/utils/adt/arrayfuncs.c: dimensions, has NULLs, element type; per
// dimension its size and first index; per element its size (-1: NULL) and octets.
std::string array_start(std::int32_t type, std::size_t size) {
  std::string array;
  put(array, std::int32_t{1});
  put(array, std::int32_t{1});
  put(array, type);
  put(array, static_cast<std::int32_t>(size));
  put(array, std::int32_t{1});
  return array;
}

}  // namespace

Values& Values::bytes(base::ByteView value) {
  encoded_.emplace_back(value);
  return *this;
}

Values& Values::integer(std::int64_t number) {
  put(encoded_.emplace_back(), number);
  return *this;
}

Values& Values::integers(std::span<std::int64_t const> numbers) {
  auto array = array_start(kBigint, numbers.size());
  array.reserve(array.size() + numbers.size() * 12);
  for (auto const number : numbers) {
    put(array, std::int32_t{8});
    put(array, number);
  }
  encoded_.push_back(std::move(array));
  return *this;
}

Values& Values::all_bytes(std::span<std::optional<base::ByteView> const> values) {
  auto array = array_start(kBytea, values.size());
  for (auto const& value : values) {
    put(array, value ? static_cast<std::int32_t>(value->size()) : std::int32_t{-1});
    if (value) array.append(*value);
  }
  encoded_.push_back(std::move(array));
  return *this;
}

}  // namespace dga::centre::postgresql
