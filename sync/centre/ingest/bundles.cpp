#include "sync/centre/ingest/bundles.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "shared/base/log.h"
#include "shared/crypto/hash.h"
#include "sync/centre/classes/packs.h"
#include "sync/centre/devices/registry.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/heads.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/bundle.h"
#include "sync/protocol/device.pb.h"
#include "sync/protocol/receipt.h"

namespace dga::centre {

using base::Done;
using base::Result;
using protocol::FrameKind;

namespace {

// How many refused frames an endpoint that anyone may ask looks at, like damaged ones (protocol.md, "Roads").
constexpr std::uint32_t kMostRefused = protocol::kMostBundleFailures;
constexpr std::size_t kBundleMagicBytes = 6;

// Whether what failed is the store's trouble: then the whole bundle has to come again.
bool centre_failed(base::Error const& error) {
  return error.fault == base::Fault::kStorage || error.fault == base::Fault::kUnreachable ||
         error.code.starts_with("store.");
}

// What of a frame its signature covers. Around it a stranger can write what he likes, and the same batch would be a new
// frame each time.
template <typename Message, typename... Parts>
std::optional<base::Digest> signed_part(base::ByteView payload, Parts... parts) {
  Message message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return std::nullopt;
  base::Bytes hashes;
  ((hashes += crypto::hash({(message.*parts)()}).view()), ...);
  return crypto::hash({hashes});
}

std::optional<base::Digest> signed_part(FrameKind kind, base::ByteView payload) {
  switch (kind) {
    case FrameKind::kSealedBatch:
      return signed_part<v1::SealedBatch>(payload, &v1::SealedBatch::header, &v1::SealedBatch::sealed);
    case FrameKind::kSignedCertificate:
      return signed_part<v1::SignedCertificate>(payload, &v1::SignedCertificate::certificate);
    case FrameKind::kSignedHeadQuery: return signed_part<v1::SignedHeadQuery>(payload, &v1::SignedHeadQuery::query);
    case FrameKind::kSignedBallots:
    case FrameKind::kSignedReceipt:
    case FrameKind::kSealedPack: break;
  }
  return std::nullopt;
}

std::optional<base::Digest> asked_part(base::ByteView payload) {
  return signed_part<v1::SignedHeadQuery>(payload, &v1::SignedHeadQuery::query, &v1::SignedHeadQuery::signature);
}

// One run over one bundle.
class Intake {
 public:
  Intake(Context const& context, BundleCaps const& caps) : context_(context), caps_(caps) {}
  Result<BundleTaken> run(base::ByteView bundle);

 private:
  Done take(protocol::FrameView const& frame);
  Done take_batch(base::ByteView payload);
  Done take_certificate(base::ByteView payload);
  void keep_question(base::ByteView payload);
  Done take_question(base::ByteView payload);
  Done keep_receipt(base::Bytes signed_receipt);
  Done refuse(base::Error error);
  Done write_answer();
  void put(FrameKind kind, base::Bytes payload);

