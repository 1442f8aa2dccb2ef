#include "tests/fuzz/plain_reading.h"

#include <sodium.h>

#include <array>

#include "shared/crypto/hash.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/device.pb.h"
#include "tests/fuzz/input.h"

namespace dga::fuzz {
namespace {

using namespace std::string_view_literals;
using protocol::FrameKind;

constexpr auto kFileMagic = "DGAB1\n"sv, kFrameMagic = "DGAf"sv;
constexpr std::size_t kBefore = 9, kBehind = 4;  // magic, length, kind; check
// So many frames that are refused, and an endpoint may look at no more (protocol.md, "Roads").
constexpr std::size_t kMostRefused = 64;

unsigned char const* octets(base::ByteView bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

struct PlainFrame {
  std::uint8_t kind = 0;
  base::ByteView payload;
};
std::optional<PlainFrame> frame_at(base::ByteView rest) {
  if (rest.size() < kBefore + kBehind || !rest.starts_with(kFrameMagic)) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{octets(rest)[4 + i]} << (8 * i);
  if (length > protocol::kMostFrameBytes || rest.size() < kBefore + length + kBehind) return std::nullopt;
  std::array<unsigned char, 32> digest{};
  crypto_generichash(digest.data(), digest.size(), octets(rest) + kBefore - 1, 1 + length, nullptr, 0);
  if (!std::equal(digest.begin(), digest.begin() + kBehind, octets(rest) + kBefore + length)) return std::nullopt;
  return PlainFrame{octets(rest)[8], rest.substr(kBefore, length)};
}

bool signed_by(base::ByteView key, base::Bytes const& message, base::ByteView signature) {
  return key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(octets(signature), octets(message), message.size(), octets(key)) == 0;
}
base::Bytes labelled(base::ByteView label, std::initializer_list<base::ByteView> parts) {
  base::Bytes message(label);
  message.push_back('\0');
  for (auto const part : parts) message += crypto::hash({part}).bytes();
  return message;
}

std::optional<base::DeviceId> certificate_in(PlainFrame const& frame) {
  v1::SignedCertificate wrapped;
  v1::DeviceCertificate body;
  if (frame.kind != static_cast<std::uint8_t>(FrameKind::kSignedCertificate) ||
      !wrapped.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size())) ||
      !signed_by(couriers().keys.signing.public_key().view(), labelled("dga-devicecert-v1", {wrapped.certificate()}),
                 wrapped.signature()) ||
      !body.ParseFromString(wrapped.certificate()))
    return std::nullopt;
  return base::DeviceId::from(body.device_id());
}

// A batch under the good signature of one of the couriers' kiosks.
struct SignedBatch {
  v1::BatchHeader header;
  base::LogId log;
  base::DeviceId device;
  base::Digest contents;  // H of what is signed
  base::Digest prev_hash;
};
std::optional<SignedBatch> signed_batch_in(PlainFrame const& frame) {
  v1::SealedBatch batch;
  v1::BatchHeader header;
  if (frame.kind != static_cast<std::uint8_t>(FrameKind::kSealedBatch) ||
      !batch.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size())) ||
      !header.ParseFromString(batch.header()))
    return std::nullopt;
  auto const device = base::DeviceId::from(header.device_id());
  auto const log = base::LogId::from(header.log_id());
  auto const prev = base::Digest::from(header.prev_hash());
  auto const* sender = device ? couriers().sender(*device) : nullptr;
  auto const message = labelled("dga-batch-v1", {batch.header(), batch.sealed()});
  if (!sender || !log || !prev || !signed_by(sender->signing.public_key().view(), message, batch.signature()))
    return std::nullopt;
  return SignedBatch{header, *log, *device, crypto::hash({message}), *prev};
}

std::set<base::Digest> const& genuine_contents() {
  static auto const all = [] {
    std::set<base::Digest> contents;
    for (auto const& parcel : couriers().parcels)
      for (auto const& frame : parcel)
        if (auto const known = signed_batch_in({frame.kind, frame.payload})) contents.insert(known->contents);
    return contents;
  }();
  return all;
}

