#include "sync/centre/body_room.h"

#include <doctest/doctest.h>

using namespace dga;

TEST_CASE("a body that comes at the floor's rate is never too slow, and one below it is in the end") {
  centre::BodyPace const pace;
  constexpr std::uint64_t kBatch = 256 * 1024;
  for (std::uint64_t const rate : {1'024U, 2'500U, 100'000U})  // bytes a second; 2,500 is GPRS where it is bad
    for (std::uint64_t ms = 0; ms <= kBatch * 1000 / rate; ms += 100)
      REQUIRE_FALSE(centre::too_slow(pace, ms, ms * rate / 1000));
  // Silent for half a minute, then as fast as the floor.
  for (std::uint64_t ms = 30'000; ms <= 30'000 + kBatch; ms += 1'000)
    REQUIRE_FALSE(centre::too_slow(pace, ms, (ms - 30'000) * 1'024 / 1'000));
  CHECK(centre::too_slow(pace, 30'001, 0));
  CHECK(centre::too_slow(pace, 60'000, 1'000));  // 16 bytes a second
  // 20 MB at 3 kB/s: two hours, and nobody else's loss until somebody needs the room.
  CHECK_FALSE(centre::too_slow(pace, 2 * 3'600'000, 20'000'000));
  CHECK(centre::gives_way(pace, 2 * 3'600'000, 20'000'000));
  CHECK_FALSE(centre::gives_way(pace, 30 * 60'000, 20'000'000));
  CHECK(centre::gives_way(pace, 30'001, 0));
}

TEST_CASE("room is promised only where it can be taken") {
  centre::BodyBudget budget(100);
  CHECK(budget.take(60));
  CHECK(budget.has_room(40));
  CHECK_FALSE(budget.has_room(41));
  CHECK_FALSE(budget.take(41));
  CHECK(budget.take(40));
  budget.give_back(60);
  CHECK(budget.has_room(60));
}
