#pragma once

#include "sync/centre/context.h"

namespace dga::centre {

// What a device may have parked while something before it is missing (protocol.md, "A batch").
inline constexpr std::uint64_t kMostParkedBytes = 64 * 1024 * 1024;

// A SealedBatch in, a SignedReceipt out; what the receipt says is durable. In protocol.md's order: size, device and
// revocation, ids, signature, then opens, decompresses, checks the chain, stores all of it in one transaction.
// Errors: protocol::verify_batch's and open_batch's; usage "log.other" when the address names another log; refused
// "device.pending", "device.rejected".
// Thread: any.
[[nodiscard]] base::Result<base::Bytes> receive_batch(Context const& context, base::LogId const& addressed,
                                                      base::ByteView sealed_batch);

// Looks a device's key up and leaves its row in `found`, which outlives the look-up: for questions that a device
// signed.
[[nodiscard]] std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> key_look_up(
    Context const& context, std::optional<DeviceRow>& found);

// Refused unless what this device sends is taken in: an active one's, or a revoked or unconfirmed one's (into
// quarantine).
[[nodiscard]] base::Done check_sender(std::optional<DeviceRow> const& device);

}  // namespace dga::centre
