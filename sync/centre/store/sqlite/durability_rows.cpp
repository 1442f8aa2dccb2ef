#include "sync/centre/store/sqlite/durability_rows.h"

#include "sync/centre/store/sqlite/rows.h"

namespace dga::centre::sqlite {

using base::Done;
using base::Result;

Result<std::vector<BackedUp>> DurabilityRows::backed_up(base::LogId const& log) {
  TRY(auto row, database_.prepare("SELECT branch, through FROM backed_up WHERE log = ?1 ORDER BY branch"));
  row.bind_bytes(1, log.view());
  std::vector<BackedUp> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    found.push_back({small(row, 0), row.natural(1)});
    return {};
  }));
  return found;
}

Done DurabilityRows::note_backed_up(base::LogId const& log, BackedUp const& mark) {
  TRY(auto row, database_.prepare("INSERT INTO backed_up (log, branch, through) VALUES (?1, ?2, ?3) "
                                  "ON CONFLICT (log, branch) DO UPDATE SET through = max(through, excluded.through)"));
  return row.bind_bytes(1, log.view()).bind(2, mark.branch).bind(3, mark.through).run();
}

Done DurabilityRows::forget_backups() { return database_.run("DELETE FROM backed_up"); }

Result<std::optional<std::uint64_t>> DurabilityRows::position() { return std::optional<std::uint64_t>{}; }

Result<bool> DurabilityRows::on_standby(std::uint64_t) { return false; }

}  // namespace dga::centre::sqlite
