#pragma once

#include <cstdint>
#include <optional>

#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "sync/agent/outbox.h"
#include "sync/agent/pinned.h"
#include "sync/protocol/bundle.h"

// The courier's road: what a kiosk hands over to be carried to its centre, and what is carried back.
namespace dga::agent {

// One bundle for the centre.
struct Parcel {
  base::Bytes bytes;       // the kiosk's certificate, a head query for each log, then sealed batches
  base::LogId log;         // whose records they are
  std::uint64_t from = 0;  // first and last record in it; 0 and 0 where nothing waits
  std::uint64_t through = 0;
  std::uint64_t records = 0;  // how many that are
  std::uint64_t left = 0;     // recorded after `through`: for another parcel, when this one's receipts are back
};
// Everything that is not acknowledged yet, as far as it fits into `most_bytes`. The batch that is kept for sending goes
// as it is; the others are cut for the parcel and kept nowhere, since the centre takes a record as often as it comes
// for one. It acknowledges nothing, and the network's road goes on as before.
// Errors: the outbox's, "sync.gap", the seal's.
[[nodiscard]] base::Result<Parcel> make_parcel(Outbox& outbox, Pinned const& pinned, crypto::SigningKey const& signing,
                                               base::Random& random,
                                               std::size_t most_bytes = protocol::kMostBundleBytes);

// What came of what a courier brought back.
struct ParcelReceipts {
  std::uint32_t receipts = 0;      // that verified and are for this kiosk's log
  std::uint32_t fresh = 0;         // of them: answers to a question of this kiosk's
  std::uint32_t not_ours = 0;      // receipts and packs for others, and of other centres
  std::uint32_t damages = 0;       // places of the file that could not be read
  bool cut = false;                // its end is missing
  std::uint64_t acknowledged = 0;  // records that are acknowledged now and were not before
  std::uint64_t received_through = 0;
  std::uint64_t waiting = 0;           // after it
  std::uint64_t pack_version = 0;      // of the class pack that was applied; 0 for none
  std::optional<base::Error> problem;  // the first reason why something for this kiosk was not taken
};
// Takes a bundle of receipts and class packs, or one SignedReceipt as a code brings it. Each receipt is settled by
// itself; what cannot be verified, is old or is for others changes nothing. A pack is applied whole or not at all.
// Again, it changes nothing. Refused "bundle.not_one", "bundle.too_large"; the outbox's errors.
[[nodiscard]] base::Result<ParcelReceipts> settle_parcel(Outbox& outbox, Pinned const& pinned,
                                                         crypto::BoxKey const& box, base::ByteView bytes);

}  // namespace dga::agent
