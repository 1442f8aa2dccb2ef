#include "sync/agent/session.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using test_agent::changed;
using test_agent::instead;
using test_agent::lost;
using test_agent::page;
using test_agent::Road;
using test_agent::World;

TEST_CASE("a portal acknowledges nothing and is called by its name") {
  World world;
  world.outbox.add_many(3, 100);
  world.centre.next(Road::kHead, instead(page()));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.portal");
  CHECK(world.batches().empty());
  world.centre.next(Road::kBatches, instead(page()));
  CHECK(world.wait_and_run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.portal");
  CHECK(world.outbox.shown.sync.received_through == 0);
  CHECK(world.outbox.kept.has_value());
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.problem().empty());
}

TEST_CASE("no receipt but the right one acknowledges anything") {
  World world;
  world.outbox.add_many(3, 100);
  auto const nothing_acknowledged = [&](char const* problem) {
    CHECK(world.wait_and_run().why == Rest::Why::kBackOff);
    CHECK(world.problem() == problem);
    CHECK(world.outbox.shown.sync.received_through == 0);
    CHECK(world.outbox.kept.has_value());
  };
  world.centre.next(Road::kBatches, instead(base::unreachable("net.failed", "cut")));
  (void)world.run();
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_log_id(base::Bytes(16, 'x')); }));
  nothing_acknowledged("sync.other_log");
  world.centre.next(Road::kHead, changed([](v1::Receipt& r) { r.set_device_id(base::Bytes(16, 'x')); }));
  nothing_acknowledged("sync.other_log");
  world.centre.received.clear();
  world.centre.hashes.resize(1);
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_received_hash(base::Bytes(32, 'x')); }));
  nothing_acknowledged("sync.other_branch");
  auto const other = crypto::SigningKey::generate(*world.random);
  v1::Receipt receipt;
  receipt.set_version(1);
  receipt.set_device_id(world.outbox.shown.identity.device.bytes());
  receipt.set_log_id(world.outbox.shown.identity.log.bytes());
  receipt.set_centre_epoch(world.centre.epoch);
  receipt.set_received_through(3);
  receipt.set_received_hash(world.outbox.hashes[3].bytes());
  world.centre.next(Road::kHead, instead(Reply{200, "", protocol::sign_receipt(receipt, other), {}}));
  nothing_acknowledged("receipt.bad_signature");
  world.centre.next(Road::kHead, instead(Reply{200, "application/octet-stream", "", {}}));
  nothing_acknowledged("sync.no_answer");
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a restored centre gets everything again that it lost") {
  World world;
  world.outbox.add_many(600, 300);
  (void)world.run();
  REQUIRE(world.all_arrived());
  world.centre.restore(17);
  world.clock.advance(kLookAgain);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.outbox.shown.sync.centre_epoch == world.centre.epoch);
  CHECK(world.outbox.shown.sync.received_through == 600);
}

TEST_CASE("a centre restored while a batch is under way gets what lies before it") {
  World world;
  world.outbox.add_many(600, 300);
  (void)world.run();
  world.outbox.add_many(3, 50);
  world.centre.restore(17);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a centre that lost records without saying so gets them again") {
  World world;
  world.outbox.add_many(20, 100);
  (void)world.run();
  world.centre.restore(7);
  --world.centre.epoch;
  world.outbox.add_many(3, 50);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a receipt of an epoch that was left changes nothing") {
  World world;
  world.outbox.add_many(3, 100);
  (void)world.run();
  world.outbox.add_many(1, 100);
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_centre_epoch(r.centre_epoch() - 1); }));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.old_epoch");
  CHECK(world.outbox.shown.sync.received_through == 3);
}

TEST_CASE("a centre that takes nothing in is not asked in circles") {
  World world;
  world.outbox.add_many(3, 100);
  world.centre.next(Road::kBatches, changed([&](v1::Receipt& r) {
                      r.set_received_through(0);
                      r.set_received_hash(world.outbox.hashes[0].bytes());
                    }));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.no_progress");
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
}
