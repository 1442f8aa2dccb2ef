// Mutated bundles through the centre's real import: nothing is taken in that no kiosk signed, and what does not verify
// leaves not one octet in the database.
#include <cstdlib>
#include <filesystem>

#include "shared/base/file.h"
#include "shared/crypto/hash.h"
#include "sync/protocol/bundle.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using protocol::Frame;
using protocol::FrameKind;
using support::House;
using support::Kiosk;

namespace {

constexpr std::uint64_t kSeed = 20'261'122;
constexpr std::uint64_t kMutationsInCi = 4'000, kMutationsInLong = 1'000'000;

std::uint64_t mutations() { return std::getenv("DGA_LONG") != nullptr ? kMutationsInLong : kMutationsInCi; }

// What a signature covers, by frame; two frames that agree in it are the same message in another wrapping.
base::Bytes signed_part(Frame const& frame) {
  switch (static_cast<FrameKind>(frame.kind)) {
    case FrameKind::kSealedBatch:
      if (v1::SealedBatch batch; batch.ParseFromString(frame.payload))
        return crypto::hash({batch.header()}).bytes() + crypto::hash({batch.sealed()}).bytes();
      return {};
    case FrameKind::kSignedCertificate:
      if (v1::SignedCertificate wrapped; wrapped.ParseFromString(frame.payload)) return wrapped.certificate();
      return {};
    case FrameKind::kSignedHeadQuery:
      if (v1::SignedHeadQuery wrapped; wrapped.ParseFromString(frame.payload)) return wrapped.query();
      return {};
    case FrameKind::kSignedBallots:
    case FrameKind::kSignedReceipt:
    case FrameKind::kSealedPack: break;
  }
  return {};
}

struct Attacked : House {
  Attacked() {
    MESSAGE("seed ", kSeed, ", ", mutations(), " mutations");
    demo_class();
    roster(1, 10);
    kiosk.enrol();
    for (std::uint64_t person = 1; person <= 10; ++person) kiosk.check_in(person);
    genuine = {{static_cast<std::uint8_t>(FrameKind::kSignedCertificate), kiosk.certificate},
               {static_cast<std::uint8_t>(FrameKind::kSignedHeadQuery), kiosk.head_query()},
               {static_cast<std::uint8_t>(FrameKind::kSealedBatch), kiosk.batch(1, 6)},
               {static_cast<std::uint8_t>(FrameKind::kSealedBatch), kiosk.batch(7, 11)}};
  }
  centre::Response post(std::vector<Frame> const& frames) const {
    return device("/api/v1/bundles", protocol::write_bundle(frames).value());
  }
  // Every octet of the database's files.
  base::Digest database() const {
    base::Bytes all;
    REQUIRE(std::filesystem::exists(path() / "centre.db-wal"));
    for (auto const* name : {"centre.db", "centre.db-wal"})
      if (auto const file = path() / name; std::filesystem::exists(file))
        all += crypto::hash({base::read_file(file, 256 * 1024 * 1024).value()}).bytes();
    return crypto::hash({all});
  }
  std::uint64_t below(std::uint64_t bound) { return chance->below(bound); }