  Context const& context_;
  BundleCaps const caps_;
  BundleTaken taken_;
  bool full_ = false;                      // a batch more than are taken in: nothing behind it is read
  std::set<base::Digest> seen_;            // what was taken in: a courier's copies cost no second look
  std::vector<base::ByteView> questions_;  // answered last: then they speak of all that came with them
  std::set<base::Digest> asked_;           // with the signature: a false one must not keep the true one out
  std::map<std::pair<base::Bytes, std::uint64_t>, base::Bytes> last_;  // by log and fork
  std::vector<base::Bytes> refusals_;
  std::set<base::DeviceId> heard_;
  std::optional<base::Error> first_refusal_;
  std::vector<protocol::Frame> answer_;
  std::size_t answer_bytes_ = kBundleMagicBytes;
};

Done Intake::refuse(base::Error error) {
  if (centre_failed(error)) return error;
  ++taken_.refused;
  if (!first_refusal_) first_refusal_ = std::move(error);
  return {};
}

Done Intake::keep_receipt(base::Bytes signed_receipt) {
  v1::SignedReceipt wrapped;
  v1::Receipt receipt;
  if (!wrapped.ParseFromString(signed_receipt) || !receipt.ParseFromString(wrapped.receipt()))
    return base::storage("bundle.receipt", "made a receipt for a batch and could not read it", "Send the bundle again");
  if (auto const device = base::DeviceId::from(receipt.device_id())) heard_.insert(*device);
  if (receipt.refused() != v1::NOT_REFUSED)
    refusals_.push_back(std::move(signed_receipt));
  else
    last_[{receipt.log_id(), receipt.fork_at()}] = std::move(signed_receipt);
  return {};
}

Done Intake::take_batch(base::ByteView payload) {
  auto const header = protocol::read_batch_header(payload);
  if (!header.ok()) return refuse(header.error());
  auto const log = base::LogId::from(header->log_id());
  if (!log) return refuse(base::refused("batch.wrong_ids", "read a batch that names no log", "Send it again"));
  auto receipt = receive_batch(context_, *log, payload);
  if (!receipt.ok()) return refuse(receipt.error());
  ++taken_.batches;
  return keep_receipt(std::move(receipt).value());
}

Done Intake::take_certificate(base::ByteView payload) {
  auto const learned = learn_device(context_, payload);
  if (!learned.ok()) return refuse(learned.error());
  ++taken_.devices;
  return {};
}

void Intake::keep_question(base::ByteView payload) {
  auto const digest = asked_part(payload);
  if (digest && asked_.contains(*digest)) return;
  // What lies behind may be batches: they count for more, and are read on.
  if (questions_.size() >= caps_.questions) {
    taken_.gave_up = true;
    return;
  }
  if (digest) asked_.insert(*digest);
  questions_.push_back(payload);
}

Done Intake::take_question(base::ByteView payload) {
  v1::SignedHeadQuery wrapped;
  v1::HeadQuery query;
  std::optional<base::LogId> log;
  if (wrapped.ParseFromArray(payload.data(), static_cast<int>(payload.size())) &&
      query.ParseFromString(wrapped.query()))
    log = base::LogId::from(query.log_id());
  if (!log) return refuse(base::usage("head.malformed", "read a head query that names no log", "Ask again"));
  auto receipt = answer_head(context_, *log, payload);
  if (!receipt.ok()) return refuse(receipt.error());
  ++taken_.questions;
  if (auto const device = base::DeviceId::from(query.device_id())) heard_.insert(*device);
  put(FrameKind::kSignedReceipt, std::move(receipt).value());
  return {};
}

Done Intake::take(protocol::FrameView const& frame) {
  auto const kind = static_cast<FrameKind>(frame.kind);
  bool const ours =
      kind == FrameKind::kSealedBatch || kind == FrameKind::kSignedCertificate || kind == FrameKind::kSignedHeadQuery;
  if (!ours) {
    ++taken_.unknown;
    return {};
  }
  if (kind == FrameKind::kSignedHeadQuery) {
    keep_question(frame.payload);
    return {};
  }
  auto const digest = signed_part(kind, frame.payload);
  if (digest && seen_.contains(*digest)) return {};
  if (kind == FrameKind::kSealedBatch && taken_.batches >= caps_.batches) {
    taken_.gave_up = full_ = true;
    return {};
  }
  auto const refused_before = taken_.refused;
  TRY_DO(kind == FrameKind::kSealedBatch ? take_batch(frame.payload) : take_certificate(frame.payload));
  // Only then: a false signature around a batch must not keep the true one out.
  if (digest && taken_.refused == refused_before) seen_.insert(*digest);
  return {};
}

void Intake::put(FrameKind kind, base::Bytes payload) {
  auto const takes = protocol::frame_bytes(payload.size());
  // Of more than a courier can carry, what comes first counts: receipts before packs.
  if (payload.size() > protocol::kMostFrameBytes || answer_bytes_ + takes > protocol::kMostBundleBytes) return;
  answer_bytes_ += takes;
  answer_.push_back({static_cast<std::uint8_t>(kind), std::move(payload)});
}

Done Intake::write_answer() {
  for (auto& refusal : refusals_) put(FrameKind::kSignedReceipt, std::move(refusal));
  for (auto& [log, receipt] : last_) put(FrameKind::kSignedReceipt, std::move(receipt));
  for (auto const& question : questions_) {
    auto const digest = signed_part(FrameKind::kSignedHeadQuery, question);
    if (digest && seen_.contains(*digest)) continue;
    if (taken_.refused >= kMostRefused) {
      taken_.gave_up = true;
      break;
    }
    auto const refused_before = taken_.refused;
    TRY_DO(take_question(question));
    if (digest && taken_.refused == refused_before) seen_.insert(*digest);
  }
  for (auto const& device : heard_) {
    auto pack = pack_for_courier(context_, device);
    if (!pack.ok() && centre_failed(pack.error())) return pack.error();
    if (!pack.ok() || !*pack) continue;
    if (!(*pack)->fits()) {
      taken_.classes_too_large.insert((*pack)->class_id);
      base::log(base::LogLevel::kWarning, "bundle.pack_too_large",
                {{"device", device.hex()},
                 {"class", std::to_string((*pack)->class_id)},
                 {"bytes", std::to_string((*pack)->sealed.size())},
                 {"next", "connect the kiosk to a network once: there its class may be larger"}});
      continue;
    }
    put(FrameKind::kSealedPack, std::move((*pack)->sealed));
  }
  return {};
}

Result<BundleTaken> Intake::run(base::ByteView bundle) {
  TRY(auto reader, protocol::BundleReader::begin(bundle));
  while (!full_) {
    auto const frame = reader.next();
    if (!frame) break;
    if (taken_.refused + reader.failures() >= kMostRefused) {
      taken_.gave_up = true;
      break;
    }
    TRY_DO(take(*frame));
  }
  taken_.damages = reader.failures();
  taken_.cut = reader.cut();
  taken_.gave_up = taken_.gave_up || reader.gave_up();
  TRY_DO(write_answer());
  if (taken_.batches + taken_.questions + taken_.devices == 0)
    return base::refused(
        "bundle.nothing_verified",
        first_refusal_
            ? "looked through a bundle for what a kiosk of this centre signed, and found none: " + first_refusal_->what
            : "looked through a bundle for what a kiosk of this centre signed, and found no whole frame",
        "Check that the file is a kiosk's, and of this centre; copy it again from the stick");
  TRY(taken_.answer, protocol::write_bundle(answer_));
  return std::move(taken_);
}

}  // namespace

std::string bundle_header(BundleTaken const& taken) {
  return fmt::format("batches={} questions={} refused={} damages={} cut={} gave_up={} classes_too_large={}",
                     taken.batches, taken.questions, taken.refused, taken.damages, taken.cut ? 1 : 0,
                     taken.gave_up ? 1 : 0, fmt::join(taken.classes_too_large, ","));
}

Result<BundleTaken> receive_bundle(Context const& context, base::ByteView bundle, BundleCaps const& caps) {
  return Intake(context, caps).run(bundle);
}

}  // namespace dga::centre
