#include "sync/centre/store/postgresql/durability_rows.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

Result<std::vector<BackedUp>> DurabilityRows::backed_up(base::LogId const& log) {
  TRY(auto const found,
      session_.run("SELECT branch, through FROM backed_up WHERE log = $1 ORDER BY branch", Values().bytes(log.view())));
  std::vector<BackedUp> marks;
  for (std::size_t at = 0; at < found.size(); ++at) marks.push_back({found.small(at, 0), found.natural(at, 1)});
  return marks;
}

Done DurabilityRows::note_backed_up(base::LogId const& log, BackedUp const& mark) {
  return session_.change(
      "INSERT INTO backed_up (log, branch, through) VALUES ($1, $2, $3) "
      "ON CONFLICT (log, branch) DO UPDATE SET through = greatest(backed_up.through, excluded.through)",
      Values().bytes(log.view()).natural(mark.branch).natural(mark.through));
}

Done DurabilityRows::forget_backups() { return session_.change("DELETE FROM backed_up", {}); }

Result<std::optional<std::uint64_t>> DurabilityRows::position() {
  // A commit is seen by others only after its record lies in the log, so this is not before anything a snapshot holds.
  TRY(auto const found, session_.run("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"));
  return std::optional(found.natural(0, 0));
}

Result<bool> DurabilityRows::on_standby(std::uint64_t position) {
  // A base backup streams, too, but keeps nothing until it has ended: its state is "backup". Where the role may not
  // read others' statistics the place is NULL, and nothing is claimed.
  TRY(auto const found, session_.run("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' "
                                     "AND (flush_lsn - '0/0'::pg_lsn)::bigint >= $1",
                                     Values().natural(position)));
  return found.integer(0, 0) > 0;
}

}  // namespace dga::centre::postgresql
