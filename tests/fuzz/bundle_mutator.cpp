#include "tests/fuzz/bundle_mutator.h"

#include <algorithm>

#include "shared/crypto/hash.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/compress.h"
#include "sync/protocol/device.pb.h"
#include "sync/protocol/receipt.pb.h"
#include "tests/fuzz/couriers.h"

namespace dga::fuzz {
namespace {

using protocol::Frame;
using protocol::FrameKind;
using Frames = std::vector<Frame>;

constexpr std::uint32_t kAnyFailures = 1'000'000;

Frames frames_of(base::ByteView bundle) {
  auto read = protocol::read_bundle(bundle, kAnyFailures);
  return read.ok() ? std::move(read->frames) : Frames{};
}
base::Bytes written(Frames const& frames) {
  auto bytes = protocol::write_bundle(frames);
  return bytes.ok() ? std::move(bytes).value() : base::Bytes();
}

Frame any_genuine(base::Random& chance) {
  auto const& parcels = couriers().parcels;
  auto const& parcel = parcels[chance.below(parcels.size())];
  return parcel[chance.below(parcel.size())];
}

// A content in a message's parts, where the form around it survives.
void change_inside(Frame& frame, base::Random& chance, ChangeOctets const& change) {
  if (v1::SealedBatch batch;
      frame.kind == static_cast<std::uint8_t>(FrameKind::kSealedBatch) && batch.ParseFromString(frame.payload)) {
    switch (chance.below(3)) {
      case 0: change(*batch.mutable_header()); break;
      case 1: change(*batch.mutable_sealed()); break;
      default: change(*batch.mutable_signature()); break;
    }
    frame.payload = batch.SerializeAsString();
  } else if (v1::SignedCertificate wrapped; frame.kind == static_cast<std::uint8_t>(FrameKind::kSignedCertificate) &&
                                            wrapped.ParseFromString(frame.payload)) {
    change(chance.below(2) == 0 ? *wrapped.mutable_certificate() : *wrapped.mutable_signature());
    frame.payload = wrapped.SerializeAsString();
  } else if (v1::SignedHeadQuery query; frame.kind == static_cast<std::uint8_t>(FrameKind::kSignedHeadQuery) &&
                                        query.ParseFromString(frame.payload)) {
    change(chance.below(2) == 0 ? *query.mutable_query() : *query.mutable_signature());
    frame.payload = query.SerializeAsString();
  } else {
    change(frame.payload);
  }
}

// A batch by a kiosk that means harm, or is broken: under its own good signature, and sealed to the centre.
Frame by_hostile_kiosk(base::Random& chance, ChangeOctets const& change) {
  auto const& all = couriers();
  auto const& sender = *std::array{&all.known, &all.stranger, &all.clone}[chance.below(3)];
  auto const& centre = all.keys.boxes.at(1).public_key();
  auto const first = 1 + chance.below(sender.head());
  auto const last = first + chance.below(sender.head() - first + 1);
  auto copy = sender;
  auto const how = chance.below(4);
  if (how == 0) {  // other facts, a chain that holds
    for (auto seq = first; seq <= copy.head(); ++seq) {
      if (seq == first + chance.below(last - first + 1)) change(copy.records[seq - 1]);
      copy.hashes[seq] = crypto::chain_next(copy.hashes[seq - 1], seq, crypto::hash({copy.records[seq - 1]}));
    }
    return {static_cast<std::uint8_t>(FrameKind::kSealedBatch), copy.batch(first, last, centre)};
  }
  v1::SealedBatch batch;
  v1::BatchHeader header;
  if (!batch.ParseFromString(sender.batch(first, last, centre)) || !header.ParseFromString(batch.header())) return {};
  if (how == 1) {  // another header over what was meant
    change(*batch.mutable_header());
  } else {  // another content under the header: compressed, or as it is
    v1::RecordList list;
    for (auto seq = first; seq <= last; ++seq) list.add_records(sender.records[seq - 1]);
    auto plain = list.SerializeAsString();
    change(plain);
    header.set_plain_bytes(static_cast<std::uint32_t>(plain.size()));
    batch.set_header(header.SerializeAsString());
    batch.set_sealed(crypto::seal(centre, how == 2 ? protocol::compress(plain) : plain));
  }
  batch.set_signature(sender.signing.sign(
      crypto::label("dga-batch-v1"), crypto::hash({batch.header()}).bytes() + crypto::hash({batch.sealed()}).bytes()));
  return {static_cast<std::uint8_t>(FrameKind::kSealedBatch), batch.SerializeAsString()};
}

void insert(Frames& frames, Frame frame, base::Random& chance) {
  frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(chance.below(frames.size() + 1)), std::move(frame));
}

void mutate_frames(Frames& frames, base::Random& chance, ChangeOctets const& change) {
  if (frames.empty()) return insert(frames, any_genuine(chance), chance);
  auto const place = chance.below(frames.size());
  auto const at = frames.begin() + static_cast<std::ptrdiff_t>(place);
  switch (chance.below(10)) {
    case 0: frames.erase(at); break;
    case 1: insert(frames, Frame(*at), chance); break;
    case 2: std::swap(frames[place], frames[chance.below(frames.size())]); break;
    case 3: insert(frames, any_genuine(chance), chance); break;
    case 4: *at = any_genuine(chance); break;
    case 5: change_inside(*at, chance, change); break;
    case 6: insert(frames, by_hostile_kiosk(chance, change), chance); break;
    case 7: at->kind = static_cast<std::uint8_t>(chance.below(9)); break;
    case 8: {  // a whole file within a frame
      auto const kind = static_cast<std::uint8_t>(chance.below(9));
      *at = Frame{kind, written({*at})};
      break;
    }
    default: {  // as often as nobody needs it
      auto const frame = *at;
      for (auto times = chance.below(70); times > 0; --times) frames.push_back(frame);
      break;
    }
  }
}

}  // namespace

base::Bytes mutate_bundle(base::ByteView bundle, base::Random& chance, ChangeOctets const& change) {
  auto const how = chance.below(8);
  base::Bytes bytes(bundle);
  if (how == 0) {
    change(bytes);
    return bytes;
  }
  if (how == 1) {
    bytes.resize(chance.below(bytes.size() + 1));
    return bytes;
  }
  auto frames = frames_of(bundle);
  mutate_frames(frames, chance, change);
  bytes = written(frames);
  if (how == 2 && !bytes.empty()) {  // and something between two of them that is no frame
    auto const at = bytes.find("DGAf", chance.below(bytes.size()));
    bytes.insert(at == base::Bytes::npos ? bytes.size() : at, chance.below(2) == 0 ? "DGAf" : "rubbish");
  }
  return bytes;
}

base::Bytes cross_bundles(base::ByteView one, base::ByteView other, base::Random& chance) {
  Frames crossed;
  for (auto const& file : {frames_of(one), frames_of(other)})
    for (auto const& frame : file)
      if (chance.below(3) > 0) insert(crossed, frame, chance);
  return written(crossed);
}

}  // namespace dga::fuzz
