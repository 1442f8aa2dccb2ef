// Receipts and what they settle: as they come, and anything under the centre's signature; head queries likewise.
#include "sync/protocol/receipt.h"

#include "shared/crypto/hash.h"
#include "sync/agent/settlement.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

store::LogIdentity identity() { return {parties().device_id, parties().log, parties().salt}; }
base::Digest own_hash(std::uint64_t seq) { return crypto::hash({base::le64(seq)}); }
constexpr std::uint64_t kHead = 20;

// A kiosk with 20 records of which 10 are received hears it.
void hear(v1::Receipt receipt, Input& input) {
  auto const choice = input.byte();
  if ((choice & 1) != 0) {  // as the centre says it: for this log
    receipt.set_device_id(parties().device_id.bytes());
    receipt.set_log_id(parties().log.bytes());
  }
  if ((choice & 2) != 0) receipt.set_received_hash(own_hash(receipt.received_through()).bytes());
  store::SyncState const before{10, 5, 3, 0, 0, false, 9};
  auto const its = identity();
  agent::ReceiptContext context{its, std::nullopt, (choice & 4) != 0, input.byte(), 1};
  if (receipt.received_through() <= kHead) context.own_hash = own_hash(receipt.received_through());
  auto const settled = agent::settle(before, receipt, context);
  if (!settled.ok()) return;
  auto const& state = settled->state;
  require(receipt.received_through() <= kHead, "nothing is acknowledged that was never recorded");
  require(receipt.received_hash() == own_hash(receipt.received_through()).view(),
          "nothing is acknowledged under another hash than the kiosk's own");
  require(state.received_through <= kHead && state.durable_through <= state.received_through,
          "durable is what is received");
  require(state.centre_epoch >= before.centre_epoch, "no way back into an epoch that was left");
  if (!context.fresh) require(state.durable_through <= before.durable_through, "a replayed receipt lets nothing go");
  require(
      context.fresh || state.centre_epoch > before.centre_epoch || state.received_through >= before.received_through,
      "what was received in an epoch stays so");
}

}  // namespace

void receipts(base::ByteView bytes) {
  Input input(bytes);
  auto const& its = parties();
  auto const key_of = [&](base::DeviceId const& device) {
    return device == its.device_id ? std::optional(its.device.public_key()) : std::nullopt;
  };
  switch (input.byte() % 3) {
    case 0: {
      auto const raw = input.rest();
      (void)protocol::verify_receipt(raw, its.centre.public_key());
      (void)protocol::verify_head_query(raw, key_of);
      return;
    }
    case 1: {
      Input choices(input.take(2));
      auto const content = input.rest();
      v1::Receipt receipt;
      if (!receipt.ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
      auto const verified =
          protocol::verify_receipt(protocol::sign_receipt(receipt, its.centre), its.centre.public_key());
      if (verified.ok()) hear(*verified, choices);
      return;
    }
    default: {
      auto const content = input.rest();
      v1::HeadQuery query;
      if (!query.ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
      query.set_device_id(its.device_id.bytes());
      query.set_log_id(its.log.bytes());
      query.set_log_salt(its.salt.bytes());
      auto const verified = protocol::verify_head_query(protocol::sign_head_query(query, its.device), key_of);
      if (!verified.ok()) return;
      for (auto const place : protocol::head_query_places(verified->head_seq()))
        require(place <= verified->head_seq(), "no place lies beyond the head");
    }
  }
}

}  // namespace dga::fuzz
