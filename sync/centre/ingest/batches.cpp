#include "sync/centre/ingest/batches.h"

#include <limits>
#include <optional>
#include <utility>

#include "shared/base/planted.h"
#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "sync/centre/ingest/heads.h"
#include "sync/centre/ingest/parking.h"
#include "sync/centre/ingest/placing.h"
#include "sync/centre/ingest/receipts.h"
#include "sync/centre/ingest/senders.h"
#include "sync/protocol/batch.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// How often a batch is judged anew because its device was changed meanwhile.
constexpr int kMostRounds = 8;

// Device and judge as they are before the batch is opened.
Result<Sender> look_up(Context const& context, v1::BatchHeader const& claimed) {
  auto const device = base::DeviceId::from(claimed.device_id());
  auto const log = base::LogId::from(claimed.log_id());
  auto const salt = base::LogSalt::from(claimed.log_salt());
  if (!device || !log || !salt) return Sender{};  // verify_batch will say what is wrong with it
  LogInfo const info{*log, *device, *salt};
  if (auto known = context.senders.recall(info)) return *std::move(known);
  Sender sender;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(sender, Sender::of(tables, info));
    return {};
  }));
  return sender;
}

// The answer to a batch that is authentic but of no use: nothing of it is taken in.
Result<base::Bytes> decline(Context const& context, v1::BatchHeader const& header, v1::Refused why,
                            std::optional<base::ByteView> keep) {
  LogInfo const log{*base::LogId::from(header.log_id()), *base::DeviceId::from(header.device_id()),
                    *base::LogSalt::from(header.log_salt())};
  v1::Receipt receipt;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    if (keep) TRY_DO(keep_unreadable(tables, log, header, *keep));
    TRY(auto const branches, tables.logs.branches(log.id));
    TRY(receipt, describe_branch(tables, context.keys, log, branches, 0));
    return {};
  }));
  receipt.set_refused(why);
  return finish_receipt(context, std::move(receipt), header.nonce());
}

// How far the log is known to be the sender's own. A branch may go on as somebody else's: a clone's, or what this very
// kiosk wrote before its folder was put back. Its head's hash would tell the sender nothing, and it would send the same
// batch for ever.
Result<PlacedRow> line_of_sender(LogTable& logs, Incoming const& incoming, std::span<Branch const> branches,
                                 SignedHead const& head) {
  auto const& last = incoming.rows.back();
  if (head.seq > last.seq && head.seq <= highest_seq(branches)) {
    TRY(auto const arrived, logs.branch_of(incoming.log.id, head.seq, head.hash));
    if (arrived) return PlacedRow{head.seq, head.hash, *arrived};
  }
  return PlacedRow{last.seq, last.hash, head.branch};
}

// One transaction: the batch placed or parked, what it sets free taken up, the heads noted, the receipt described.
Done store_batch(Context const& context, protocol::VerifiedBatch const& batch, base::ByteView bytes,
                 Incoming const& incoming, v1::Receipt& receipt, Tables& tables) {
  TRY(auto const placed, place(tables.logs, incoming));
  auto branch = placed.branch;
  std::uint64_t want_from = 0;
  if (placed.how == Placing::kGap) {
    TRY(auto const gap, park(tables, incoming, batch, bytes));
    branch = gap.branch;
    want_from = gap.want_from;
  } else if (placed.new_rows > 0 && base::kPlantedBug != base::PlantedBug::kLeavesParked) {
    TRY_DO(take_up_parked(context, tables, incoming.log));
  }
  TRY(auto const branches, tables.logs.branches(incoming.log.id));
  if (placed.new_rows > 0) TRY_DO(settle_heads(tables.logs, incoming.log.id, branches));
  auto const head_seq = batch.header.log_head_seq() + (base::kPlantedBug == base::PlantedBug::kHeadTooHigh ? 1 : 0);
  SignedHead const head{head_seq, *base::Digest::from(batch.header.log_head_hash()), branch,
                        placed.how == Placing::kGap ? 0 : incoming.rows.back().seq};
  TRY_DO(note_signed_head(tables.logs, incoming.log.id, branches, head));
  TRY_DO(tables.devices.heard_from(incoming.log.device, context.clock.wall_ms()));
  if (placed.how == Placing::kGap) {
    TRY(receipt, describe_branch(tables, context.keys, incoming.log, branches, branch));
  } else {
    TRY(auto own, line_of_sender(tables.logs, incoming, branches, head));
    if constexpr (base::kPlantedBug == base::PlantedBug::kFallsBack)
      if (placed.new_rows == 0) own = {0, crypto::chain_start(incoming.log.id), 0};
    TRY(receipt, describe_prefix(tables, context.keys, incoming.log, branches, own.branch, own.seq, own.hash));
  }
  receipt.set_want_from(want_from);
  return {};
}

}  // namespace

