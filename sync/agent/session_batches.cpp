// The part of a session that cuts batches, sends them and hears what became of them.
#include <algorithm>
#include <utility>

#include "sync/agent/answer.h"
#include "sync/agent/cutting.h"
#include "sync/agent/session.h"
#include "sync/protocol/batch.h"

namespace dga::agent {
namespace {

std::size_t size_of(std::vector<store::StoredRecord> const& records) {
  std::size_t bytes = 0;
  for (auto const& record : records) bytes += record.bytes.size();
  return bytes;
}

}  // namespace

base::Result<store::Outbound> Session::seal(CutBatch const& step, Outbox::View const& view) {
  TRY(auto records, records_from(parts_.outbox, step.from_seq, step.plain_bytes));
  TRY(auto const prev_hash, parts_.outbox.hash_at(step.from_seq - 1));
  for (;;) {
    TRY(auto sealed, protocol::seal_batch(stretch_of(view, records, prev_hash), parts_.pinned.box_key_id,
                                          parts_.pinned.box, parts_.signing, parts_.random));
    machine_.batch_cut(size_of(records), sealed.size());
    // Compressed worse than the batches before it: shortened while it is still nobody's.
    bool const too_large = sealed.size() > step.sealed_bytes + step.sealed_bytes / 2 ||
                           (step.most_bytes != 0 && sealed.size() > step.most_bytes);
    if (too_large && records.size() > 1) {
      records.resize(records.size() / 2);
      continue;
    }
    return store::Outbound{step.from_seq, static_cast<std::uint32_t>(records.size()), std::move(sealed)};
  }
}

void Session::cut(CutBatch const& step, Outbox::View const& view) {
  auto const batch = seal(step, view);
  if (!batch.ok()) return fail(batch.error());
  // Kept before it goes: whatever happens on the way, the same bytes go again.
  if (auto const kept = parts_.outbox.keep_outbound(*batch); !kept.ok()) fail(kept.error());
}

void Session::drop_kept() {
  if (auto const dropped = parts_.outbox.drop_outbound(); !dropped.ok()) return fail(dropped.error());
  machine_.kept_dropped();
}

void Session::send_kept(Outbox::View const& view, std::stop_token stop) {
  auto const kept = parts_.outbox.outbound();
  if (!kept.ok()) return fail(kept.error());
  if (!kept->has_value()) return;  // the next step finds that out by itself
  auto const& batch = **kept;
  auto const exchanged =
      exchange("/api/v1/logs/" + view.identity.log.hex() + "/batches", batch.sealed_batch, std::move(stop));
  if (!exchanged.ok()) {
    if (exchanged.error().code == "net.timeout") machine_.batch_too_slow();
    return fail(exchanged.error());
  }
  auto const last = batch.first_seq + batch.count - 1;
  if (last > counted_through_) tally_.sent += last - std::max(counted_through_, batch.first_seq - 1);
  counted_through_ = std::max(counted_through_, last);

  auto answer = read_answer(exchanged->reply, parts_.pinned.centre);
  switch (answer.meaning) {
    case Answer::Meaning::kTooLarge:
      return machine_.batch_too_large(batch.sealed_batch.size(), batch.count, std::move(answer.problem),
                                      parts_.clock.mono_ms());
    case Answer::Meaning::kUnknownDevice:
      return fail(std::move(answer.problem), exchanged->reply, Machine::Then::kAskHead);
    case Answer::Meaning::kFailure: return fail(std::move(answer.problem), exchanged->reply, Machine::Then::kSameAgain);
    case Answer::Meaning::kReceipt: return batch_answered(view, batch, answer.receipt, exchanged->took());
  }
}

void Session::batch_answered(Outbox::View const& view, store::Outbound const& batch, v1::Receipt const& receipt,
                             std::chrono::milliseconds took) {
  auto const header = protocol::read_batch_header(batch.sealed_batch);
  if (!header.ok())
    return fail(base::damaged("sync.kept_batch", "read the batch that was kept for sending, and it is none",
                              "verify the kiosk's database"));
  if (receipt.refused() != v1::NOT_REFUSED) {
    // A refusal speaks of one batch: one that answers another, or was replayed, must not throw this one away.
    if (receipt.log_id() != view.identity.log.view() || receipt.nonce() != header->nonce())
      return fail(base::unreachable("sync.stale_answer", "sent a batch and got the answer to an earlier one",
                                    "nothing; the kiosk sends again by itself"));
    if (receipt.refused() == v1::RESEAL)
      return machine_.batch_wants_new_seal(
          base::refused("sync.reseal",
                        "sent a batch sealed with key " + std::to_string(header->centre_key_id()) +
                            ", which the centre no longer opens",
                        "fetch a class pack with the centre's newer key"),
          parts_.clock.mono_ms());
    return fail(base::refused("sync.version", "sent a batch of a version that the centre does not read",
                              "bring the centre's software up to date"));
  }
  auto const settled = settle_receipt(view, receipt, header->nonce(), batch.first_seq);
  if (!settled.ok()) return fail(settled.error(), Machine::Then::kAskHead);
  auto const& before = view.sync;
  bool const whole = settled->received_through >= batch.first_seq + batch.count - 1;
  bool const moved =
      settled->received_through != before.received_through || settled->centre_epoch != before.centre_epoch;
  if (whole) {
    costs_.arrived(batch.count, batch.sealed_batch.size() + kReceiptBytes + kExchangeBytes);
    streak_.last_ms = parts_.clock.mono_ms();
    if (streak_.batches++ == 0) streak_.began_ms = streak_.last_ms - static_cast<std::uint64_t>(took.count());
    streak_.records += batch.count;
    return machine_.batch_arrived(batch.sealed_batch.size(), took);
  }
  // Something changed: what to send now follows from that. Nothing did: asking at once would go round in circles.
  if (!moved)
    fail(base::unreachable("sync.no_progress", "sent a batch and the centre did not take it in",
                           "nothing; the kiosk asks again by itself"),
         Machine::Then::kAskHead);
}

}  // namespace dga::agent
