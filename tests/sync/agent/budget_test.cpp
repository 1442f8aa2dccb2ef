#include "sync/agent/budget.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using test_agent::Road;
using test_agent::World;

TEST_CASE("under a budget what was recorded goes before a pack, and sending stops within the limit") {
  World world;
  world.outbox.add_many(400, 100);
  world.centre.pack = test_agent::pack_of(9);
  world.outbox.shown.budget = Budget{20'000, 0};
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.budget");
  CHECK(world.outbox.shown.budget->used_bytes <= 21'000);
  CHECK(world.outbox.shown.sync.received_through > 50);
  CHECK(world.centre.seen[Road::kPacks].empty());
  SUBCASE("a raised limit lets the rest go, and then the pack") {
    world.outbox.shown.budget->most_bytes = 1'000'000;
    (void)world.wait_and_run();
    CHECK(world.all_arrived());
    CHECK(world.outbox.shown.pack_version == 9);
    CHECK(world.problem().empty());
  }
}

TEST_CASE("a session counts what goes both ways") {
  World world;
  world.outbox.add_many(100, 100);
  (void)world.run();
  CHECK(world.session.tally().bytes_up > 10'000);
  CHECK(world.session.tally().bytes_down > 3 * 100);
}
