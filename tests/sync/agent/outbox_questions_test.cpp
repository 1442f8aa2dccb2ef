// What the real store's outbox remembers of the questions that couriers carry, and what their answers count for.
#include "sync/agent/courier_questions.h"
#include "sync/agent/parcel.h"
#include "tests/sync/agent/real_kiosk.h"

using namespace dga;
using namespace dga::agent;
using test_agent::must;
using test_agent::RealKiosk;

namespace {

// A kiosk with a closed log and its child, and what couriers carry to and fro for it.
struct TwoLogs : RealKiosk {
  TwoLogs() {
    scan(2);
    must(outbox.open_child(random->draw<base::LogSalt>()));
    scan(3);
  }
  // The head queries of a parcel, the oldest log's first.
  std::vector<v1::HeadQuery> parcel() {
    Pinned pinned;
    pinned.box = centre.box.public_key();
    pinned.box_key_id = 1;
    pinned.certificate = "certificate";
    auto const made = must(make_parcel(outbox, pinned, kiosk.signing, *random));
    std::vector<v1::HeadQuery> asked;
    auto const content = must(protocol::read_bundle(made.bytes));
    for (auto const& frame : content.frames) {
      if (frame.kind != static_cast<std::uint8_t>(protocol::FrameKind::kSignedHeadQuery)) continue;
      v1::SignedHeadQuery wrapped;
      REQUIRE(wrapped.ParseFromString(frame.payload));
      REQUIRE(asked.emplace_back().ParseFromString(wrapped.query()));
    }
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].log_id() != asked[1].log_id());
    return asked;
  }
  // A courier brings the answer to it, signed at `centre_ms`.
  Settlement bring(v1::HeadQuery const& query, std::int64_t centre_ms, bool revoked = false) {
    for (store::LogNumber log = 1; log <= 2; ++log) {
      outbox.work_on(log);
      if (must(outbox.view()).identity.log.view() != query.log_id()) continue;
      v1::Receipt receipt;
      receipt.set_device_id(query.device_id());
      receipt.set_log_id(query.log_id());
      receipt.set_centre_epoch(5);
      receipt.set_received_hash(must(outbox.hash_at(0)).bytes());
      receipt.set_nonce(query.nonce());
      receipt.set_centre_ms(centre_ms);
      receipt.set_revoked(revoked);
      return must(outbox.settle(receipt, std::nullopt));
    }
    FAIL("a question about no log of this kiosk");
    return {};
  }
};

constexpr std::int64_t kSigned = 1'731'000'000'000;

}  // namespace

TEST_CASE_FIXTURE(TwoLogs, "a parcel asks for every log, and whichever answer is read first, the other is fresh, too") {
  auto const asked = parcel();
  std::size_t first = 0;
  SUBCASE("the closed log's first") {}
  SUBCASE("its child's first") { first = 1; }
  CHECK(bring(asked[first], kSigned).fresh);
  CHECK(bring(asked[1 - first], kSigned).fresh);
  // Each is the centre's present word once.
  CHECK_FALSE(bring(asked[0], kSigned).fresh);
  CHECK_FALSE(bring(asked[1], kSigned).fresh);
  CHECK(bring(asked[0], kSigned + 1).fresh);
}

TEST_CASE_FIXTURE(TwoLogs, "what answers an older question about a log than one that was answered is no news of it") {
  auto const morning = parcel(), noon = parcel();
  CHECK(bring(noon[1], kSigned).fresh);
  CHECK_FALSE(bring(morning[1], kSigned + 1).fresh);
  CHECK(bring(morning[0], kSigned).fresh);  // of the other log nothing newer has come
  CHECK(bring(noon[0], kSigned + 1).fresh);
  CHECK_FALSE(bring(morning[0], kSigned + 2).fresh);
}

TEST_CASE_FIXTURE(TwoLogs, "the last questions of each log are remembered, however many another one has") {
  auto const first = parcel();
  outbox.work_on(2);
  for (std::size_t i = 0; i < kMostQuestions; ++i) must(outbox.keep_question(random->draw<base::RequestNonce>()));
  CHECK(bring(first[0], kSigned).fresh);
  CHECK_FALSE(bring(first[1], kSigned).fresh);
}

TEST_CASE_FIXTURE(TwoLogs, "a courier whom a later word has overtaken acknowledges, and takes no revocation back") {
  auto const morning = parcel(), noon = parcel();
  CHECK(bring(noon[1], kSigned + 60'000, true).state.revoked);
  auto const elsewhere = bring(morning[0], kSigned, true);  // each log has a last word of its own
  CHECK(elsewhere.state.last_receipt_ms == kSigned);
  // The network's word, signed after the next courier left the centre.
  auto const afternoon = parcel();
  outbox.work_on(2);
  v1::Receipt receipt;
  receipt.set_device_id(afternoon[1].device_id());
  receipt.set_log_id(afternoon[1].log_id());
  receipt.set_centre_epoch(5);
  receipt.set_received_through(1);
  receipt.set_received_hash(must(outbox.hash_at(1)).bytes());
  receipt.set_nonce("asked over the network");
  receipt.set_centre_ms(kSigned + 120'000);
  receipt.set_quarantined_total(3);
  receipt.set_revoked(true);
  CHECK(must(outbox.settle(receipt, Question{"asked over the network", 0})).state.quarantined_total == 3);

  receipt.set_nonce(afternoon[1].nonce());
  receipt.set_received_through(3);
  receipt.set_received_hash(must(outbox.hash_at(3)).bytes());
  receipt.set_centre_ms(kSigned + 90'000);
  receipt.set_quarantined_total(1);
  receipt.set_revoked(false);
  auto const overtaken = must(outbox.settle(receipt, std::nullopt));
  CHECK(overtaken.acknowledged == 2);
  CHECK(overtaken.state.received_through == 3);
  CHECK(overtaken.state.revoked);
  CHECK(overtaken.state.quarantined_total == 3);
  CHECK(overtaken.state.last_receipt_ms == kSigned + 120'000);
  // One that was signed later is believed again.
  receipt.set_nonce(parcel()[1].nonce());
  receipt.set_centre_ms(kSigned + 180'000);
  outbox.work_on(2);
  CHECK_FALSE(must(outbox.settle(receipt, std::nullopt)).state.revoked);
}

TEST_CASE_FIXTURE(TwoLogs, "when the centre was last heard is told by its own clock, unless the kiosk's is simulated") {
  clock.wall -= 5 * 3'600'000;
  CHECK(bring(parcel()[1], kSigned).state.last_receipt_ms == kSigned);
  clock.is_simulated = true;
  CHECK(bring(parcel()[1], kSigned + 1).state.last_receipt_ms == clock.wall_ms());
}
