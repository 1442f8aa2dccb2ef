#include "shared/base/clock.h"

#include <doctest/doctest.h>

using namespace dga;

TEST_CASE("the system's clock tells a plausible time, runs forward and knows its boot") {
  auto const clock = base::system_clock();
  constexpr std::int64_t kYear2024 = 1'704'067'200'000;
  CHECK(clock->wall_ms() > kYear2024);
  CHECK_FALSE(clock->simulated());
  auto const before = clock->mono_ms();
  CHECK(clock->mono_ms() >= before);
  CHECK(before > 0);
  CHECK(clock->boot_id() == base::system_clock()->boot_id());
  CHECK(clock->boot_id().size() == 36);
}

TEST_CASE("a shifted clock starts where it was told and says that it is simulated") {
  constexpr std::int64_t kStart = 1'731'372'900'000;
  auto const clock = base::clock_starting_at(kStart);
  auto const now = clock->wall_ms();
  CHECK(now >= kStart);
  CHECK(now < kStart + 60'000);
  CHECK(clock->simulated());
  CHECK(clock->boot_id() == base::system_clock()->boot_id());
  // Its wall clock follows the monotonic one.
  auto const wall = clock->wall_ms();
  auto const mono = clock->mono_ms();
  while (clock->mono_ms() < mono + 3) {}
  CHECK(clock->wall_ms() >= wall + 3);
}
