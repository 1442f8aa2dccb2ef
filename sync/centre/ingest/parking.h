#pragma once

#include "sync/centre/context.h"
#include "sync/centre/ingest/placing.h"
#include "sync/protocol/batch.h"

namespace dga::centre {

// What a receipt says of a batch that has to wait.
struct Gap {
  std::uint32_t branch = 0;     // whose state the receipt tells
  std::uint64_t want_from = 0;  // send from here on
};
// Keeps a batch whose place is not known yet; beyond kMostParkedBytes it is not kept, which the log
// tells, and only asked for again.
[[nodiscard]] base::Result<Gap> park(Tables& tables, Incoming const& incoming, protocol::VerifiedBatch const& batch,
                                     base::ByteView bytes);

// Keeps a batch of a version that is not known here, within the same limit.
[[nodiscard]] base::Done keep_unreadable(Tables& tables, LogInfo const& log, v1::BatchHeader const& header,
                                         base::ByteView bytes);

// Takes up every parked batch of the log whose gap has closed, until none is left.
[[nodiscard]] base::Done take_up_parked(Context const& context, Tables& tables, LogInfo const& log);

// The branch that a stretch from `first_seq` on most likely belongs to: the first that ends before it. Nothing where
// every known line is longer already, so that it must come from a fork that is not known yet.
[[nodiscard]] std::optional<std::uint32_t> likely_branch(std::span<Branch const> branches, std::uint64_t first_seq);

}  // namespace dga::centre
