#include "sync/agent/parcel.h"

#include <algorithm>

#include "tests/sync/agent/carried.h"

using namespace dga;
using namespace dga::test_agent;
using protocol::FrameKind;

namespace {

struct Parcels : Carried {
  agent::Parcel parcel(std::size_t most = protocol::kMostBundleBytes) {
    auto made = agent::make_parcel(outbox, pinned, device, *random, most);
    REQUIRE_MESSAGE(made.ok(), made.error().what);
    return std::move(made).value();
  }
  std::vector<protocol::Frame> frames_of(agent::Parcel const& parcel) {
    auto const content = protocol::read_bundle(parcel.bytes);
    REQUIRE(content.ok());
    CHECK(content->failures == 0);
    return content->frames;
  }
  v1::BatchHeader header_of(protocol::Frame const& frame) {
    CHECK(frame.kind == static_cast<std::uint8_t>(FrameKind::kSealedBatch));
    auto const header = protocol::read_batch_header(frame.payload);
    REQUIRE(header.ok());
    return *header;
  }
  agent::ParcelReceipts settled(base::Bytes const& bytes) {
    auto const outcome = agent::settle_parcel(outbox, pinned, device_box, bytes);
    REQUIRE_MESSAGE(outcome.ok(), outcome.error().what);
    return *outcome;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Parcels, "a parcel is the certificate, a question, and every record that waits, in order") {
  outbox.add_many(5000, 400);  // 2 MB that compresses no further
  outbox.shown.sync.received_through = 10;
  auto const made = parcel();
  CHECK(made.from == 11);
  CHECK(made.through == 5000);
  CHECK(made.records == 4990);
  CHECK(made.left == 0);
  auto const frames = frames_of(made);
  REQUIRE(frames.size() >= 4);
  CHECK(frames[0].kind == static_cast<std::uint8_t>(FrameKind::kSignedCertificate));
  CHECK(frames[0].payload == pinned.certificate);
  CHECK(frames[1].kind == static_cast<std::uint8_t>(FrameKind::kSignedHeadQuery));
  std::uint64_t next = 11;
  for (std::size_t i = 2; i < frames.size(); ++i) {
    auto const batch = protocol::verify_batch(frames[i].payload, [&](auto const&) { return device.public_key(); });
    REQUIRE(batch.ok());
    CHECK(batch->header.first_seq() == next);
    auto const opened = protocol::open_batch(*batch, centre_box);
    REQUIRE(opened.ok());
    next += opened->size();
  }
  CHECK(next == 5001);
}

TEST_CASE_FIXTURE(Parcels, "the batch that is kept for sending goes as it is, and stays kept") {
  outbox.add_many(30, 50);
  outbox.shown.sync.received_through = 5;
  auto const earlier = parcel();
  outbox.kept = store::Outbound{6, 25, frames_of(earlier)[2].payload};
  outbox.add_many(4, 50);
  auto const frames = frames_of(parcel());
  REQUIRE(frames.size() == 4);
  CHECK(frames[2].payload == outbox.kept->sealed_batch);
  CHECK(header_of(frames[3]).first_seq() == 31);
  CHECK(outbox.kept.has_value());
}

TEST_CASE_FIXTURE(Parcels, "a kept batch that is acknowledged already does not travel") {
  outbox.add_many(30, 50);
  outbox.kept = store::Outbound{1, 10, "an old one"};
  outbox.shown.sync.received_through = 10;
  CHECK(header_of(frames_of(parcel())[2]).first_seq() == 11);
}

TEST_CASE_FIXTURE(Parcels, "what does not fit is said and is the next parcel's") {
  outbox.add_many(6000, 400);
  auto const made = parcel(1024 * 1024);
  CHECK(made.bytes.size() <= 1024 * 1024);
  CHECK(made.from == 1);
  CHECK(made.through > 1000);
  CHECK(made.through < 6000);
  CHECK(made.left == 6000 - made.through);
  CHECK(agent::make_parcel(outbox, pinned, device, *random, 100).error().code == "bundle.too_large");
}

TEST_CASE_FIXTURE(Parcels,
                  "a question names the place that the centre had, whatever becomes of the batches behind it") {
  outbox.add_many(30, 50);
  outbox.shown.sync.received_through = 3;  // not among 30, 29, 28, 26, 22, 14 and 0
  v1::SignedHeadQuery wrapped;
  REQUIRE(wrapped.ParseFromString(frames_of(parcel())[1].payload));
  v1::HeadQuery query;
  REQUIRE(query.ParseFromString(wrapped.query()));
  auto const named = std::count_if(query.points().begin(), query.points().end(), [&](v1::Point const& point) {
    return point.seq() == 3 && point.hash() == outbox.hashes[3].bytes();
  });
  CHECK(named == 1);
}

TEST_CASE_FIXTURE(Parcels, "a kiosk with nothing to send asks all the same, so that a pack can come back") {
  auto const made = parcel();
  CHECK(frames_of(made).size() == 2);
  CHECK(made.records == 0);
  CHECK(made.left == 0);
}

TEST_CASE_FIXTURE(Parcels,
                  "receipts from a courier acknowledge, and only an answer to a parcel's question makes durable") {
  outbox.add_many(100, 50);
  auto const made = parcel();
  auto by_batch = receipt(60);
  by_batch.set_durable_through(60);
  auto outcome = settled(bundle_of({by_batch}));
  CHECK(outcome.acknowledged == 60);
  CHECK(outcome.waiting == 40);
  CHECK(outcome.fresh == 0);
  CHECK(outbox.shown.sync.durable_through == 0);

  auto to_question = receipt(100, question_in(made));
  to_question.set_durable_through(70);
  outcome = settled(bundle_of({to_question}));
  CHECK(outcome.acknowledged == 40);
  CHECK(outcome.fresh == 1);
  CHECK(outcome.waiting == 0);
  CHECK(outbox.shown.sync.durable_through == 70);
}

TEST_CASE_FIXTURE(Parcels, "one bare receipt, as a code brings it, is enough") {
  outbox.add_many(7, 50);
  auto const made = parcel();
  auto const outcome = settled(protocol::sign_receipt(receipt(7, question_in(made)), centre));
  CHECK(outcome.acknowledged == 7);
  CHECK(outcome.fresh == 1);
}

TEST_CASE_FIXTURE(Parcels, "old receipts brought again change nothing") {
  outbox.add_many(20, 50);
  auto revoked_then = receipt(10);
  revoked_then.set_revoked(true);
  auto const bundle = bundle_of({receipt(20), revoked_then});
  CHECK(settled(bundle).acknowledged == 20);
  auto const before = outbox.shown.sync;
  auto const again = settled(bundle);
  CHECK(again.acknowledged == 0);
  CHECK(again.receipts == 2);
  CHECK(outbox.shown.sync.received_through == before.received_through);
  CHECK_FALSE(outbox.shown.sync.revoked);
}

TEST_CASE_FIXTURE(Parcels, "receipts of other logs and of other centres change nothing") {
  outbox.add_many(20, 50);
  auto other_log = receipt(20);
  other_log.set_log_id(base::Bytes(16, 'x'));
  auto bundle = bundle_of({other_log});
  auto const strangers = crypto::SigningKey::generate(*random);
  bundle += protocol::write_bundle({{3, protocol::sign_receipt(receipt(20), strangers)}})->substr(6);
  auto const outcome = settled(bundle);
  CHECK(outcome.not_ours == 2);
  CHECK(outcome.receipts == 0);
  CHECK(outcome.acknowledged == 0);
  CHECK(outbox.shown.sync.received_through == 0);
}

TEST_CASE_FIXTURE(Parcels, "a receipt with another hash than the kiosk's own acknowledges nothing and is told") {
  outbox.add_many(20, 50);
  auto wrong = receipt(20);
  wrong.set_received_hash(base::Bytes(32, 'x'));
  auto const outcome = settled(bundle_of({wrong, receipt(12)}));
  CHECK(outcome.acknowledged == 12);
  REQUIRE(outcome.problem);
  CHECK(outcome.problem->code == "sync.other_branch");
}

TEST_CASE_FIXTURE(Parcels, "a receipt for more than the kiosk has acknowledges nothing") {
  outbox.add_many(20, 50);
  auto const bundle = bundle_of({receipt(20)});
  outbox.log.resize(10);
  outbox.hashes.resize(11);
  outbox.shown.head = {10, outbox.hashes[10]};
  auto const outcome = settled(bundle);
  CHECK(outcome.acknowledged == 0);
  REQUIRE(outcome.problem);
  CHECK(outcome.problem->code == "sync.other_branch");
}

TEST_CASE_FIXTURE(Parcels,
                  "a pack by file is applied when it is newer, the newest of several, and never an older one") {
  auto const sealed = [&](std::uint64_t version, crypto::SigningKey const& by) {
    return protocol::Frame{
        static_cast<std::uint8_t>(FrameKind::kSealedPack),
        protocol::seal_pack(pack_of(version), outbox.shown.identity.device, device_box.public_key(), 1, {}, by)};
  };
  auto const strangers = crypto::SigningKey::generate(*random);
  outbox.shown.pack_version = 5;
  auto outcome = settled(
      protocol::write_bundle({sealed(4, centre), sealed(8, centre), sealed(7, centre), sealed(9, strangers)}).value());
  CHECK(outcome.pack_version == 8);
  CHECK(outbox.shown.pack_version == 8);
  CHECK(outcome.not_ours == 1);
  CHECK_FALSE(outcome.problem);
  outcome = settled(protocol::write_bundle({sealed(8, centre), sealed(5, centre)}).value());
  CHECK(outcome.pack_version == 0);
  CHECK(outbox.shown.pack_version == 8);
}

TEST_CASE_FIXTURE(Parcels, "a kept batch whose key the centre left is cut anew once the newer key is known") {
  outbox.add_many(3, 50);
  outbox.kept = store::Outbound{1, 3, frames_of(parcel())[2].payload};
  auto reseal = receipt(0, header_of(frames_of(parcel())[2]).nonce());
  reseal.set_refused(v1::RESEAL);
  auto const bundle = bundle_of({reseal});
  auto outcome = settled(bundle);
  CHECK(outbox.kept.has_value());  // with the same key it would be refused again
  REQUIRE(outcome.problem);
  CHECK(outcome.problem->code == "sync.reseal");
  pinned.box_key_id = 2;
  outcome = settled(bundle);
  CHECK_FALSE(outbox.kept.has_value());
}

TEST_CASE_FIXTURE(Parcels, "receipts before damage and before a cut count") {
  outbox.add_many(20, 50);
  auto const bundle = bundle_of({receipt(10), receipt(20)});
  auto const outcome = settled(bundle.substr(0, bundle.size() - 5));
  CHECK(outcome.acknowledged == 10);
  CHECK(outcome.cut);
  CHECK(agent::settle_parcel(outbox, pinned, device_box, "a picture").error().code == "bundle.not_one");
}

TEST_CASE_FIXTURE(Parcels, "an answer is the centre's present word once: the same file again changes nothing") {
  outbox.add_many(3, 40);
  auto const made = parcel();
  auto answer = receipt(3, question_in(made));
  answer.set_durable_through(3);
  auto const file = bundle_of({answer});
  CHECK(settled(file).fresh == 1);
  CHECK(outbox.shown.sync.durable_through == 3);
  auto const heard = outbox.shown.sync.last_receipt_ms;
  outbox.shown.sync.revoked = true;  // by a newer word
  clock.advance(std::chrono::hours(24 * 7));
  CHECK(settled(file).fresh == 0);
  CHECK(outbox.shown.sync.last_receipt_ms == heard);
  CHECK(outbox.shown.sync.revoked);
}
