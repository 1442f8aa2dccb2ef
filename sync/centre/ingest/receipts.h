#pragma once

#include <cstdint>
#include <vector>

#include "sync/centre/context.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::centre {

// The newest state of one branch, or of its first `through` records, as a receipt tells it: all but time and nonce.
// REQUIRES: within the unit of work that stored what it speaks of.
[[nodiscard]] base::Result<v1::Receipt> describe_branch(Tables& tables, CentreKeys const& keys, LogInfo const& log,
                                                        std::vector<Branch> const& branches, std::uint32_t branch);
[[nodiscard]] base::Result<v1::Receipt> describe_prefix(Tables& tables, CentreKeys const& keys, LogInfo const& log,
                                                        std::vector<Branch> const& branches, std::uint32_t branch,
                                                        std::uint64_t through, base::Digest const& hash);

// Grows with every restore; a new centre begins at the present second.
[[nodiscard]] base::Result<std::uint64_t> centre_epoch(Tables& tables);
// `at_least`: the highest epoch that is known from elsewhere.
[[nodiscard]] base::Done open_epoch(Tables& tables, std::int64_t now_ms, std::uint64_t at_least = 0);

// Time and nonce put in, signed.
[[nodiscard]] base::Bytes finish_receipt(Context const& context, v1::Receipt receipt, base::ByteView nonce);

}  // namespace dga::centre