  // Octets turned, stretches cut out, doubled, overwritten by others of the bundle, or the end cut off.
  void mutate(base::Bytes& bytes, base::ByteView others) {
    for (auto times = 1 + below(3); times > 0 && !bytes.empty(); --times) {
      auto const at = below(bytes.size());
      auto const length = 1 + below(std::min<std::uint64_t>(64, bytes.size() - at));
      switch (below(6)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
        case 1: bytes[at] = static_cast<char>(below(256)); break;
        case 2: bytes.erase(at, length); break;
        case 3: bytes.insert(at, bytes.substr(at, length)); break;
        case 4: bytes.replace(at, length, others.substr(below(others.size()), length)); break;
        default: bytes.resize(at); break;
      }
    }
  }
  // A frame of which not the signature's part alone was changed; its check is right, so that it reaches the signature.
  Frame mutated() {
    auto frame = genuine[below(genuine.size())];
    auto const& other = genuine[below(genuine.size())];
    // Half of them inside a message's parts, where its form survives.
    if (v1::SealedBatch batch; frame.kind == static_cast<std::uint8_t>(FrameKind::kSealedBatch) && below(2) == 0 &&
                               batch.ParseFromString(frame.payload)) {
      auto* const part = below(3) == 0   ? batch.mutable_signature()
                         : below(2) == 0 ? batch.mutable_sealed()
                                         : batch.mutable_header();
      mutate(*part, other.payload);
      frame.payload = batch.SerializeAsString();
    } else {
      mutate(frame.payload, other.payload);
    }
    return frame;
  }
  bool genuinely_signed(Frame const& frame) const {
    auto const part = signed_part(frame);
    return std::any_of(genuine.begin(), genuine.end(), [&](Frame const& each) {
      return each.kind == frame.kind && !part.empty() && signed_part(each) == part;
    });
  }
  // Whether the centre took a frame by itself.
  bool taken(Frame const& frame) const { return post({frame}).status == 200; }

  std::unique_ptr<base::Random> chance = base::seeded_random(kSeed);
  Kiosk kiosk{*this};
  std::vector<Frame> genuine;
};

}  // namespace

TEST_CASE_FIXTURE(Attacked,
                  "of mutated frames none is taken in that was not signed so, and the database stays as it was") {
  REQUIRE(post(genuine).status == 200);
  auto before = database();
  std::uint64_t rewrapped = 0, accepted = 0, since_look = 0;
  for (auto left = mutations(); left > 0; --left) {
    auto const frame = mutated();
    if (taken(frame)) {
      // Another wrapping of a genuine message may count; its octets are a duplicate's.
      genuinely_signed(frame) ? ++rewrapped : ++accepted;
      before = database();
      since_look = 0;
    } else if (++since_look % 1000 == 0 || left == 1) {
      REQUIRE(database() == before);
    }
  }
  CHECK(accepted == 0);
  MESSAGE(rewrapped, " were genuine messages wrapped anew");
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>() == kiosk.head());
  CHECK(sum["parked"] == 0);
  CHECK(sum["closes"] == true);
}

TEST_CASE_FIXTURE(Attacked, "of a mutated file the whole frames count and nothing else does") {
  auto const file = protocol::write_bundle(genuine).value();
  for (auto left = mutations() / 50; left > 0; --left) {
    auto bytes = file;
    mutate(bytes, file);
    auto const response = device("/api/v1/bundles", bytes);
    CHECK((response.status == 200 || response.status == 403 || response.status == 404 || response.status == 400));
  }
  REQUIRE(post(genuine).status == 200);
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>() == kiosk.head());
  CHECK(sum["closes"] == true);
  CHECK(get("/api/v1/devices")["devices"].size() == 1);
}

TEST_CASE_FIXTURE(Attacked, "one turned octet anywhere in a bundle loses one frame and brings no other") {
  auto const file = protocol::write_bundle(genuine).value();
  auto const step = std::getenv("DGA_LONG") != nullptr ? 1U : 7U;
  for (std::size_t at = 6; at < file.size(); at += step) {
    CAPTURE(at);
    auto bytes = file;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    auto const content = protocol::read_bundle(bytes);
    REQUIRE(content.ok());
    CHECK(content->frames.size() == genuine.size() - 1);
    for (auto const& frame : content->frames) CHECK(genuinely_signed(frame));
    CHECK(device("/api/v1/bundles", bytes).status == 200);
  }
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>() == kiosk.head());
}

// The negative control: a kiosk's key in the wrong hands, which no centre can tell, is what the harness must see.
TEST_CASE_FIXTURE(Attacked, "the harness sees a frame that is taken in without having been signed before") {
  REQUIRE(post(genuine).status == 200);
  auto const before = database();
  kiosk.check_in(1, 2);
  Frame const forged{static_cast<std::uint8_t>(FrameKind::kSealedBatch), kiosk.batch(12, 12)};
  CHECK(taken(forged));
  CHECK_FALSE(genuinely_signed(forged));
  CHECK(database() != before);
}
