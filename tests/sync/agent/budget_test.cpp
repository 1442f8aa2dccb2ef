#include "sync/agent/budget.h"

#include "shared/store/kiosk_folder.h"
#include "sync/agent/forecast.h"
#include "tests/support/store_scratch.h"
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
    (void)world.run();
    CHECK(world.all_arrived());
    CHECK(world.outbox.shown.pack_version == 9);
    CHECK(world.problem().empty());
  }
}

TEST_CASE("a limit that no day's bytes could fit in is told as that, and nothing is spent on it") {
  World world;
  world.outbox.add_many(40, 100);
  world.outbox.shown.budget = Budget{kLeastDailyBytes - 1, 0};
  CHECK(world.run().why == Rest::Why::kBackOff);
  REQUIRE(world.session.problem());
  CHECK(world.problem() == "sync.budget_too_small");
  CHECK(world.session.problem()->what.find("needs at least about 4 kB, and the limit on data allows 3 kB") !=
        std::string::npos);
  CHECK(world.outbox.shown.budget->used_bytes == 0);
  world.outbox.shown.budget = Budget{kLeastDailyBytes, 0};
  (void)world.run();
  CHECK(world.outbox.shown.sync.received_through > 0);
  REQUIRE(world.session.problem());
  CHECK(world.problem() == "sync.budget");
  CHECK(world.session.problem()->what.find("used up") != std::string::npos);
}

