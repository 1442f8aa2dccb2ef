#include "sync/centre/ingest/heads.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "shared/crypto/chain.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/durability.h"
#include "sync/centre/ingest/placing.h"
#include "sync/centre/ingest/receipts.h"
#include "sync/protocol/receipt.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::size_t kMostHeads = 32;  // of one log that have not arrived: a device can't fill the store with them

struct Match {
  std::uint64_t seq = 0;
  base::Digest hash;
  std::uint32_t branch = 0;
};

// The highest point that is stored; the start of the log is always known.
Result<Match> longest_match(LogTable& logs, base::LogId const& log, std::span<Branch const> branches,
                            v1::HeadQuery const& query) {
  auto const last = highest_seq(branches);
  std::vector<std::pair<std::uint64_t, base::Digest>> points;
  for (auto const& point : query.points())
    if (auto const hash = base::Digest::from(point.hash())) points.emplace_back(point.seq(), *hash);
  if (auto const head = base::Digest::from(query.head_hash())) points.emplace_back(query.head_seq(), *head);
  std::sort(points.begin(), points.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
  for (auto const& [seq, hash] : points) {
    if (seq == 0) break;
    if (seq > last) continue;
    TRY(auto const branch, logs.branch_of(log, seq, hash));
    if (branch) return Match{seq, hash, *branch};
  }
  return Match{0, crypto::chain_start(log), 0};
}

Result<v1::Receipt> answer(Context const& context, Tables& tables, LogInfo const& log, v1::HeadQuery const& query) {
  TRY(auto const known, tables.logs.log(log.id));
  if (!known) TRY_DO(tables.logs.add_log(log));
  TRY(auto branches, tables.logs.branches(log.id));
  if (branches.empty()) {
    branches.push_back({0, 0, 0, 0, crypto::chain_start(log.id)});
    TRY_DO(tables.logs.put_branch(log.id, branches.front()));
  }
  TRY(auto const match, longest_match(tables.logs, log.id, branches, query));
  auto const head_hash = base::Digest::from(query.head_hash());
  if (query.head_seq() > 0 && head_hash)
    TRY_DO(note_signed_head(tables.logs, log.id, branches, {query.head_seq(), *head_hash, match.branch, match.seq}));
  TRY_DO(tables.devices.heard_from(log.device, context.clock.wall_ms()));
  TRY(auto receipt, describe_prefix(tables, context.keys, log, branches, match.branch, match.seq, match.hash));
  receipt.set_want_from(match.seq + 1);
  // Only here: a kiosk believes it on the answer to a head query alone, whose nonce is fresh.
  TRY(auto const durable, backed_up_through(tables, log.id, branches, match.branch, match.seq));
  receipt.set_durable_through(durable);
  return receipt;
}

}  // namespace

Result<base::Bytes> answer_head(Context const& context, base::LogId const& addressed, base::ByteView signed_query) {
  std::optional<DeviceRow> device;
  auto const key_of = key_look_up(context, device);
  TRY(auto const query, protocol::verify_head_query(signed_query, key_of));
  TRY_DO(check_sender(device));
  auto const log = base::LogId::from(query.log_id());
  auto const salt = base::LogSalt::from(query.log_salt());
  if (!log || !salt || query.head_seq() > static_cast<std::uint64_t>(INT64_MAX))
    return base::usage("head.malformed", "the query names no log, or a head beyond 63 bits",
                       "Bring the kiosk's software up to date");
  if (*log != addressed)
    return base::usage("log.other", "the query is of another log than the address names",
                       "Send it to its own log's address");

  v1::Receipt receipt;
  std::optional<std::uint64_t> position;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(receipt, answer(context, tables, {*log, device->id, *salt}, query));
    TRY(position, standby_position(tables));
    return {};
  }));
  if (on_standby(context.store, position)) receipt.set_durable_through(receipt.received_through());
  return finish_receipt(context, std::move(receipt), query.nonce());
}

Done note_signed_head(LogTable& logs, base::LogId const& log, std::span<Branch const> branches,
                      SignedHead const& head) {
  TRY(bool const arrived, has_arrived(logs, log, branches, head));
  if (arrived) return {};
  TRY(auto const before, logs.signed_heads(log));
  auto const same = std::find_if(before.begin(), before.end(),
                                 [&](auto const& each) { return each.seq == head.seq && each.hash == head.hash; });
  // Only better knowledge of where it belongs replaces what is known.
  if (same != before.end() && same->matched_seq >= head.matched_seq) return {};
  TRY_DO(logs.note_head(log, head));
  if (same == before.end() && before.size() >= kMostHeads)
    return logs.drop_head(log, before.back().seq, before.back().hash);
  return {};
}

}  // namespace dga::centre
