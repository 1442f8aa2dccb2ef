#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/bytes.h"

namespace dga::centre::postgresql {

// The parameters of a statement, $1 first, each in PostgreSQL's binary format: nothing is escaped on the way.
// A number is a bigint: where the statement expects another type it says so ($2::bigint).
class Values {
 public:
  Values& bytes(base::ByteView value);
  Values& text(std::string_view value) { return bytes(value); }
  Values& integer(std::int64_t number);
  // Beyond 2^63 kept as a negative number.
  Values& natural(std::uint64_t number) { return integer(static_cast<std::int64_t>(number)); }
  // Whole columns at once, for unnest().
  Values& integers(std::span<std::int64_t const> numbers);                   // bigint[]
  Values& all_bytes(std::span<std::optional<base::ByteView> const> values);  // bytea[]; nothing is NULL

  [[nodiscard]] std::vector<std::string> const& encoded() const { return encoded_; }

 private:
  std::vector<std::string> encoded_;
};

}  // namespace dga::centre::postgresql
