#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sync/centre/store/log_table.h"

namespace dga::centre {

// A stretch of a log whose own chain holds, and where it belongs if its prev_hash does.
struct Incoming {
  LogInfo log;
  std::uint64_t first_seq = 0;
  base::Digest prev_hash;
  std::vector<LogRow> rows;
};

enum class Placing { kStored /* new rows, old rows, or both */, kGap /* what lies before it has not arrived */ };
struct Placed {
  Placing how = Placing::kGap;
  std::uint32_t branch = 0;  // that the last row stands on
  std::uint64_t new_rows = 0;
};

// Puts a stretch where its prev_hash is a stored h(first_seq - 1). Rows that are there already stay as they are. From
// the first row that differs from a stored one on, a branch of its own begins: nothing is overwritten. Damaged
// "batch.chain" for a first record that does not follow from the log's own start.
[[nodiscard]] base::Result<Placed> place(LogTable& logs, Incoming const& incoming);

// The last seq that any of a log's branches holds; 0 for none. What lies beyond it need not be looked for.
[[nodiscard]] std::uint64_t highest_seq(std::span<Branch const> branches);
// Whether what a device signed for is stored. `branches`: all of the log's, as they are now.
[[nodiscard]] base::Result<bool> has_arrived(LogTable& logs, base::LogId const& log, std::span<Branch const> branches,
                                             SignedHead const& head);

// Removes signed heads that have arrived.
[[nodiscard]] base::Done settle_heads(LogTable& logs, base::LogId const& log, std::span<Branch const> branches);

// A line from the start of the log to a branch's head: the stretches that make it, the last one first.
struct PathPart {
  std::uint32_t branch = 0;
  std::uint64_t from = 0, through = 0;
};
[[nodiscard]] std::vector<PathPart> path_to(std::span<Branch const> branches, std::uint32_t branch,
                                            std::uint64_t through);

}  // namespace dga::centre
