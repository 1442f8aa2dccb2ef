#include "sync/agent/store_outbox.h"

#include "sync/agent/courier_questions.h"
#include "sync/agent/parcel.h"
#include "tests/sync/agent/real_kiosk.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::must;
using test_agent::RealKiosk;
using test_agent::Road;

TEST_CASE("a real store's log arrives whole and sending again changes nothing") {
  RealKiosk world;
  world.scan(300);
  auto const first = world.sync();
  CHECK_FALSE(first.problem.has_value());
  CHECK(first.waiting == 0);
  CHECK(first.tally.acknowledged == 302);  // LogOpened, the check-ins and a time sample
  auto const records = world.log();
  REQUIRE(world.centre.received.size() == records.size());
  for (std::size_t i = 0; i < records.size(); ++i) CHECK(world.centre.received[i] == records[i].SerializeAsString());
  CHECK(world.centre.hashes.back() == world.kiosk.store.head().hash);

  auto const again = world.sync();
  CHECK(again.tally.sent == 0);
  CHECK(again.waiting == 0);
  CHECK(world.log().size() == records.size());
}

TEST_CASE("what was acknowledged and what was sealed are still known after the store is opened again") {
  RealKiosk world;
  world.scan(5);
  test_agent::PretendCentre::Fate lost;
  lost.lose_reply = true;
  world.centre.next(Road::kBatches, lost);
  CHECK(world.sync().waiting == 6);
  auto const kept = must(world.outbox.outbound());
  REQUIRE(kept.has_value());
  { auto const closed = std::move(world.kiosk); }
  world.kiosk = must(store::open_kiosk(world.scratch / "kiosk", "passphrase"));
  CHECK(must(world.outbox.outbound())->sealed_batch == kept->sealed_batch);
  CHECK(world.sync().waiting == 0);
  CHECK(must(world.kiosk.store.sync_state()).received_through == 7);
}

TEST_CASE("a time sample carries the boot of its own stamp and comes at most every ten minutes of a boot") {
  RealKiosk world;
  (void)world.sync();
  auto const samples = [&] {
    std::vector<v1::Record> found;
    for (auto const& record : world.log())
      if (record.has_time_sample()) found.push_back(record);
    return found;
  };
  REQUIRE(samples().size() == 1);
  CHECK(samples()[0].time_sample().boot() == samples()[0].at().boot());
  world.clock.advance(kTimeSampleEvery - 1s);
  (void)world.sync();
  CHECK(samples().size() == 1);
  world.clock.advance(1s);
  (void)world.sync();
  CHECK(samples().size() == 2);

  world.clock.boot = "boot-2";
  world.clock.mono = 1000;
  (void)world.sync();
  REQUIRE(samples().size() == 3);
  CHECK(samples()[2].time_sample().boot() == samples()[2].at().boot());
  CHECK(samples()[2].at().boot() == samples()[1].at().boot() + 1);
}

TEST_CASE("records are handed out in order and bounded by count and by size") {
  RealKiosk world;
  world.scan(10);
  auto const three = must(world.outbox.records(2, 3, 1'000'000));
  REQUIRE(three.size() == 3);
  CHECK(three[0].seq == 2);
  CHECK(three[2].hash == must(world.outbox.hash_at(4)));
  CHECK(must(world.outbox.records(2, 100, three[0].bytes.size() * 2)).size() == 2);
  CHECK(must(world.outbox.records(2, 100, 1)).size() == 1);
  CHECK(must(world.outbox.records(12, 100, 1000)).empty());
}

