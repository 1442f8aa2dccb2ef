#include "sync/centre/ingest/parking.h"

#include <algorithm>
#include <string>
#include <utility>

#include "shared/base/log.h"
#include "shared/crypto/hash.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/judge.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::uint64_t kNowhere = 0;  // first_seq of a batch that cannot be read here

Done keep(Tables& tables, ParkedBatch const& batch) {
  TRY(auto const already, tables.logs.parked_total(batch.device));
  if (already + batch.bytes.size() > kMostParkedBytes) {
    base::log(base::LogLevel::kWarning, "batch.parked_full",
              {{"device", batch.device.hex()}, {"dropped_bytes", std::to_string(batch.bytes.size())}});
    return {};
  }
  TRY(auto const known, tables.logs.log(batch.log));
  if (!known) return {};
  return tables.logs.park(batch);
}

// Opened anew from the bytes that were kept; what cannot be opened any more stays parked.
Result<std::optional<Incoming>> open_parked(Context const& context, Tables& tables, LogInfo const& log,
                                            ParkedBatch const& parked) {
  TRY(auto const bytes, tables.logs.parked_bytes(log.id, parked.id));
  TRY(auto const device, tables.devices.device(log.device));
  if (!bytes || !device) return std::optional<Incoming>{};
  auto const batch = protocol::verify_batch(
      *bytes, [&](base::DeviceId const&) { return crypto::SigningPublic::from(device->ed25519); });
  if (!batch.ok()) return std::optional<Incoming>{};
  auto const box = context.keys.boxes.find(batch->header.centre_key_id());
  if (box == context.keys.boxes.end()) return std::optional<Incoming>{};
  auto chained = protocol::open_batch(*batch, box->second);
  if (!chained.ok()) return std::optional<Incoming>{};
  TRY(auto const judge, Judge::of(tables, log));
  Incoming incoming{log, batch->header.first_seq(), batch->prev_hash, {}};
  for (auto& record : *chained) {
    auto const reason = judge.reason_for(record.seq, record.bytes);
    incoming.rows.push_back({record.seq, record.hash, std::move(record.bytes), record.digest, reason});
  }
  return std::optional(std::move(incoming));
}

// One pass over what is parked; true where something was taken up.
Result<bool> take_up_once(Context const& context, Tables& tables, LogInfo const& log) {
  TRY(auto const waiting, tables.logs.parked(log.id));
  bool moved = false;
  for (auto const& parked : waiting) {
    if (parked.first_seq == kNowhere) continue;
    if (parked.first_seq > 1) {
      TRY(auto const before, tables.logs.branch_of(log.id, parked.first_seq - 1, parked.prev_hash));
      if (!before) continue;
    }
    TRY(auto const incoming, open_parked(context, tables, log, parked));
    if (!incoming) continue;
    TRY(auto const placed, place(tables.logs, *incoming));
    if (placed.how == Placing::kGap) continue;
    TRY_DO(tables.logs.unpark(log.id, parked.id));
    moved = true;
  }
  return moved;
}

}  // namespace

std::optional<std::uint32_t> likely_branch(std::span<Branch const> branches, std::uint64_t first_seq) {
  auto const found =
      std::find_if(branches.begin(), branches.end(), [&](auto const& each) { return each.head_seq + 1 < first_seq; });
  if (found != branches.end()) return found->number;
  return branches.empty() ? std::optional<std::uint32_t>(0) : std::nullopt;
}

Result<Gap> park(Tables& tables, Incoming const& incoming, protocol::VerifiedBatch const& batch, base::ByteView bytes) {
  ParkedBatch const parked{
      crypto::hash({bytes}), incoming.log.id, incoming.log.device, incoming.first_seq, batch.header.count(),
      incoming.prev_hash,    false,           base::Bytes(bytes)};
  TRY_DO(keep(tables, parked));
  TRY(auto const branches, tables.logs.branches(incoming.log.id));
  auto const branch = likely_branch(branches, incoming.first_seq);
  // From a fork that is not known yet, no number of ours says where it left: all of it is wanted, what is known costs
  // little.
  if (!branch) return Gap{0, 1};
  auto const on =
      std::find_if(branches.begin(), branches.end(), [&](auto const& each) { return each.number == *branch; });
  return Gap{*branch, on == branches.end() ? 1 : on->head_seq + 1};
}

Done keep_unreadable(Tables& tables, LogInfo const& log, v1::BatchHeader const& header, base::ByteView bytes) {
  TRY(auto const known, tables.logs.log(log.id));
  if (!known) TRY_DO(tables.logs.add_log(log));
  auto const prev_hash = base::Digest::from(header.prev_hash());
  auto const first = header.first_seq(), last = first + header.count() - 1;
  // Another version may number its records in a way of its own: what makes no sense here has no place yet.
  bool const placed = prev_hash && first > 0 && last >= first && last <= static_cast<std::uint64_t>(INT64_MAX);
  return keep(tables, {crypto::hash({bytes}), log.id, log.device, placed ? first : kNowhere,
                       placed ? header.count() : 0, prev_hash.value_or(base::Digest{}), true, base::Bytes(bytes)});
}

Done take_up_parked(Context const& context, Tables& tables, LogInfo const& log) {
  for (;;) {
    TRY(bool const moved, take_up_once(context, tables, log));
    if (!moved) return {};
  }
}

}  // namespace dga::centre