TEST_CASE("a sealed batch that no day's limit lets through is told as that, and goes once the limit is raised") {
  World world;
  world.outbox.add_many(100, 200);
  world.centre.next(Road::kBatches, test_agent::lost());
  (void)world.run();
  REQUIRE(world.outbox.kept);
  world.outbox.shown.budget = Budget{world.outbox.kept->sealed_batch.size(), 0};
  world.clock.advance(kLookAgain);
  (void)world.run();
  CHECK(world.problem() == "sync.budget_too_small");
  world.outbox.shown.budget = Budget{world.outbox.kept->sealed_batch.size() + 10'000, 0};
  world.clock.advance(kLookAgain);
  (void)world.run();
  CHECK(world.all_arrived());
}

TEST_CASE("a session counts what goes both ways") {
  World world;
  world.outbox.add_many(100, 100);
  (void)world.run();
  CHECK(world.session.tally().bytes_up > 10'000);
  CHECK(world.session.tally().bytes_down > 3 * 100);
}

TEST_CASE("a forecast is what sending then takes, within a tenth, and sends nothing") {
  World world;
  world.outbox.add_many(900, 90);
  auto const expected = forecast(world.outbox, world.parts().pinned, world.device, *world.random);
  REQUIRE(expected.ok());
  CHECK(expected->records == 900);
  CHECK(world.centre.order.empty());
  CHECK_FALSE(world.outbox.kept.has_value());
  (void)world.run();
  REQUIRE(world.all_arrived());
  auto const took = static_cast<double>(world.session.tally().bytes_up + world.session.tally().bytes_down);
  CHECK(static_cast<double>(expected->bytes) == doctest::Approx(took).epsilon(0.1));
  auto const after = forecast(world.outbox, world.parts().pinned, world.device, *world.random);
  REQUIRE(after.ok());
  CHECK(after->records == 0);
  CHECK(after->bytes < 2'500);
}

TEST_CASE("a forecast names what a class pack may take beside it: a usual one's size, then the last one's") {
  World world;
  world.outbox.add_many(20, 90);
  auto const foretold = [&] {
    auto const expected = forecast(world.outbox, world.parts().pinned, world.device, *world.random);
    REQUIRE(expected.ok());
    return *expected;
  };
  auto const spent = [&] { return world.session.tally().bytes_up + world.session.tally().bytes_down; };
  CHECK(foretold().pack_bytes == kFirstPackBytes);
  auto pack = test_agent::pack_of(9);
  base::Bytes note(20'000, '\0');
  world.random->fill(note.data(), note.size());
  pack.set_badge_key(note);  // compresses no further
  world.centre.pack = pack;
  (void)world.run();
  REQUIRE(world.outbox.shown.pack_version == 9);
  CHECK(foretold().pack_bytes > 20'000);
  CHECK(foretold().pack_bytes < 21'000);

  world.outbox.add_many(20, 90);
  auto const expected = foretold();
  auto const before = spent();
  pack.set_pack_version(10);
  world.centre.pack = pack;
  world.clock.advance(kLookAgain);
  (void)world.run();
  REQUIRE(world.outbox.shown.pack_version == 10);
  CHECK(static_cast<double>(expected.bytes + expected.pack_bytes) ==
        doctest::Approx(static_cast<double>(spent() - before)).epsilon(0.1));
}

TEST_CASE("a limit counts the class packs that come down, and one is not begun that would not fit") {
  World world;
  auto pack = test_agent::pack_of(9);
  base::Bytes note(60'000, '\0');
  world.random->fill(note.data(), note.size());
  pack.set_badge_key(note);
  world.centre.pack = pack;
  world.outbox.shown.budget = Budget{70'000, 0};
  (void)world.run();
  REQUIRE(world.outbox.shown.pack_version == 9);
  CHECK(world.outbox.shown.budget->used_bytes > 60'000);

  pack.set_pack_version(10);
  world.centre.pack = pack;
  world.outbox.shown.budget = Budget{kPackBudgetBytes + 10'000, 0};
  world.clock.advance(kLookAgain * 6);
  (void)world.run();
  CHECK(world.outbox.shown.pack_version == 9);
  CHECK(world.outbox.shown.budget->used_bytes < 5'000);
  world.outbox.shown.budget->most_bytes = 100'000;
  world.clock.advance(kLookAgain * 6);
  (void)world.run();
  CHECK(world.outbox.shown.pack_version == 10);
}

TEST_CASE("a day's limit below what a class pack takes is told as that, while what was recorded goes all the same") {
  World world;
  world.outbox.add_many(3, 90);
  world.centre.pack = test_agent::pack_of(9);
  world.outbox.shown.pack_bytes = 60'000;
  world.outbox.shown.budget = Budget{60'000, 0};
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.problem() == "sync.budget_pack");
  CHECK(world.centre.seen[Road::kPacks].empty());
  // Used up for today is another matter: a later day has room.
  world.outbox.shown.budget = Budget{70'000, 50'000};
  world.clock.advance(kLookAgain * 6);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.problem().empty());
  CHECK(world.centre.seen[Road::kPacks].empty());
  world.outbox.shown.budget = Budget{70'000, 0};
  world.clock.advance(kLookAgain * 6);
  (void)world.run();
  CHECK(world.outbox.shown.pack_version == 9);
  CHECK(world.problem().empty());
}

TEST_CASE("what is told beside the figures learns from each batch") {
  Costs costs;
  CHECK(costs.of(0, 30'000) == Forecast{});
  // 500 check-ins to a new centre took 8 kB (`tools/bench sync many`).
  CHECK(costs.of(500, 0).bytes > 8'000);
  CHECK(costs.of(500, 0).bytes < 10'000);
  CHECK(costs.of(500, 31'000).pack_bytes == 31'000);
  for (int batch = 0; batch < 8; ++batch) costs.arrived(500, 50'000);
  CHECK(costs.of(1'000, 0).bytes > 95'000);
  costs.arrived(1, 1'000);  // most of it is what stands around a record
  CHECK(costs.of(1'000, 0).bytes < 110'000);
}

TEST_CASE("a session tells its pace while it sends, and none when it rests") {
  World world;
  world.outbox.add_many(4'000, 100);
  std::optional<Pace> seen;
  for (int step = 0; step < 10'000; ++step) {
    auto const rest = world.session.turn({});
    if (auto const pace = world.session.pace()) {
      seen = pace;
      CHECK(pace->records_per_second > 0);
    }
    if (rest) break;
  }
  REQUIRE(world.all_arrived());
  CHECK(seen.has_value());
  CHECK_FALSE(world.session.pace().has_value());
}

TEST_CASE("a day's budget is kept in the store, counts the day in Việt Nam and begins anew at midnight") {
  test::StoreScratch scratch;
  test_agent::VirtualClock clock;
  auto const random = base::seeded_random(5);
  {
    auto kiosk = store::create_kiosk(scratch / "kiosk", "passphrase", crypto::minimal_cost(), "1.0.0", clock, *random);
    REQUIRE(kiosk.ok());
    auto& store = kiosk->store;
    CHECK(read_budget(store, clock).value() == std::nullopt);
    REQUIRE(spend(store, clock, 700).ok());  // nobody counts
    REQUIRE(set_budget(store, clock, 10'000).ok());
    CHECK(read_budget(store, clock).value() == Budget{10'000, 0});
    REQUIRE(spend(store, clock, 700).ok());
    REQUIRE(spend(store, clock, 300).ok());
    REQUIRE(set_budget(store, clock, 20'000).ok());
  }
  auto kiosk = store::open_kiosk(scratch / "kiosk", "passphrase");
  REQUIRE(kiosk.ok());
  CHECK(read_budget(kiosk->store, clock).value() == Budget{20'000, 1'000});
  constexpr std::int64_t kHour = 3'600'000;
  auto const midnight = (clock.wall_ms() / (24 * kHour)) * 24 * kHour + 17 * kHour;  // 24:00 in Việt Nam
  auto const until = midnight > clock.wall_ms() ? midnight - clock.wall_ms() : midnight + 24 * kHour - clock.wall_ms();
  clock.wall += until - 1;
  CHECK(read_budget(kiosk->store, clock).value() == Budget{20'000, 1'000});
  clock.wall += 1;
  CHECK(read_budget(kiosk->store, clock).value() == Budget{20'000, 0});
  REQUIRE(spend(kiosk->store, clock, 500).ok());
  REQUIRE(set_budget(kiosk->store, clock, std::nullopt).ok());
  CHECK(read_budget(kiosk->store, clock).value() == std::nullopt);
  REQUIRE(spend(kiosk->store, clock, 40).ok());
  CHECK(read_budget(kiosk->store, clock).value() == std::nullopt);
  // Taking it away for a moment must not buy the same day's data twice.
  REQUIRE(set_budget(kiosk->store, clock, 5'000).ok());
  CHECK(read_budget(kiosk->store, clock).value() == Budget{5'000, 540});
}
