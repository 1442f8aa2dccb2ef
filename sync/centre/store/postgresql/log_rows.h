#pragma once

#include "sync/centre/store/log_table.h"
#include "sync/centre/store/postgresql/session.h"

namespace dga::centre::postgresql {

// LogTable over one PostgreSQL session. It outlives it.
class LogRows final : public LogTable {
 public:
  explicit LogRows(Session& session) : session_(session) {}
  base::Result<std::optional<LogInfo>> log(base::LogId const& id) override;
  base::Done add_log(LogInfo const& log) override;
  base::Result<std::vector<LogInfo>> logs() override;
  base::Result<std::vector<Branch>> branches(base::LogId const& log) override;
  base::Result<std::vector<LogBranch>> all_branches() override;
  base::Done put_branch(base::LogId const& log, Branch const& branch) override;
  base::Result<std::optional<std::uint32_t>> branch_of(base::LogId const& log, std::uint64_t seq,
                                                       base::Digest const& hash) override;
  base::Result<std::vector<PlacedRow>> places(base::LogId const& log, std::uint64_t from,
                                              std::uint64_t through) override;
  base::Done append(base::LogId const& log, std::uint32_t branch, std::span<LogRow const> rows) override;
  base::Done replay(base::LogId const& log, std::uint32_t branch, std::uint64_t after, std::uint64_t through,
                    std::function<base::Done(LogRow const&)> const& each) override;
  base::Result<RowCount> count(base::LogId const& log, std::uint32_t branch) override;
  base::Result<std::uint64_t> quarantined_total(base::LogId const& log, std::uint32_t branch, std::uint64_t from,
                                                std::uint64_t through) override;
  base::Result<std::vector<QuarantinedRow>> quarantined(base::LogId const& log, std::uint32_t branch,
                                                        std::uint64_t from, std::uint64_t through,
                                                        std::size_t most) override;
  base::Done set_reason(base::LogId const& log, std::uint64_t seq, base::Digest const& hash,
                        std::uint32_t reason) override;
  base::Done park(ParkedBatch const& batch) override;
  base::Result<std::vector<ParkedBatch>> parked(base::LogId const& log) override;
  base::Result<std::optional<base::Bytes>> parked_bytes(base::LogId const& log, base::Digest const& id) override;
  base::Done unpark(base::LogId const& log, base::Digest const& id) override;
  base::Result<std::uint64_t> parked_total(base::DeviceId const& device) override;
  base::Done note_head(base::LogId const& log, SignedHead const& head) override;
  base::Result<std::vector<SignedHead>> signed_heads(base::LogId const& log) override;
  base::Done drop_head(base::LogId const& log, std::uint64_t seq, base::Digest const& hash) override;

 private:
  Session& session_;
};

}  // namespace dga::centre::postgresql