// What is in one of the couriers' own batches, from their kiosks' logs and not from what the reader makes of it.
std::vector<Standing::Row> own_rows(SignedBatch const& batch) {
  std::vector<Standing::Row> rows;
  auto const first = batch.header.first_seq(), last = first + batch.header.count() - 1;
  for (auto const* sender : {&couriers().known, &couriers().stranger, &couriers().clone}) {
    if (sender->log != batch.log || last > sender->head() || sender->hashes[last].bytes() != batch.header.head_hash())
      continue;
    for (auto seq = first; seq <= last; ++seq)
      rows.push_back(
          {sender->log, seq, sender->hashes[seq], crypto::hash({sender->records[seq - 1]}), sender->records[seq - 1]});
    return rows;
  }
  require(false, "a batch of the couriers' is in one of their logs");
  return rows;
}

// Of a batch that somebody made with a courier's key: whatever the reader gets out of it.
std::vector<Standing::Row> rows_read(base::ByteView payload, base::LogId const& log) {
  auto const verified = protocol::verify_batch(payload, [](base::DeviceId const& device) {
    auto const* sender = couriers().sender(device);
    return sender ? std::optional(sender->signing.public_key()) : std::nullopt;
  });
  if (!verified.ok()) return {};
  auto const box = couriers().keys.boxes.find(verified->header.centre_key_id());
  if (box == couriers().keys.boxes.end()) return {};
  auto const opened = protocol::open_batch(*verified, box->second);
  if (!opened.ok()) return {};
  std::vector<Standing::Row> rows;
  for (auto const& record : *opened) rows.push_back({log, record.seq, record.hash, record.digest, record.bytes});
  return rows;
}

std::optional<PlainReading::Batch> batch_in(PlainFrame const& frame) {
  auto const found = signed_batch_in(frame);
  if (!found) return std::nullopt;
  bool const own = genuine_contents().contains(found->contents);
  return PlainReading::Batch{
      found->log,      found->device,    crypto::hash({frame.payload}),
      found->contents, found->prev_hash, own ? own_rows(*found) : rows_read(frame.payload, found->log)};
}

void read_in_order(base::ByteView bundle, PlainReading& reading) {
  std::set<base::DeviceId> known{couriers().known.device};
  std::size_t others = 0;
  for (auto rest = bundle.substr(kFileMagic.size()); others < kMostRefused;) {
    auto const frame = frame_at(rest);
    if (!frame) return;
    rest.remove_prefix(kBefore + frame->payload.size() + kBehind);
    if (auto const device = certificate_in(*frame))
      known.insert(*device);
    else if (auto batch = batch_in(*frame); batch && known.contains(batch->device))
      reading.before_any_damage.push_back(std::move(*batch));
    else
      ++others;
  }
}

}  // namespace

PlainReading read_plainly(base::ByteView bundle) {
  PlainReading reading;
  for (auto at = bundle.find(kFrameMagic); at != base::ByteView::npos; at = bundle.find(kFrameMagic, at + 1)) {
    auto const frame = frame_at(bundle.substr(at));
    if (!frame) continue;
    if (auto const device = certificate_in(*frame)) reading.certified.insert(*device);
    if (auto batch = batch_in(*frame)) reading.anywhere.push_back(std::move(*batch));
  }
  if (bundle.starts_with(kFileMagic)) read_in_order(bundle, reading);
  return reading;
}

std::set<Standing::Row> must_stand(std::vector<PlainReading::Batch> const& batches) {
  std::set<base::Digest> hashes{couriers().known.hashes.front(), couriers().stranger.hashes.front()};
  std::set<Standing::Row> rows;
  for (bool more = true; more;) {
    more = false;
    for (auto const& batch : batches) {
      if (!hashes.contains(batch.prev_hash)) continue;
      for (auto const& row : batch.rows) {
        hashes.insert(row.hash);
        more = rows.insert(row).second || more;
      }
    }
  }
  return rows;
}

bool is_genuine(PlainReading::Batch const& batch) { return genuine_contents().contains(batch.contents); }

}  // namespace dga::fuzz
