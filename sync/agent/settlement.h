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
  // When the centre was last heard, milliseconds UTC.
  std::int64_t heard_ms = 0;
  // False where the centre has said something later already. What only grows is learnt from such a receipt, too.
  bool latest = true;
};

struct Settlement {
  store::SyncState state;
  std::uint64_t acknowledged = 0;  // records that this receipt newly acknowledges
  bool fresh = false;              // the centre's present word
  bool new_epoch = false;          // the first word of it
  std::int64_t centre_ms = 0;      // as Known's, after this receipt
};

// What is known after a receipt, from what was known before it. An error changes nothing and acknowledges nothing:
// refused "sync.other_log", "sync.old_epoch" (of an epoch the kiosk has left), "sync.other_branch" (another hash than
// the kiosk's own).
[[nodiscard]] base::Result<Settlement> settle(store::SyncState const& before, v1::Receipt const& receipt,
                                              ReceiptContext const& context);

// Of the exchange whose reply is a receipt.
struct Question {
  base::Bytes nonce;
  std::uint64_t batch_first_seq = 0;  // 0 for a head query
};

// What a kiosk knows when a receipt comes, of the log that it is for.
struct Known {
  store::LogIdentity const& identity;
  store::SyncState const& sync;
  std::optional<base::Digest> own_hash;  // as above
  // When the centre last answered the question that a courier carried and whose nonce the receipt repeats; 0 for not
  // yet, nothing where there is none such.
  std::optional<std::int64_t> answered_ms;
  std::int64_t heard_ms = 0;   // as above
  std::int64_t centre_ms = 0;  // when the centre signed the last word of its own that was taken, by its clock
};

// The same for a receipt as it came: in the reply to `question`, or, without one, by a courier. A courier's is fresh
// when it answers a question that the kiosk remembers, and later than the last answer did; one that says nothing new
// and is not fresh changes nothing. A courier may be overtaken by the network, or by another: what the centre signed
// before a word that was taken says only what has grown since, not whether the kiosk is revoked.
[[nodiscard]] base::Result<Settlement> settle(Known const& known, v1::Receipt const& receipt,
                                              std::optional<Question> const& question);

}  // namespace dga::agent
