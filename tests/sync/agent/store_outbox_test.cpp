#include "sync/agent/store_outbox.h"

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
