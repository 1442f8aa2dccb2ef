#include "shared/store/salvage/btree.h"

#include <algorithm>

namespace dga::salvage {
namespace {

using sodium_vfs::big_endian, sodium_vfs::kUsableBytes, sodium_vfs::Page;

constexpr std::size_t kDatabaseHeaderBytes = 100;
// More columns than any table here has.
constexpr std::size_t kMostColumns = 64;

std::size_t two_octets(std::uint8_t const* at) { return static_cast<std::size_t>(at[0]) << 8 | at[1]; }

std::uint8_t const* octets(base::ByteView bytes) { return reinterpret_cast<std::uint8_t const*>(bytes.data()); }

// SQLite's number of 1 to 9 octets; takes it off the front.
std::optional<std::uint64_t> take_number(base::ByteView& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 9 && i < bytes.size(); ++i) {
    auto const octet = static_cast<std::uint8_t>(bytes[i]);
    if (i == 8) {
      bytes.remove_prefix(9);
      return number << 8 | octet;
    }
    number = number << 7 | (octet & 0x7f);
    if (octet < 0x80) {
      bytes.remove_prefix(i + 1);
      return number;
    }
  }
  return std::nullopt;
}

PageKind kind_of(std::uint8_t flag) {
  switch (flag) {
    case 0x0d: return PageKind::kTableLeaf;
    case 0x05: return PageKind::kTableInterior;
    case 0x0a: return PageKind::kIndexLeaf;
    case 0x02: return PageKind::kIndexInterior;
    default: return PageKind::kOther;
  }
}

// How much of a payload lies in the page itself (file format, 1.6).
std::size_t local_bytes(std::uint64_t payload, PageKind kind) {
  constexpr std::size_t kLeast = (kUsableBytes - 12) * 32 / 255 - 23;
  std::size_t const most = kind == PageKind::kTableLeaf ? kUsableBytes - 35 : (kUsableBytes - 12) * 64 / 255 - 23;
  if (payload <= most) return static_cast<std::size_t>(payload);
  auto const some = kLeast + static_cast<std::size_t>((payload - kLeast) % kOverflowBytes);
  return some <= most ? some : kLeast;
}

std::optional<Cell> read_cell(base::ByteView rest, PageKind kind) {
  Cell cell;
  if (kind == PageKind::kTableInterior || kind == PageKind::kIndexInterior) {
    if (rest.size() < 4) return std::nullopt;
    cell.left_child = big_endian(octets(rest));
    rest.remove_prefix(4);
  }
  if (kind != PageKind::kTableInterior) {
    auto const size = take_number(rest);
    if (!size) return std::nullopt;
    cell.payload_size = *size;
  }
  if (kind == PageKind::kTableLeaf || kind == PageKind::kTableInterior) {
    auto const row_id = take_number(rest);
    if (!row_id) return std::nullopt;
    cell.row_id = static_cast<std::int64_t>(*row_id);
  }
  if (kind == PageKind::kTableInterior) return cell;
  auto const local = local_bytes(cell.payload_size, kind);
  bool const overflows = local < cell.payload_size;
  if (rest.size() < local + (overflows ? 4 : 0)) return std::nullopt;
  cell.local = rest.substr(0, local);
  if (overflows) cell.overflow = big_endian(octets(rest) + local);
  return cell;
}

// How many octets a value of this serial type takes (file format, 2.1).
std::uint64_t bytes_of(std::uint64_t type) {
  constexpr std::array<std::uint8_t, 12> kFixed{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < kFixed.size() ? kFixed[type] : (type - 12) / 2;
}

}  // namespace

BtreePage read_btree_page(Page const& page, std::uint32_t number) {
  BtreePage read;
  auto const start = number == 1 ? kDatabaseHeaderBytes : 0;
  auto const* const header = page.data() + start;
  read.kind = kind_of(header[0]);
  if (read.kind == PageKind::kOther) return read;
  bool const interior = read.kind == PageKind::kTableInterior || read.kind == PageKind::kIndexInterior;
  auto const pointers = start + (interior ? 12 : 8);
  auto const count = two_octets(header + 3);
  if (interior) read.right_child = big_endian(header + 8);
  if (pointers + 2 * count > kUsableBytes) {
    read.kind = PageKind::kOther;
    return read;
  }
  base::ByteView const whole(reinterpret_cast<char const*>(page.data()), kUsableBytes);
  read.cells.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto const at = two_octets(page.data() + pointers + 2 * i);
    auto const cell = at >= kUsableBytes ? std::nullopt : read_cell(whole.substr(at), read.kind);
    if (cell)
      read.cells.push_back(*cell);
    else
      read.malformed = true;
  }
  return read;
}

std::optional<base::Bytes> whole_payload(Cell const& cell, std::size_t most,
                                         std::function<bool(std::uint32_t, Page&)> const& read) {
  if (cell.payload_size > most) return std::nullopt;
  base::Bytes payload(cell.local);
  Page page;
  // Ends by itself: every round adds octets, and there are no more than `most`.
  for (auto next = cell.overflow; payload.size() < cell.payload_size;) {
    if (next == 0 || !read(next, page)) return std::nullopt;
    next = big_endian(page.data());
    auto const part =
        std::min<std::size_t>(kOverflowBytes, static_cast<std::size_t>(cell.payload_size) - payload.size());
    payload.append(reinterpret_cast<char const*>(page.data()) + 4, part);
  }
  return payload;
}

std::optional<std::vector<std::uint64_t>> read_types(base::ByteView payload) {
  auto rest = payload;
  auto const header = take_number(rest);
  if (!header || *header > payload.size()) return std::nullopt;
  auto const taken = payload.size() - rest.size();
  if (*header < taken) return std::nullopt;
  rest = rest.substr(0, static_cast<std::size_t>(*header) - taken);
  std::vector<std::uint64_t> types;
  while (!rest.empty()) {
    auto const type = take_number(rest);
    if (!type || types.size() == kMostColumns) return std::nullopt;
    types.push_back(*type);
  }
  return types;
}

std::optional<std::vector<Value>> read_row(base::ByteView payload) {
  auto const types = read_types(payload);
  if (!types) return std::nullopt;
  auto rest = payload;
  auto const header = take_number(rest);
  if (!header) return std::nullopt;
  rest = payload.substr(static_cast<std::size_t>(*header));
  std::vector<Value> row;
  for (auto const type : *types) {
    auto const size = bytes_of(type);
    if (size > rest.size()) return std::nullopt;
    auto const data = rest.substr(0, static_cast<std::size_t>(size));
    rest.remove_prefix(data.size());
    Value value;
    if (type == 0) {
      value.kind = Value::Kind::kNull;
    } else if (type <= 6 || type == 8 || type == 9) {
      value.kind = Value::Kind::kInteger;
      auto number = type == 9 ? 1ull : !data.empty() && (octets(data)[0] & 0x80) ? ~0ull : 0ull;
      for (char const octet : data) number = number << 8 | static_cast<std::uint8_t>(octet);
      value.integer = static_cast<std::int64_t>(number);
    } else if (type >= 12) {
      value.kind = Value::Kind::kBytes;
      value.bytes = data;
    } else {
      value.kind = Value::Kind::kOther;
    }
    row.push_back(value);
  }
  return row;
}

}  // namespace dga::salvage
