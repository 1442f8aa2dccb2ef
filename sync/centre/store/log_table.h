#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::centre {

struct LogInfo {
  base::LogId id;
  base::DeviceId device;
  base::LogSalt salt;
};

// One line of a log. Branch 0 is what arrived first; a fork's branch holds only what differs from its parent.
struct Branch {
  std::uint32_t number = 0;
  std::uint32_t parent = 0;
  std::uint64_t fork_at = 0;  // the first seq that is its own and differs from another branch; 0 for branch 0
  std::uint64_t head_seq = 0;
  base::Digest head_hash;
};

struct LogBranch {
  base::LogId log;
  Branch branch;
};

// A record as it arrived. `reason`: a v1::QuarantineReason, 0 for an accepted one.
struct LogRow {
  std::uint64_t seq = 0;
  base::Digest hash;                 // h(seq)
  std::optional<base::Bytes> bytes;  // nothing where only the digest came
  base::Digest digest;               // H(record bytes)
  std::uint32_t reason = 0;
};
struct PlacedRow {
  std::uint64_t seq = 0;
  base::Digest hash;
  std::uint32_t branch = 0;
};
struct RowCount {
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
};
struct QuarantinedRow {
  std::uint64_t seq = 0;
  std::uint32_t reason = 0;
};

// A sealed batch that waits for what lies before it, or that this version cannot read; kept as it came.
struct ParkedBatch {
  base::Digest id;  // H(bytes)
  base::LogId log;
  base::DeviceId device;
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  base::Digest prev_hash;
  bool unreadable = false;  // of another version
  base::Bytes bytes;        // a SealedBatch; empty in lists
};

// The highest places a device has signed for that have not arrived yet.
struct SignedHead {
  std::uint64_t seq = 0;
  base::Digest hash;
  std::uint32_t branch = 0;       // as far as known
  std::uint64_t matched_seq = 0;  // up to here its line is known to be the branch's
};

// Logs, rows, branches. Every key begins with the log's id: a store that shards does so by log.
// Thread: within one unit of work of the Store.
class LogTable {
 public:
  virtual ~LogTable() = default;
  [[nodiscard]] virtual base::Result<std::optional<LogInfo>> log(base::LogId const& id) = 0;
  [[nodiscard]] virtual base::Done add_log(LogInfo const& log) = 0;
  [[nodiscard]] virtual base::Result<std::vector<LogInfo>> logs() = 0;

  [[nodiscard]] virtual base::Result<std::vector<Branch>> branches(base::LogId const& log) = 0;  // by number
  // Of every log, by log and number: one statement, however many logs there are.
  [[nodiscard]] virtual base::Result<std::vector<LogBranch>> all_branches() = 0;
  [[nodiscard]] virtual base::Done put_branch(base::LogId const& log, Branch const& branch) = 0;

  // The branch that holds this place itself (not by inheritance).
  [[nodiscard]] virtual base::Result<std::optional<std::uint32_t>> branch_of(base::LogId const& log, std::uint64_t seq,
                                                                             base::Digest const& hash) = 0;
  // All stored places from..through, every branch, by seq.
  [[nodiscard]] virtual base::Result<std::vector<PlacedRow>> places(base::LogId const& log, std::uint64_t from,
                                                                    std::uint64_t through) = 0;
  // A batch in one go; REQUIRES: none of them is stored.
  [[nodiscard]] virtual base::Done append(base::LogId const& log, std::uint32_t branch,
                                          std::span<LogRow const> rows) = 0;
  // Calls `each` for the branch's own rows in (after, through], in order.
  [[nodiscard]] virtual base::Done replay(base::LogId const& log, std::uint32_t branch, std::uint64_t after,
                                          std::uint64_t through,
                                          std::function<base::Done(LogRow const&)> const& each) = 0;
  // The branch's own rows, counted one by one: reconciliation must be able to find a missing one.
  [[nodiscard]] virtual base::Result<RowCount> count(base::LogId const& log, std::uint32_t branch) = 0;
  // Of the branch's own rows in [from, through]: how many are quarantined, and the first `most` of them.
  [[nodiscard]] virtual base::Result<std::uint64_t> quarantined_total(base::LogId const& log, std::uint32_t branch,
                                                                      std::uint64_t from, std::uint64_t through) = 0;
  [[nodiscard]] virtual base::Result<std::vector<QuarantinedRow>> quarantined(base::LogId const& log,
                                                                              std::uint32_t branch, std::uint64_t from,
                                                                              std::uint64_t through,
                                                                              std::size_t most) = 0;
  [[nodiscard]] virtual base::Done set_reason(base::LogId const& log, std::uint64_t seq, base::Digest const& hash,
                                              std::uint32_t reason) = 0;

  // Parking the same batch twice is one batch.
  [[nodiscard]] virtual base::Done park(ParkedBatch const& batch) = 0;
  [[nodiscard]] virtual base::Result<std::vector<ParkedBatch>> parked(
      base::LogId const& log) = 0;  // without bytes, by first_seq
  [[nodiscard]] virtual base::Result<std::optional<base::Bytes>> parked_bytes(base::LogId const& log,
                                                                              base::Digest const& id) = 0;
  [[nodiscard]] virtual base::Done unpark(base::LogId const& log, base::Digest const& id) = 0;
  // What a device has parked in all, in bytes.
  [[nodiscard]] virtual base::Result<std::uint64_t> parked_total(base::DeviceId const& device) = 0;

  [[nodiscard]] virtual base::Done note_head(base::LogId const& log,
                                             SignedHead const& head) = 0;  // again: the newer branch
  [[nodiscard]] virtual base::Result<std::vector<SignedHead>> signed_heads(
      base::LogId const& log) = 0;  // highest first
  [[nodiscard]] virtual base::Done drop_head(base::LogId const& log, std::uint64_t seq, base::Digest const& hash) = 0;
};

}  // namespace dga::centre
