#pragma once

#include "shared/store/database.h"
#include "sync/centre/store/durability_table.h"

namespace dga::centre::sqlite {

// DurabilityTable over the encrypted SQLite database, which has no standbys. The database outlives it.
class DurabilityRows final : public DurabilityTable {
 public:
  explicit DurabilityRows(store::Database& database) : database_(database) {}
  base::Result<std::vector<BackedUp>> backed_up(base::LogId const& log) override;
  base::Done note_backed_up(base::LogId const& log, BackedUp const& mark) override;
  base::Done forget_backups() override;
  base::Result<std::optional<std::uint64_t>> position() override;
  base::Result<bool> on_standby(std::uint64_t position) override;

 private:
  store::Database& database_;
};

}  // namespace dga::centre::sqlite
