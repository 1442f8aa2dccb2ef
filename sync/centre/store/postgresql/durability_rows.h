#pragma once

#include "sync/centre/store/durability_table.h"
#include "sync/centre/store/postgresql/session.h"

namespace dga::centre::postgresql {

// DurabilityTable over one PostgreSQL session. It outlives it.
class DurabilityRows final : public DurabilityTable {
 public:
  explicit DurabilityRows(Session& session) : session_(session) {}
  base::Result<std::vector<BackedUp>> backed_up(base::LogId const& log) override;
  base::Done note_backed_up(base::LogId const& log, BackedUp const& mark) override;
  base::Done forget_backups() override;
  base::Result<std::optional<std::uint64_t>> position() override;
  base::Result<bool> on_standby(std::uint64_t position) override;

 private:
  Session& session_;
};

}  // namespace dga::centre::postgresql
