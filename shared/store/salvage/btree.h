#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/store/sodium_vfs/inspect.h"

// As much of SQLite's b-trees (file format, 1.6 and 2.1) as it takes to find rows without SQLite. Nothing a page says
// is believed before it is checked against the page's size.
namespace dga::salvage {

enum class PageKind { kTableLeaf, kTableInterior, kIndexLeaf, kIndexInterior, kOther /* overflow, free, or no page */ };

// A cell of a b-tree page. What the kind of page does not have is 0 or empty.
struct Cell {
  std::uint32_t left_child = 0;    // interior pages
  std::int64_t row_id = 0;         // table pages
  std::uint64_t payload_size = 0;  // leaves, and index pages
  base::ByteView local;            // as much of the payload as lies in the page; valid as long as the page
  std::uint32_t overflow = 0;      // the first page of the rest; 0: none
};

struct BtreePage {
  PageKind kind = PageKind::kOther;
  std::vector<Cell> cells;        // those that fit in the page
  bool malformed = false;         // some did not
  std::uint32_t right_child = 0;  // interior pages
};

// `number`: page 1 begins with the database's header.
[[nodiscard]] BtreePage read_btree_page(sodium_vfs::Page const& page, std::uint32_t number);

// Octets of a payload that one overflow page holds; its first four name the next.
inline constexpr std::size_t kOverflowBytes = sodium_vfs::kUsableBytes - 4;

// The rest of `cell`'s payload, page by page. `read` gives a page by its number. Nothing where one does not open, or
// when the payload is larger than `most`.
[[nodiscard]] std::optional<base::Bytes> whole_payload(
    Cell const& cell, std::size_t most, std::function<bool(std::uint32_t, sodium_vfs::Page&)> const& read);

// One value of a row: a number, NULL, or octets (text, blob).
struct Value {
  enum class Kind { kNull, kInteger, kBytes, kOther } kind = Kind::kNull;
  std::int64_t integer = 0;
  base::ByteView bytes;
};
// Nothing when it is no row.
[[nodiscard]] std::optional<std::vector<Value>> read_row(base::ByteView payload);
// What the row's header says its values are: SQLite's serial types. Needs the payload's first octets only.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> read_types(base::ByteView start_of_payload);

}  // namespace dga::salvage
