#include "sync/agent/session.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::changed;
using test_agent::instead;
using test_agent::Road;
using test_agent::World;

TEST_CASE("Retry-After is waited out") {
  World world;
  world.outbox.add_many(3, 100);
  world.centre.next(Road::kHead, instead(Reply{503, "text/html", "<html>busy</html>", 90s}));
  auto const rest = world.run();
  CHECK(rest.why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.busy");
  CHECK(rest.until_ms >= world.clock.mono + 90'000);
  CHECK(rest.until_ms <= world.clock.mono + 91'000);
  world.clock.advance(89s);
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.centre.order.size() == 1);
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
}

TEST_CASE("an unreachable centre is called ever more rarely but at least every five minutes") {
  World world;
  world.outbox.add_many(1, 10);
  auto const begin = world.clock.mono;
  std::uint64_t longest = 0;
  for (int i = 0; i < 40; ++i) {
    world.centre.next(Road::kHead, instead(base::unreachable("net.refused", "nobody there")));
    auto const rest = i == 0 ? world.run() : world.wait_and_run();
    REQUIRE(rest.why == Rest::Why::kBackOff);
    longest = std::max(longest, rest.until_ms - world.clock.mono);
  }
  CHECK(longest <= 300'000);
  CHECK(longest > 100'000);
  CHECK(world.clock.mono - begin > 30 * 60'000);
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
}

TEST_CASE("a person who asks now does not wait for the back-off") {
  World world;
  world.outbox.add_many(1, 10);
  world.centre.next(Road::kHead, instead(Reply{503, "", "", 900s}));
  CHECK(world.run().why == Rest::Why::kBackOff);
  world.session.hurry();
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a centre that does not know the kiosk is shown its certificate once and asked again") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.known = false;
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.centre.seen[Road::kDevices] == std::vector<base::Bytes>{"a certificate"});
  CHECK(world.centre.order[2] == Road::kHead);
  CHECK(world.all_arrived());
}

TEST_CASE("a certificate that does not help is not shown twice in a row") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.known = false;
  world.centre.next(Road::kDevices, instead(Reply{204, "", "", {}}));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.unknown_device");
  CHECK(world.centre.order == std::vector{Road::kHead, Road::kDevices, Road::kHead});
}

TEST_CASE("a certificate that did not help is shown again when the wait is over") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.known = false;
  world.centre.next(Road::kDevices, instead(Reply{204, "", "", {}}));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.centre.seen[Road::kDevices].size() == 2);
  CHECK(world.all_arrived());
}

TEST_CASE("after something arrived the next failure is waited for as a first one") {
  World world;
  world.outbox.add_many(1, 10);
  for (int i = 0; i < 15; ++i) {
    world.centre.next(Road::kHead, instead(base::unreachable("net.refused", "nobody there")));
    (void)(i == 0 ? world.run() : world.wait_and_run());
  }
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  world.outbox.add_many(1, 10);
  world.centre.next(Road::kBatches, instead(base::unreachable("net.refused", "nobody there")));
  auto const rest = world.run();
  CHECK(rest.why == Rest::Why::kBackOff);
  CHECK(rest.until_ms <= world.clock.mono + 1000);
}

TEST_CASE("a kiosk that is revoked or not assigned hears so and asks again later") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.next(Road::kHead, instead(Reply{403, "application/json", "{}", {}}));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.forbidden");
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_revoked(true); }));
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.outbox.shown.sync.revoked);
  CHECK(world.outbox.shown.sync.received_through == 2);
  CHECK(world.problem() == "sync.revoked");
}

TEST_CASE("a store that fails is waited for like a network that fails") {
  World world;
  world.outbox.add_many(2, 10);
  world.outbox.broken = base::storage("store.full", "wrote to a full disk");
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "store.full");
  world.outbox.broken.reset();
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
}