Done check_sender(std::optional<DeviceRow> const& device) {
  if (device && device->state == DeviceState::kPending)
    return base::refused("device.pending", "the device is enrolled, but nobody has compared its six digits yet",
                         "Confirm the enrolment at the centre with the digits that the kiosk shows");
  if (device && device->state == DeviceState::kRejected)
    return base::refused("device.rejected", "the device's enrolment was never confirmed",
                         "Enrol it again with a new code");
  return {};
}

Result<base::Bytes> receive_batch(Context const& context, base::LogId const& addressed, base::ByteView sealed_batch) {
  TRY(auto const claimed, protocol::read_batch_header(sealed_batch));
  TRY(auto sender, look_up(context, claimed));
  auto const key_of = [&](base::DeviceId const&) -> std::optional<crypto::SigningPublic> {
    if (!sender.device) return std::nullopt;
    return crypto::SigningPublic::from(sender.device->ed25519);
  };
  auto const batch = protocol::verify_batch(sealed_batch, key_of);
  bool const newer = !batch.ok() && batch.error().code == "batch.version";  // said only after the signature held
  if (!batch.ok() && !newer) return batch.error();
  TRY_DO(check_sender(sender.device));
  if (claimed.log_id() != addressed.view())
    return base::usage("log.other", "the batch is of another log than the address names",
                       "Send it to its own log's address");
  if (newer) return decline(context, claimed, v1::VERSION, sealed_batch);
  auto const box = context.keys.boxes.find(batch->header.centre_key_id());
  if (box == context.keys.boxes.end()) return decline(context, claimed, v1::RESEAL, std::nullopt);
  if (claimed.first_seq() + claimed.count() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return base::usage("batch.malformed", "the batch's records are numbered beyond 63 bits",
                       "Verify the log on the kiosk");

  TRY(auto chained, protocol::open_batch(*batch, box->second));
  Incoming incoming{
      {batch->log, batch->device, *base::LogSalt::from(claimed.log_salt())}, claimed.first_seq(), batch->prev_hash, {}};
  incoming.rows.reserve(chained.size());
  for (auto& record : chained)
    incoming.rows.push_back({record.seq, record.hash, std::move(record.bytes), record.digest, 0});

  // Judged outside of the transaction, where it keeps nobody waiting; inside it is only seen whether the judge changed.
  v1::Receipt receipt;
  for (int round = 0; round < kMostRounds; ++round) {
    for (auto& row : incoming.rows) row.reason = sender.judge.reason_for(row.seq, row.bytes);
    // Kept apart until the unit has ended: one that is run again must be compared with the judge the rows were judged
    // by.
    std::optional<Sender> changed;
    TRY_DO(context.store.write([&](Tables& tables) -> Done {
      changed.reset();
      TRY(auto now, Sender::of(tables, incoming.log));
      TRY_DO(check_sender(now.device));
      if (now.judge == sender.judge) return store_batch(context, *batch, sealed_batch, incoming, receipt, tables);
      changed = std::move(now);
      return {};
    }));
    if (!changed) {
      context.senders.remember(incoming.log, sender);
      return finish_receipt(context, std::move(receipt), batch->nonce.view());
    }
    sender = *std::move(changed);
  }
  return base::storage("batch.unsettled", "the device's classes kept changing while its batch was stored",
                       "Send it again");
}

std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> key_look_up(
    Context const& context, std::optional<DeviceRow>& found) {
  return [&context, &found](base::DeviceId const& id) -> std::optional<crypto::SigningPublic> {
    auto const read = context.store.read([&](Tables& tables) -> Done {
      TRY(found, tables.devices.device(id));
      return {};
    });
    if (!read.ok() || !found) return std::nullopt;
    return crypto::SigningPublic::from(found->ed25519);
  };
}

}  // namespace dga::centre
