#include "sync/agent/session.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::changed;
using test_agent::instead;
using test_agent::lost;
using test_agent::page;
using test_agent::Road;
using test_agent::World;

TEST_CASE("after a start the head is asked first, then the pack, then batches go until all is there") {
  World world;
  world.outbox.add_many(3, 100);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.centre.order == std::vector{Road::kHead, Road::kPacks, Road::kBatches});
  CHECK(world.all_arrived());
  CHECK(world.outbox.shown.sync.received_through == 3);
  CHECK(world.outbox.shown.sync.centre_epoch == world.centre.epoch);
  CHECK_FALSE(world.outbox.kept.has_value());
  CHECK(world.session.tally().sent == 3);
  CHECK(world.session.tally().acknowledged == 3);
  CHECK(world.problem().empty());
}

TEST_CASE("many records go in several batches of a bounded size") {
  World world;
  world.outbox.add_many(2000, 300);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.batches().size() > 3);
  CHECK(world.batches().size() < 30);
  for (auto const& batch : world.batches()) CHECK(batch.size() < 400 * 1024);
}

TEST_CASE("a lost reply sends the same bytes again and the centre has one row for each record") {
  World world;
  world.outbox.add_many(5, 100);
  world.centre.next(Road::kBatches, lost());
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "net.timeout");
  CHECK(world.outbox.shown.sync.received_through == 0);
  world.outbox.add_many(2, 100);
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  REQUIRE(world.batches().size() == 3);
  CHECK(world.batches()[0] == world.batches()[1]);
  CHECK(world.all_arrived());
}

TEST_CASE("a sealed batch is the same bytes after a restart") {
  World world;
  world.outbox.add_many(5, 100);
  world.centre.next(Road::kBatches, instead(base::unreachable("net.refused", "nobody there")));
  (void)world.run();
  world.restart();
  (void)world.run();
  REQUIRE(world.batches().size() == 2);
  CHECK(world.batches()[0] == world.batches()[1]);
  CHECK(world.all_arrived());
}

TEST_CASE("what arrived before a lost reply is learnt from the head and not sent again") {
  World world;
  world.outbox.add_many(5, 100);
  world.centre.next(Road::kBatches, lost());
  (void)world.run();
  world.restart();
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.batches().size() == 1);
  CHECK(world.session.tally().acknowledged == 5);
  CHECK_FALSE(world.outbox.kept.has_value());
}

TEST_CASE("a 413 cuts the batch anew and half as large until it fits") {
  World world;
  world.outbox.add_many(200, 200);
  world.centre.most_body = 9000;
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.batches()[0].size() > 18'000);
  CHECK(world.batches()[1].size() < world.batches()[0].size() * 3 / 4);
  CHECK(world.batches().back().size() <= 9000);
}

TEST_CASE("a single record that is too large for what stands before the centre is a problem that has a name") {
  World world;
  world.outbox.add_many(1, 5000);
  world.centre.most_body = 1000;
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.too_large");
  world.centre.most_body = 10'000;
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a fork is kept in mind and the kiosk goes on with its own branch") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_fork_at(2); }));
  (void)world.run();
  CHECK(world.outbox.shown.sync.fork_at == 2);
  world.outbox.add_many(2, 20);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("one round of sending tells what went and what waits and why") {
  World world;
  world.outbox.add_many(4, 10);
  world.centre.next(Road::kBatches, instead(Reply{500, "", "", {}}));
  auto const failed = sync_once(world.parts());
  CHECK(failed.tally.acknowledged == 0);
  CHECK(failed.waiting == 4);
  CHECK(failed.problem->code == "sync.centre_failed");
  CHECK(failed.problem->fault == base::Fault::kUnreachable);

  auto const sent = sync_once(world.parts());
  CHECK(sent.tally.sent == 4);
  CHECK(sent.tally.acknowledged == 4);
  CHECK(sent.waiting == 0);
  CHECK_FALSE(sent.problem.has_value());

  auto const again = sync_once(world.parts());
  CHECK(again.tally.sent == 0);
  CHECK(again.waiting == 0);
  CHECK(world.all_arrived());
}

TEST_CASE("a stop ends a round between two steps") {
  World world;
  world.outbox.add_many(4, 10);
  std::stop_source stop;
  stop.request_stop();
  auto const outcome = sync_once(world.parts(), stop.get_token());
  CHECK(outcome.waiting == 4);
  CHECK(outcome.problem->code == "net.stopped");
  CHECK(world.centre.order.empty());
}

TEST_CASE("everything arrives once over a network that loses and garbles at random") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    auto dice = base::seeded_random(seed);
    World world;
    for (int round = 0; round < 50; ++round) {
      if (dice->below(3) == 0) world.outbox.add_many(static_cast<int>(1 + dice->below(40)), 1 + dice->below(800));
      auto const road = dice->below(2) == 0 ? Road::kHead : Road::kBatches;
      switch (dice->below(7)) {
        case 0: world.centre.next(road, lost()); break;
        case 1: world.centre.next(road, instead(page())); break;
        case 2: world.centre.next(road, instead(Reply{502, "text/html", "<html>", {}})); break;
        case 3: world.centre.next(Road::kBatches, instead(Reply{413, "text/html", "<html>", {}})); break;
        case 4: world.centre.restore(dice->below(world.centre.received.size() + 1)); break;
        case 5: world.restart(); break;
        default: break;
      }
      (void)world.run();
      world.clock.advance(std::chrono::milliseconds(dice->below(400'000)));
    }
    for (int i = 0; i < 200 && world.run().why != Rest::Why::kUpToDate; ++i) world.clock.advance(5min);
    world.clock.advance(kLookAgain);
    for (int i = 0; i < 10 && world.run().why != Rest::Why::kUpToDate; ++i) world.clock.advance(5min);
    CHECK(world.all_arrived());
    CHECK(world.outbox.shown.sync.received_through == world.outbox.log.size());
  }
}