TEST_CASE("a pack is kept once and recorded and an older one is refused") {
  RealKiosk world;
  v1::ClassPack pack;
  pack.set_pack_version(7);
  pack.mutable_class_()->set_id(1);
  world.centre.pack = pack;
  CHECK_FALSE(world.sync().problem.has_value());
  StoreOutbox fresh(world.kiosk.store, world.clock);
  CHECK(must(fresh.view()).pack_version == 7);
  auto const count = world.log().size();
  (void)world.sync();
  CHECK(world.log().size() == count);
  std::size_t applied = 0;
  for (auto const& record : world.log())
    if (record.kiosk_event().kind() == v1::KioskEvent::PACK_APPLIED) {
      ++applied;
      CHECK(record.kiosk_event().detail() == "7");
      CHECK(record.pack_version() == 7);
    }
  CHECK(applied == 1);
  CHECK(fresh.apply_pack(6, "older", 9'000).error().code == "pack.older");
}

TEST_CASE("a pack that only knows more of who was where leaves no record and the next change does") {
  RealKiosk world;
  v1::ClassPack pack;
  pack.set_pack_version(7);
  pack.mutable_class_()->set_id(1);
  CHECK(world.outbox.apply_pack(7, pack.SerializeAsString(), 9'000).ok());
  auto const count = world.log().size();
  pack.set_pack_version(8);
  pack.add_facts()->set_participant(17);
  CHECK(world.outbox.apply_pack(8, pack.SerializeAsString(), 9'000).ok());
  CHECK(world.log().size() == count);
  CHECK(must(world.outbox.view()).pack_version == 8);
  pack.set_pack_version(9);
  pack.add_roster()->set_participant(18);
  CHECK(world.outbox.apply_pack(9, pack.SerializeAsString(), 9'000).ok());
  CHECK(world.log().size() == count + 1);
}

TEST_CASE("a centre that was restored gets the digests of what the kiosk has wiped, and the chain holds") {
  RealKiosk world;
  world.scan(30);
  for (auto const later : {0h, 13h, 24h * 31}) {
    world.clock.advance(later);
    CHECK_FALSE(world.sync().problem.has_value());
  }
  auto state = must(world.kiosk.store.sync_state());
  state.durable_through = state.received_through;
  must(world.kiosk.store.put_sync_state(state));
  CHECK(must(world.kiosk.store.wipe(std::nullopt, world.clock)).records == 30);

  world.centre.restore(5);
  CHECK_FALSE(world.sync().problem.has_value());
  auto const head = world.kiosk.store.head();
  REQUIRE(world.centre.received.size() == head.seq);
  CHECK(world.centre.hashes.back() == head.hash);
  std::size_t wiped = 0;
  for (auto const& record : world.centre.received) wiped += record.empty();
  CHECK(wiped == 26);  // records 6 to 31; those before are in the backup
  // Nothing is durable in the new epoch yet: what came since stays.
  world.scan(1);
  CHECK(must(world.kiosk.store.wipe(std::nullopt, world.clock)).records == 0);
}

TEST_CASE("a pack and its record are there together or not at all") {
  RealKiosk world;
  v1::ClassPack pack;
  pack.set_pack_version(7);
  pack.mutable_class_()->set_id(1);
  auto const before = world.kiosk.store.head().seq;
  // Without room for it: the reserve is for check-ins.
  world.kiosk.store.set_thrift(store::Thrift::kCheckInsFirst);
  pack.mutable_class_()->set_note(std::string(100'000, 'n'));
  CHECK_FALSE(world.outbox.apply_pack(7, pack.SerializeAsString(), 9'000).ok());
  CHECK(world.kiosk.store.head().seq == before);
  CHECK(must(world.kiosk.store.pack_version()) == 0);
  world.kiosk.store.set_thrift(store::Thrift::kNone);
  must(world.outbox.apply_pack(7, pack.SerializeAsString(), 9'000));
  CHECK(world.log().back().kiosk_event().kind() == v1::KioskEvent::PACK_APPLIED);
  CHECK(world.log().back().pack_version() == 7);
  CHECK_FALSE(world.outbox.apply_pack(6, pack.SerializeAsString(), 9'000).ok());
  CHECK(world.kiosk.store.head().seq == before + 1);
}

namespace {

// Every record of every log of the kiosk stands at the centre, in its own log.
void check_all_arrived(RealKiosk& world) {
  auto const logs = world.kiosk.store.logs();
  for (auto const& log : logs) {
    CAPTURE(log.number);
    auto const& shelf = log.number == 1 ? world.centre : world.centre.children[log.identity.log];
    CHECK(shelf.hashes.back() == log.head.hash);
    CHECK(shelf.received.size() == log.head.seq);
  }
}
test_agent::PretendCentre::Fate forked(std::uint64_t at) {
  return test_agent::changed([at](v1::Receipt& receipt) { receipt.set_fork_at(at); });
}

}  // namespace

TEST_CASE("after a receipt that tells of a fork the branch is sent to its end and what follows goes to a child log") {
  RealKiosk world;
  world.scan(5);
  world.centre.next(Road::kBatches, forked(3));
  auto const outcome = world.sync();
  CHECK_FALSE(outcome.problem.has_value());
  CHECK(outcome.waiting == 0);
  REQUIRE(world.kiosk.store.logs().size() == 2);
  world.scan(4);
  CHECK(world.sync().waiting == 0);
  check_all_arrived(world);
  CHECK(world.centre.children.size() == 1);
  // Once, however often it is told.
  world.centre.next(Road::kHead, forked(3));
  CHECK_FALSE(world.sync().problem.has_value());
  CHECK(world.kiosk.store.logs().size() == 2);
}

TEST_CASE("what the branch still holds when the child is opened goes before the child, time samples at its end too") {
  RealKiosk world;
  world.scan(3);
  world.centre.next(Road::kHead, forked(2));
  world.centre.next(Road::kBatches, test_agent::instead(base::unreachable("net.timeout", "lost on the way")));
  CHECK(world.sync().problem.has_value());
  REQUIRE(world.kiosk.store.logs().size() == 2);
  world.scan(2);
  auto const order_before = world.centre.order.size();
  auto const outcome = world.sync();
  CHECK_FALSE(outcome.problem.has_value());
  CHECK(outcome.waiting == 0);
  check_all_arrived(world);
  auto const& order = world.centre.order;
  CHECK(std::vector(order.begin() + static_cast<std::ptrdiff_t>(order_before), order.end()) ==
        std::vector{Road::kHead, Road::kPacks, Road::kBatches, Road::kHead, Road::kBatches});
}

TEST_CASE("a child log that a crash kept from being opened is opened after the restart") {
  RealKiosk world;
  world.scan(3);
  CHECK(world.sync().waiting == 0);
  auto state = must(world.kiosk.store.sync_state());
  state.fork_at = 3;  // the receipt was kept, and the power went
  must(world.kiosk.store.put_sync_state(state));
  { auto const closed = std::move(world.kiosk); }
  world.kiosk = must(store::open_kiosk(world.scratch / "kiosk", "passphrase"));
  CHECK(world.sync().waiting == 0);
  CHECK(world.kiosk.store.logs().size() == 2);
  check_all_arrived(world);
}

TEST_CASE("a child log has a time sample of its own, from an answer about itself") {
  RealKiosk world;
  world.scan(3);
  world.centre.next(Road::kBatches, forked(2));
  CHECK_FALSE(world.sync().problem.has_value());
  auto const child = world.log();  // of the newest log
  CHECK(child[0].has_log_opened());
  REQUIRE(child.size() >= 2);
  CHECK(child[1].has_time_sample());
}

TEST_CASE("a restored centre gets the closed logs again, too") {
  RealKiosk world;
  world.scan(6);
  world.centre.next(Road::kBatches, forked(2));
  CHECK_FALSE(world.sync().problem.has_value());
  world.scan(2);
  CHECK_FALSE(world.sync().problem.has_value());
  world.centre.restore(3);
  world.centre.children.clear();
  CHECK_FALSE(world.sync().problem.has_value());
  check_all_arrived(world);
}

TEST_CASE("a courier carries the closed log before its child") {
  RealKiosk world;
  world.scan(3);
  world.centre.next(Road::kHead, forked(2));
  world.centre.next(Road::kBatches, test_agent::instead(base::unreachable("net.timeout", "lost on the way")));
  (void)world.sync();
  auto const logs = world.kiosk.store.logs();
  REQUIRE(logs.size() == 2);
  Pinned pinned;
  pinned.box = world.centre.box.public_key();
  pinned.certificate = "a certificate";
  StoreOutbox own(world.kiosk.store, world.clock);
  auto const parcel = must(make_parcel(own, pinned, world.kiosk.signing, *world.random));
  CHECK(parcel.log == logs[0].identity.log);
  CHECK(parcel.through == logs[0].head.seq);
  CHECK(parcel.left == 1);  // the child's opening
}

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
