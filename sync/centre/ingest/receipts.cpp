#include "sync/centre/ingest/receipts.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "shared/crypto/chain.h"
#include "sync/centre/ingest/placing.h"
#include "sync/protocol/receipt.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::size_t kMostQuarantined = 100;  // protocol.md, "A receipt"
constexpr char kEpoch[] = "centre.epoch";

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Done list_quarantined(LogTable& logs, LogInfo const& log, std::vector<PathPart> parts, v1::Receipt& receipt) {
  std::reverse(parts.begin(), parts.end());  // the log's first ones first
  std::uint64_t total = 0;
  for (auto const& part : parts) {
    TRY(auto const count, logs.quarantined_total(log.id, part.branch, part.from, part.through));
    total += count;
    auto const room = kMostQuarantined - static_cast<std::size_t>(receipt.quarantined_size());
    if (count == 0 || room == 0) continue;
    TRY(auto const rows, logs.quarantined(log.id, part.branch, part.from, part.through, room));
    for (auto const& row : rows) {
      auto* entry = receipt.add_quarantined();
      entry->set_seq(row.seq);
      entry->set_reason(row.reason);
    }
  }
  receipt.set_quarantined_total(static_cast<std::uint32_t>(std::min<std::uint64_t>(total, UINT32_MAX)));
  return {};
}

}  // namespace

Result<v1::Receipt> describe_branch(Tables& tables, CentreKeys const& keys, LogInfo const& log,
                                    std::vector<Branch> const& branches, std::uint32_t branch) {
  auto const found =
      std::find_if(branches.begin(), branches.end(), [&](auto const& each) { return each.number == branch; });
  if (found == branches.end())
    return describe_prefix(tables, keys, log, branches, branch, 0, crypto::chain_start(log.id));
  auto const hash = found->head_seq == 0 ? crypto::chain_start(log.id) : found->head_hash;
  return describe_prefix(tables, keys, log, branches, branch, found->head_seq, hash);
}

Result<v1::Receipt> describe_prefix(Tables& tables, CentreKeys const& keys, LogInfo const& log,
                                    std::vector<Branch> const& branches, std::uint32_t branch, std::uint64_t through,
                                    base::Digest const& hash) {
  v1::Receipt receipt;
  receipt.set_version(1);
  receipt.set_key_id(keys.signing_id);
  receipt.set_device_id(log.device.bytes());
  receipt.set_log_id(log.id.bytes());
  TRY(auto const epoch, centre_epoch(tables));
  receipt.set_centre_epoch(epoch);
  receipt.set_received_through(through);
  receipt.set_received_hash(hash.bytes());
  receipt.set_durable_through(0);  // what backups and standbys have is said in answer to a head query
  auto const parts = path_to(branches, branch, through);
  TRY_DO(list_quarantined(tables.logs, log, parts, receipt));
  if (!parts.empty() && parts.front().branch != 0) receipt.set_fork_at(parts.front().from);
  TRY(auto const device, tables.devices.device(log.device));
  receipt.set_revoked(device && device->state == DeviceState::kRevoked);
  return receipt;
}

Result<std::uint64_t> centre_epoch(Tables& tables) {
  TRY(auto const text, tables.settings.setting(kEpoch));
  if (!text) return base::damaged("store.damaged", "the centre's database names no epoch", "Restore the last backup");
  return number_in(*text);
}

Done open_epoch(Tables& tables, std::int64_t now_ms, std::uint64_t at_least) {
  TRY(auto const text, tables.settings.setting(kEpoch));
  auto const previous = std::max(text ? number_in(*text) : 0, at_least);
  auto const now = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms, 0) / 1000);
  return tables.settings.put_setting(kEpoch, std::to_string(std::max(previous + 1, now)));
}

base::Bytes finish_receipt(Context const& context, v1::Receipt receipt, base::ByteView nonce) {
  receipt.set_centre_ms(context.clock.wall_ms());
  receipt.set_nonce(base::Bytes(nonce));
  return protocol::sign_receipt(receipt, context.keys.signing);
}

}  // namespace dga::centre
