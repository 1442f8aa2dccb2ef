#include "tools/command_line/bundle_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "shared/base/file.h"
#include "sync/protocol/batch.pb.h"
#include "sync/protocol/device.pb.h"
#include "sync/protocol/pack_wire.pb.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;
using protocol::FrameKind;

// Both layers of a message: what is signed, and what stands in it.
template <typename Signed, typename Inner>
bool read(base::ByteView payload, std::string const& (Signed::*part)() const, Inner& inner) {
  Signed outer;
  return outer.ParseFromArray(payload.data(), static_cast<int>(payload.size())) &&
         inner.ParseFromString((outer.*part)());
}

template <typename Message>
void name_both(Message const& message, ToldFrame& frame) {
  frame.device = base::to_hex(message.device_id());
  frame.log = base::to_hex(message.log_id());
}

void tell(base::ByteView payload, ToldFrame& frame) {
  switch (static_cast<FrameKind>(frame.kind)) {
    case FrameKind::kSealedBatch:
      if (v1::BatchHeader header; read(payload, &v1::SealedBatch::header, header)) {
        name_both(header, frame);
        frame.first_seq = header.first_seq();
        frame.last_seq = header.first_seq() + header.count() - 1;
      }
      return;
    case FrameKind::kSignedReceipt:
      if (v1::Receipt receipt; read(payload, &v1::SignedReceipt::receipt, receipt)) {
        name_both(receipt, frame);
        frame.last_seq = receipt.received_through();
        if (receipt.refused() == v1::RESEAL) frame.refused = "reseal";
        if (receipt.refused() == v1::VERSION) frame.refused = "version";
      }
      return;
    case FrameKind::kSignedCertificate:
      if (v1::DeviceCertificate certificate; read(payload, &v1::SignedCertificate::certificate, certificate))
        frame.device = base::to_hex(certificate.device_id());
      return;
    case FrameKind::kSignedHeadQuery:
      if (v1::HeadQuery query; read(payload, &v1::SignedHeadQuery::query, query)) {
        name_both(query, frame);
        frame.last_seq = query.head_seq();
      }
      return;
    case FrameKind::kSealedPack:
      if (v1::PackHeader header; read(payload, &v1::SealedPack::header, header))
        frame.device = base::to_hex(header.device_id());
      return;
    case FrameKind::kSignedBallots: return;
  }
}

}  // namespace

std::string kind_name(std::uint8_t kind) {
  switch (static_cast<FrameKind>(kind)) {
    case FrameKind::kSealedBatch: return "sealed batch";
    case FrameKind::kSignedBallots: return "ballots";
    case FrameKind::kSignedReceipt: return "receipt";
    case FrameKind::kSealedPack: return "class pack";
    case FrameKind::kSignedCertificate: return "certificate";
    case FrameKind::kSignedHeadQuery: return "head query";
  }
  return fmt::format("kind {}", kind);
}

base::Result<ToldBundle> tell_bundle(base::ByteView bytes) {
  TRY(auto reader, protocol::BundleReader::begin(bytes));
  ToldBundle told;
  told.bytes = bytes.size();
  while (auto const view = reader.next()) {
    ToldFrame frame;
    frame.kind = view->kind;
    frame.at = view->at;
    frame.bytes = view->payload.size();
    tell(view->payload, frame);
    told.frames.push_back(std::move(frame));
  }
  told.damages = reader.failures();
  told.cut = reader.cut();
  return told;
}

ordered_json told_json(ToldBundle const& told) {
  auto frames = ordered_json::array();
  for (auto const& frame : told.frames) {
    ordered_json one{{"kind", frame.kind}, {"is", kind_name(frame.kind)}, {"at", frame.at}, {"bytes", frame.bytes}};
    if (!frame.device.empty()) one["device"] = frame.device;
    if (!frame.log.empty()) one["log"] = frame.log;
    if (frame.first_seq > 0) one["first_seq"] = frame.first_seq;
    if (!frame.log.empty()) one["last_seq"] = frame.last_seq;
    if (!frame.refused.empty()) one["refused"] = frame.refused;
    frames.push_back(std::move(one));
  }
  return {{"bytes", told.bytes}, {"frames", std::move(frames)}, {"damages", told.damages}, {"cut", told.cut}};
}

std::string told_lines(ToldBundle const& told) {
  std::string lines;
  for (auto const& frame : told.frames) {
    lines += fmt::format("{:>9}  {:<12} {:>8} bytes", frame.at, kind_name(frame.kind), frame.bytes);
    if (!frame.device.empty()) lines += "  device " + frame.device;
    if (!frame.log.empty()) lines += "  log " + frame.log;
    if (frame.first_seq > 0)
      lines += fmt::format("  records {} to {}", frame.first_seq, frame.last_seq);
    else if (!frame.log.empty())
      lines += fmt::format("  through {}", frame.last_seq);
    if (!frame.refused.empty()) lines += "  refused: " + frame.refused;
    lines += "\n";
  }
  lines += fmt::format("{} bytes, {} whole frames; {} places damaged{}\n", told.bytes, told.frames.size(), told.damages,
                       told.cut ? "; the end is missing" : "");
  return lines;
}

base::Result<base::Bytes> read_bundle_file(std::filesystem::path const& file) {
  return base::read_file(file, protocol::kMostBundleBytes);
}

base::Done whole(std::filesystem::path const& file, std::uint32_t damages, bool cut) {
  if (damages == 0 && !cut) return {};
  return base::damaged("bundle.damaged",
                       fmt::format("read {}: {} places are damaged{}; every whole frame was dealt with", file.string(),
                                   damages, cut ? ", and its end is missing" : ""),
                       "copy the file again from where it was made, and do the same with it: nothing counts twice");
}

}  // namespace dga::command_line
