#include "sync/agent/settlement.h"
#include "shared/base/planted.h"

#include <algorithm>

namespace dga::agent {
namespace {

base::Done check(store::SyncState const& before, v1::Receipt const& receipt, ReceiptContext const& context) {
  if (receipt.log_id() != context.identity.log.view() || receipt.device_id() != context.identity.device.view())
    return base::refused("sync.other_log", "read a receipt for another log than " + context.identity.log.hex(),
                         "nothing; the kiosk asks again by itself");
  if (receipt.centre_epoch() < before.centre_epoch)
    return base::refused(
        "sync.old_epoch",
        "read a receipt of epoch " + std::to_string(receipt.centre_epoch()) + ", which the centre has left",
        "nothing; the kiosk asks again by itself");
  if constexpr (base::kPlantedBug == base::PlantedBug::kBelievesAnyHash) return {};
  if (!context.own_hash || receipt.received_hash() != context.own_hash->view())
    return base::refused("sync.other_branch",
                         "compared the centre's hash at record " + std::to_string(receipt.received_through()) +
                             " with this kiosk's own, and it is another",
                         "verify the log on the kiosk; nothing is deleted");
  return {};
}

// The centre says that it lacks what it once had, in answer to this very batch: what it asks for is sent again, since
// sending twice changes nothing and not sending would lose.
bool centre_lacks(store::SyncState const& before, v1::Receipt const& receipt, ReceiptContext const& context) {
  return context.fresh && receipt.want_from() != 0 && receipt.want_from() < context.batch_first_seq &&
         receipt.received_through() < before.received_through && receipt.received_through() + 1 == receipt.want_from();
}

}  // namespace

base::Result<Settlement> settle(store::SyncState const& before, v1::Receipt const& receipt,
                                ReceiptContext const& context) {
  TRY_DO(check(before, receipt, context));
  Settlement settled{before, 0, context.fresh, receipt.centre_epoch() > before.centre_epoch};
  auto& state = settled.state;
  auto const through = receipt.received_through();
  if (settled.new_epoch) {
    state.centre_epoch = receipt.centre_epoch();
    state.received_through = through;
    state.durable_through = 0;
    state.fork_at = receipt.fork_at();
    if (base::kPlantedBug == base::PlantedBug::kEpochIsAFork && before.centre_epoch != 0) state.fork_at = 1;
  } else {
    // The answer to a head query names the longest prefix that its points match, which may lie before what is received.
    state.received_through =
        centre_lacks(before, receipt, context) ? through : std::max(before.received_through, through);
    if (receipt.fork_at() != 0) state.fork_at = receipt.fork_at();
  }
  if (through > before.received_through) settled.acknowledged = through - before.received_through;
  // What may be deleted is never learnt from an answer that may have been kept back and replayed; a batch that is sent
  // again repeats its nonce, so only a head query's is fresh.
  bool const latest = context.latest || settled.new_epoch;
  if (latest && context.fresh && context.batch_first_seq == 0)
    state.durable_through = std::min(receipt.durable_through(), state.received_through);
  if constexpr (base::kPlantedBug == base::PlantedBug::kDurableAtOnce) state.durable_through = state.received_through;
  state.durable_through = std::min(state.durable_through, state.received_through);
  if (!latest) return settled;
  state.quarantined_total = receipt.quarantined_total();
  state.revoked = receipt.revoked();
  state.last_receipt_ms = context.heard_ms;
  return settled;
}

base::Result<Settlement> settle(Known const& known, v1::Receipt const& receipt,
                                std::optional<Question> const& question) {
  ReceiptContext context{known.identity, known.own_hash, false, 0, known.heard_ms};
  auto const& before = known.sync;
  // The receipts of one bundle are signed in the same millisecond. In a new epoch an older database may go by any
  // clock.
  bool const later = receipt.centre_epoch() != before.centre_epoch || receipt.centre_ms() >= known.centre_ms;
  if (question) {
    context.fresh = receipt.nonce() == question->nonce;
    context.batch_first_seq = question->batch_first_seq;
    context.latest = context.fresh || later;  // also where the centre's clock was set back
  } else {
    context.fresh = known.answered_ms && receipt.centre_ms() > *known.answered_ms;
    context.latest = later;
    Settlement nothing{before};
    nothing.centre_ms = known.centre_ms;
    if (base::kPlantedBug == base::PlantedBug::kOldNews && receipt.received_through() <= before.received_through)
      return nothing;
    // A courier's old files come back again and again: one that says nothing new is not the centre's present word.
    if (!context.fresh && receipt.centre_epoch() == before.centre_epoch &&
        receipt.received_through() <= before.received_through)
      return nothing;
    if (!context.fresh) context.heard_ms = before.last_receipt_ms;
  }
  TRY(auto settled, settle(before, receipt, context));
  settled.centre_ms = context.latest ? receipt.centre_ms() : known.centre_ms;
  return settled;
}

}  // namespace dga::agent
