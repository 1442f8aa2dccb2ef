#pragma once

#include <cstdint>
#include <optional>

#include "shared/store/kiosk_store.h"
#include "sync/protocol/receipt.h"

namespace dga::agent {

// How a verified receipt came.
struct ReceiptContext {
  store::LogIdentity const& identity;
  // The kiosk's own h(received_through); nothing where its log does not reach that far.
  std::optional<base::Digest> own_hash;
  // True when the receipt repeats the nonce of the question that it answers.
  bool fresh = false;
  // Of the batch that it answers; 0 for a head query.
  std::uint64_t batch_first_seq = 0;
  // The kiosk's clock, milliseconds UTC: when the centre was last heard.
  std::int64_t wall_ms = 0;
};

struct Settlement {
  store::SyncState state;
  std::uint64_t acknowledged = 0;  // records that this receipt newly acknowledges
};

// What is known after a receipt, from what was known before it. An error changes nothing and acknowledges nothing:
// refused "sync.other_log", "sync.old_epoch" (of an epoch the kiosk has left), "sync.other_branch" (another hash than
// the kiosk's own).
[[nodiscard]] base::Result<Settlement> settle(store::SyncState const& before, v1::Receipt const& receipt,
                                              ReceiptContext const& context);

}  // namespace dga::agent
