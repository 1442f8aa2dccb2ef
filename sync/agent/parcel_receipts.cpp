// The way back: receipts and class packs that a courier brings to the kiosk.
#include <utility>
#include <vector>

#include "sync/agent/parcel.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/pack.h"
#include "sync/protocol/receipt.h"

namespace dga::agent {
namespace {

using protocol::FrameKind;

class Settling {
 public:
  Settling(Outbox& outbox, Pinned pinned, crypto::BoxKey const& box)
      : outbox_(outbox), pinned_(std::move(pinned)), box_(box) {}

  base::Done take(std::uint8_t kind, base::ByteView payload) {
    if (kind == static_cast<std::uint8_t>(FrameKind::kSignedReceipt)) return take_receipt(payload);
    if (kind == static_cast<std::uint8_t>(FrameKind::kSealedPack)) return take_pack(payload);
    return {};  // of a newer centre, or another kiosk's parcel
  }
  base::Done take_receipt(base::ByteView signed_receipt);
  base::Done take_pack(base::ByteView sealed_pack);
  // After all frames: a refusal is acted upon with what the file brought beside it.
  base::Done finish();

  ParcelReceipts outcome;

 private:
  void note(base::Error problem) {
    if (!outcome.problem) outcome.problem = std::move(problem);
  }
  base::Done settle_one(v1::Receipt const& receipt);
  // Of the log that the receipt is for; of the newest where it is for none of this kiosk's.
  base::Result<Outbox::View> view_of(v1::Receipt const& receipt) {
    for (store::LogNumber log = 1;; ++log) {
      outbox_.work_on(log);
      TRY(auto view, outbox_.view());
      if (receipt.log_id() == view.identity.log.view() || view.log == view.newest) return view;
    }
  }
  // Of the batch that is kept for sending.
  base::Result<std::optional<v1::BatchHeader>> kept_header() {
    TRY(auto const kept, outbox_.outbound());
    if (!kept) return std::optional<v1::BatchHeader>();
    TRY(auto header, protocol::read_batch_header(kept->sealed_batch));
    return std::optional(std::move(header));
  }

  Outbox& outbox_;
  Pinned pinned_;
  crypto::BoxKey const& box_;
  std::optional<protocol::OpenedPack> pack_;
  std::uint64_t pack_bytes_ = 0;
  std::optional<store::LogNumber> wants_new_seal_;  // the log whose kept batch does
};

base::Done Settling::take_receipt(base::ByteView signed_receipt) {
  auto const receipt = protocol::verify_receipt(signed_receipt, pinned_.centre);
  if (!receipt.ok()) {
    ++outcome.not_ours;
    if (receipt.error().code == "receipt.version") note(receipt.error());
    return {};
  }
  return settle_one(*receipt);
}

base::Done Settling::settle_one(v1::Receipt const& receipt) {
  TRY(auto const view, view_of(receipt));
  if (receipt.log_id() != view.identity.log.view() || receipt.device_id() != view.identity.device.view()) {
    ++outcome.not_ours;
    return {};
  }
  ++outcome.receipts;
  if (receipt.refused() != v1::NOT_REFUSED) {
    TRY(auto const kept, kept_header());
    if (receipt.refused() == v1::VERSION)
      note(base::refused("sync.version", "handed a courier a batch of a version that the centre does not read",
                         "bring the centre's software up to date"));
    else
      note(base::refused("sync.reseal", "handed a courier batches sealed with a key that the centre no longer opens",
                         "fetch a class pack with the centre's newer key"));
    if (kept && receipt.refused() == v1::RESEAL && kept->nonce() == receipt.nonce()) wants_new_seal_ = view.log;
    return {};
  }
  auto const settled = outbox_.settle(receipt, std::nullopt);
  if (!settled.ok()) {
    if (!settled.error().code.starts_with("sync.")) return settled.error();  // the store's own
    note(settled.error());
    return {};
  }
  if (settled->fresh) ++outcome.fresh;
  outcome.acknowledged += settled->acknowledged;
  return {};
}

base::Done Settling::take_pack(base::ByteView sealed_pack) {
  TRY(auto const view, outbox_.view());
  // By file there is no question to repeat: the version alone protects (protocol.md, "Down to the kiosk").
  auto opened = protocol::open_pack(sealed_pack, pinned_.centre, view.identity.device, box_, std::nullopt);
  if (!opened.ok()) {
    auto const& code = opened.error().code;
    if (code == "pack.other_device" || code == "pack.bad_signature" || code == "pack.malformed")
      ++outcome.not_ours;
    else
      note(opened.error());
    return {};
  }
  auto const version = opened->header.pack_version();
  if (version > view.pack_version && (!pack_ || version > pack_->header.pack_version())) {
    pack_ = std::move(opened).value();
    pack_bytes_ = sealed_pack.size();
  }
  return {};
}

base::Done Settling::finish() {
  if (pack_) {
    auto const version = pack_->header.pack_version();
    auto const applied = outbox_.apply_pack(version, pack_->plain, pack_bytes_);
    if (applied.ok()) {
      outcome.pack_version = version;
      pinned_.heed(pack_->pack.trust_list());
    } else {
      note(applied.error());
    }
  }
  if (wants_new_seal_) {
    outbox_.work_on(*wants_new_seal_);
    TRY(auto const kept, kept_header());
    // With the same key it would be refused again.
    if (kept && kept->centre_key_id() != pinned_.box_key_id) TRY_DO(outbox_.drop_outbound());
  }
  TRY(auto const view, outbox_.view());
  outcome.received_through = view.sync.received_through;
  outcome.waiting = view.waiting_in_all;
  return {};
}

}  // namespace

base::Result<ParcelReceipts> settle_parcel(Outbox& outbox, Pinned const& pinned, crypto::BoxKey const& box,
                                           base::ByteView bytes) {
  Settling settling(outbox, pinned, box);
  auto reader = protocol::BundleReader::begin(bytes);
  if (reader.ok()) {
    while (auto const frame = reader->next()) TRY_DO(settling.take(frame->kind, frame->payload));
    settling.outcome.damages = reader->failures();
    settling.outcome.cut = reader->cut();
  } else {
    // A code brings one receipt, bare.
    if (!protocol::verify_receipt(bytes, pinned.centre).ok()) return reader.error();
    TRY_DO(settling.take_receipt(bytes));
  }
  TRY_DO(settling.finish());
  return std::move(settling.outcome);
}

}  // namespace dga::agent
