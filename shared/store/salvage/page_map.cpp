#include "shared/store/salvage/page_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "shared/store/kiosk_schema.h"
#include "shared/store/salvage/btree.h"

namespace dga::salvage {
namespace {

using sodium_vfs::Page;

// Where page 1 names the first trunk of the list of free pages (SQLite's file format, 1.3).
constexpr std::size_t kFreeListAt = 32;
// Levels of a b-tree; SQLite's own limit.
constexpr int kMostLevels = 20;
// More than the SQL of any table here.
constexpr std::size_t kMostSchemaRow = 64 * 1024;
constexpr std::string_view kRecordTable = "record";

struct Tree {
  std::string table;
  // Row ids that a page can hold, where its parents tell.
  std::optional<std::int64_t> above, through;
};

class Walk {
 public:
  Walk(PageVersions const& pages, std::set<std::uint32_t> const& wanted) : pages_(pages), wanted_(wanted) {}

  std::map<std::uint32_t, std::string> held() {
    if (wanted_.contains(1)) held_[1] = "the list of tables";
    Page page;
    if (pages_.read_newest(1, page)) free_list(sodium_vfs::big_endian(page.data() + kFreeListAt));
    tree(1, {"sqlite_schema", {}, {}}, 0);
    for (auto const& [table, root] : roots_) tree(root, {table, {}, {}}, 0);
    return std::move(held_);
  }

 private:
  void note(std::uint32_t page, std::string what) {
    if (wanted_.contains(page)) held_.try_emplace(page, std::move(what));
  }

  static std::string words(Tree const& tree) {
    if (tree.table != kRecordTable) return fmt::format("a part of the table {}", tree.table);
    auto const first = tree.above ? store::seq_of(*tree.above) + 1 : 1;
    if (!tree.through) return fmt::format("records from {} on", first);
    return fmt::format("records {} to {}", first, store::seq_of(*tree.through));
  }

  void overflow(Cell const& cell, Tree const& of) {
    auto const what = of.table == kRecordTable ? fmt::format("a part of record {}", store::seq_of(cell.row_id))
                                               : fmt::format("a part of a long row of the table {}", of.table);
    Page page;
    auto next = cell.overflow;
    for (auto left = cell.payload_size / kOverflowBytes + 1; next != 0 && left > 0; --left) {
      note(next, what);
      if (!pages_.read_newest(next, page)) return;
      next = sodium_vfs::big_endian(page.data());
    }
  }

  void tree(std::uint32_t number, Tree const& here, int level) {
    if (level > kMostLevels || !seen_.insert(number).second) return;
    note(number, words(here));
    Page page;
    if (!pages_.read_newest(number, page)) return;
    auto const read = read_btree_page(page, number);
    if (number == 1 || here.table == "sqlite_schema") read_roots(read);
    auto below = here;
    for (auto const& cell : read.cells) {
      if (cell.overflow != 0) overflow(cell, here);
      if (cell.left_child == 0) continue;
      if (read.kind == PageKind::kTableInterior) below.through = cell.row_id;
      tree(cell.left_child, below, level + 1);
      if (read.kind == PageKind::kTableInterior) below.above = cell.row_id;
    }
    if (read.right_child == 0) return;
    below.through = here.through;
    tree(read.right_child, below, level + 1);
  }

  // Rows of sqlite_schema: type, name, table, root page, SQL.
  void read_roots(BtreePage const& schema) {
    if (schema.kind != PageKind::kTableLeaf) return;
    for (auto const& cell : schema.cells) {
      auto const payload = whole_payload(cell, kMostSchemaRow,
                                         [&](auto number, Page& page) { return pages_.read_newest(number, page); });
      auto const row = payload ? read_row(*payload) : std::nullopt;
      if (!row || row->size() < 4) continue;
      auto const root = (*row)[3].integer;
      if (root > 1 && root <= pages_.pages())
        roots_.emplace_back(std::string((*row)[2].bytes), static_cast<std::uint32_t>(root));
    }
  }

  void free_list(std::uint32_t trunk) {
    Page page;
    for (auto left = pages_.pages(); trunk != 0 && left > 0; --left) {
      note(trunk, "nothing (it is free)");
      if (!pages_.read_newest(trunk, page)) return;
      auto const leaves =
          std::min<std::size_t>(sodium_vfs::big_endian(page.data() + 4), sodium_vfs::kUsableBytes / 4 - 2);
      for (std::size_t i = 0; i < leaves; ++i)
        note(sodium_vfs::big_endian(page.data() + 8 + 4 * i), "nothing (it is free)");
      trunk = sodium_vfs::big_endian(page.data());
    }
  }

  PageVersions const& pages_;
  std::set<std::uint32_t> const& wanted_;
  std::set<std::uint32_t> seen_;
  std::vector<std::pair<std::string, std::uint32_t>> roots_;
  std::map<std::uint32_t, std::string> held_;
};

}  // namespace

std::map<std::uint32_t, std::string> what_pages_held(PageVersions const& pages, std::set<std::uint32_t> const& wanted) {
  if (wanted.empty()) return {};
  return Walk(pages, wanted).held();
}

}  // namespace dga::salvage
