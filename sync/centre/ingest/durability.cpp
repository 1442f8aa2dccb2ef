#include "sync/centre/ingest/durability.h"

#include <algorithm>
#include <iterator>

#include "sync/centre/ingest/placing.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr char kStandby[] = "durable.standby";

}  // namespace

Result<std::uint64_t> backed_up_through(Tables& tables, base::LogId const& log, std::span<Branch const> branches,
                                        std::uint32_t branch, std::uint64_t through) {
  TRY(auto const marks, tables.durability.backed_up(log));
  if (marks.empty()) return std::uint64_t{0};
  auto const parts = path_to(branches, branch, through);
  std::uint64_t durable = 0;
  // From the root on: a branch is worth nothing without what it grew from.
  for (auto part = std::rbegin(parts); part != std::rend(parts); ++part) {
    auto const mark =
        std::find_if(marks.begin(), marks.end(), [&](auto const& each) { return each.branch == part->branch; });
    if (mark == marks.end() || mark->through < part->from) break;
    durable = std::min(mark->through, part->through);
    if (durable < part->through) break;
  }
  return durable;
}

Result<StandbyCounts> standby_counts(Tables& tables) {
  TRY(auto const value, tables.settings.setting(kStandby));
  return value == "1" ? StandbyCounts::kYes : StandbyCounts::kNo;
}

Done set_standby_counts(Tables& tables, StandbyCounts counts) {
  return tables.settings.put_setting(kStandby, counts == StandbyCounts::kYes ? "1" : "0");
}

Result<std::optional<std::uint64_t>> standby_position(Tables& tables) {
  TRY(auto const counts, standby_counts(tables));
  if (counts == StandbyCounts::kNo) return std::optional<std::uint64_t>{};
  return tables.durability.position();
}

bool on_standby(Store& store, std::optional<std::uint64_t> const& position) {
  if (!position) return false;
  bool there = false;
  auto const asked = store.read([&](Tables& tables) -> Done {
    TRY(there, tables.durability.on_standby(*position));
    return {};
  });
  return asked.ok() && there;
}

}  // namespace dga::centre
