#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::centre {

// Up to where a branch's own rows stand in a backup that was finished and looked through.
struct BackedUp {
  std::uint32_t branch = 0;
  std::uint64_t through = 0;
};

// What also stands elsewhere: what `durable_through` in receipts is taken from. Thread: within one unit of work.
class DurabilityTable {
 public:
  virtual ~DurabilityTable() = default;
  [[nodiscard]] virtual base::Result<std::vector<BackedUp>> backed_up(base::LogId const& log) = 0;  // by branch
  // Never less than was noted before: an older backup takes nothing from a newer one.
  [[nodiscard]] virtual base::Done note_backed_up(base::LogId const& log, BackedUp const& mark) = 0;
  // A restored centre does not know which backups there are.
  [[nodiscard]] virtual base::Done forget_backups() = 0;

  // A place in the database's own log before which everything lies that this unit of work sees. Nothing where the
  // database has no standbys (SQLite).
  [[nodiscard]] virtual base::Result<std::optional<std::uint64_t>> position() = 0;
  // True where a standby that is connected now has everything before `position` on its own disk.
  [[nodiscard]] virtual base::Result<bool> on_standby(std::uint64_t position) = 0;
};

}  // namespace dga::centre
