#include "sync/centre/ingest/bundle_check.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "sync/centre/ingest/batches.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/bundle.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/receipt.h"

namespace dga::centre {

using base::Done;
using base::Result;
using protocol::FrameKind;

namespace {

class Check {
 public:
  explicit Check(Context const& context) : context_(context) {}

  // What is wrong with the frame itself goes into `frame`; an error is the store's.
  Done look(protocol::FrameView const& view, CheckedFrame& frame) {
    switch (static_cast<FrameKind>(view.kind)) {
      case FrameKind::kSignedCertificate: return certificate(view.payload, frame);
      case FrameKind::kSealedBatch: return batch(view.payload, frame);
      case FrameKind::kSignedHeadQuery: return question(view.payload, frame);
      case FrameKind::kSignedBallots:
      case FrameKind::kSignedReceipt:
      case FrameKind::kSealedPack: break;
    }
    frame.problem = "bundle.unknown_kind";
    frame.what = "a frame that a centre takes nothing from";
    return {};
  }

 private:
  static Done refuse(CheckedFrame& frame, base::Error const& error) {
    if (error.fault == base::Fault::kStorage || error.fault == base::Fault::kUnreachable) return error;
    frame.problem = error.code;
    frame.what = error.what;
    return {};
  }

  // The row in the store, or what a certificate in this bundle says.
  Result<std::optional<DeviceRow>> device(base::DeviceId const& id) {
    std::optional<DeviceRow> row;
    TRY_DO(context_.store.read([&](Tables& tables) -> Done {
      TRY(row, tables.devices.device(id));
      return {};
    }));
    auto const certified = certified_.find(id);
    if (!row && certified != certified_.end()) row = certified->second;
    return row;
  }

  Done certificate(base::ByteView payload, CheckedFrame& frame) {
    auto const read = protocol::verify_certificate(payload, context_.keys.signing.public_key());
    if (!read.ok()) return refuse(frame, read.error());
    frame.device = base::to_hex(read->device_id());
    auto const id = base::DeviceId::from(read->device_id());
    if (!id) return refuse(frame, base::refused("certificate.malformed", "the certificate names no device"));
    certified_[*id] = {*id, read->ed25519(), read->x25519(), read->name(), DeviceState::kUnconfirmed, 0};
    TRY(auto const row, device(*id));
    auto const sender = check_sender(row);
    return sender.ok() ? Done() : refuse(frame, sender.error());
  }

  Done batch(base::ByteView payload, CheckedFrame& frame) {
    auto const claimed = protocol::read_batch_header(payload);
    if (!claimed.ok()) return refuse(frame, claimed.error());
    frame.device = base::to_hex(claimed->device_id());
    frame.log = base::to_hex(claimed->log_id());
    frame.first_seq = claimed->first_seq();
    frame.count = claimed->count();
    std::optional<DeviceRow> row;
    if (auto const id = base::DeviceId::from(claimed->device_id())) {
      TRY(row, device(*id));
    }
    auto const verified = protocol::verify_batch(payload, [&](base::DeviceId const&) { return key_of(row); });
    if (!verified.ok()) return refuse(frame, verified.error());
    if (auto const sender = check_sender(row); !sender.ok()) return refuse(frame, sender.error());
    auto const box = context_.keys.boxes.find(verified->header.centre_key_id());
    if (box == context_.keys.boxes.end())
      return refuse(frame, base::refused("batch.reseal", "the batch is sealed with a key that this centre has not"));
    auto const opened = protocol::open_batch(*verified, box->second);
    if (!opened.ok()) return refuse(frame, opened.error());
    return context_.store.read([&](Tables& tables) -> Done {
      frame.new_records = 0;
      for (auto const& record : *opened) {
        TRY(auto const stored, tables.logs.branch_of(verified->log, record.seq, record.hash));
        if (!stored) ++frame.new_records;
      }
      return {};
    });
  }

  Done question(base::ByteView payload, CheckedFrame& frame) {
    v1::SignedHeadQuery wrapped;
    v1::HeadQuery query;
    std::optional<DeviceRow> row;
    if (wrapped.ParseFromArray(payload.data(), static_cast<int>(payload.size())) &&
        query.ParseFromString(wrapped.query())) {
      frame.device = base::to_hex(query.device_id());
      frame.log = base::to_hex(query.log_id());
      if (auto const id = base::DeviceId::from(query.device_id())) {
        TRY(row, device(*id));
      }
    }
    auto const verified = protocol::verify_head_query(payload, [&](base::DeviceId const&) { return key_of(row); });
    if (!verified.ok()) return refuse(frame, verified.error());
    auto const sender = check_sender(row);
    return sender.ok() ? Done() : refuse(frame, sender.error());
  }

  static std::optional<crypto::SigningPublic> key_of(std::optional<DeviceRow> const& row) {
    return row ? crypto::SigningPublic::from(row->ed25519) : std::nullopt;
  }

  Context const& context_;
  std::map<base::DeviceId, DeviceRow> certified_;
};

}  // namespace

Result<CheckedBundle> check_bundle(Context const& context, base::ByteView bundle) {
  TRY(auto reader, protocol::BundleReader::begin(bundle));
  Check check(context);
  CheckedBundle checked;
  while (auto const view = reader.next()) {
    CheckedFrame frame{view->kind, view->at, view->payload.size(), {}, {}, {}, {}, 0, 0, 0};
    TRY_DO(check.look(*view, frame));
    checked.frames.push_back(std::move(frame));
  }
  checked.damages = reader.failures();
  checked.cut = reader.cut();
  return checked;
}

nlohmann::ordered_json check_json(CheckedBundle const& checked) {
  auto frames = nlohmann::ordered_json::array();
  for (auto const& frame : checked.frames) {
    nlohmann::ordered_json one{{"kind", frame.kind}, {"at", frame.at}, {"bytes", frame.bytes}};
    if (!frame.device.empty()) one["device"] = frame.device;
    if (!frame.log.empty()) one["log"] = frame.log;
    if (frame.count > 0) {
      one["first_seq"] = frame.first_seq;
      one["count"] = frame.count;
      one["new"] = frame.new_records;
    }
    if (!frame.problem.empty()) one["problem"] = {{"code", frame.problem}, {"what", frame.what}};
    frames.push_back(std::move(one));
  }
  return {{"frames", std::move(frames)}, {"damages", checked.damages}, {"cut", checked.cut}};
}

}  // namespace dga::centre
