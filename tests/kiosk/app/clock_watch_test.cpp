#include "kiosk/app/clock_watch.h"

#include <doctest/doctest.h>

#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using dga::app::ClockWatch;
using dga::app::kJumpMs;
namespace v1 = dga::v1;

namespace {

constexpr std::int64_t kTwentyYears = 20LL * 365 * 24 * 3'600'000;

v1::Stamp stamp(DoorClock const& clock) {
  v1::Stamp stamp;
  stamp.set_wall_ms(clock.wall);
  stamp.set_mono_ms(clock.mono);
  stamp.set_simulated(clock.at_another_time);
  return stamp;
}

void advance(DoorClock& clock, std::int64_t ms) {
  clock.wall += ms;
  clock.mono += static_cast<std::uint64_t>(ms);
}

}  // namespace

TEST_CASE("a jump of 20 years either way is noticed once, with its length") {
  for (std::int64_t const jump : {kTwentyYears, -kTwentyYears, kJumpMs + 1, -kJumpMs - 1}) {
    CAPTURE(jump);
    DoorClock clock;
    ClockWatch watch(clock);
    CHECK_FALSE(watch.look());
    advance(clock, 30'000);
    CHECK_FALSE(watch.look());
    clock.wall += jump;
    advance(clock, 10);
    CHECK(watch.look() == jump);
    advance(clock, 30'000);
    CHECK_FALSE(watch.look());
  }
}

TEST_CASE("a second back, a leap, a correction and a night's sleep are no jumps") {
  DoorClock clock;
  ClockWatch watch(clock);
  CHECK_FALSE(watch.look());
  for (std::int64_t const step : {-1'000LL, 1'000LL, kJumpMs + 0LL, -(kJumpMs + 0LL)}) {
    clock.wall += step;
    CHECK_FALSE(watch.look());
  }
  advance(clock, 12 * 3'600'000);  // the monotonic clock counts suspended time
  CHECK_FALSE(watch.look());
}

TEST_CASE("a clock that was moved while the program was off is noticed by the log's last record") {
  for (std::int64_t const jump : {kTwentyYears, -kTwentyYears, std::int64_t{0}, std::int64_t{-1'000}}) {
    CAPTURE(jump);
    DoorClock clock;
    auto const last = stamp(clock);
    advance(clock, 3'600'000);
    clock.wall += jump;
    ClockWatch watch(clock);
    auto const noticed = watch.began_after(last, true);
    if (jump > kJumpMs || jump < -kJumpMs)
      CHECK(noticed == jump);
    else
      CHECK_FALSE(noticed);
    CHECK_FALSE(watch.look());
  }
}

TEST_CASE("after a reboot only time that went back is a jump: the monotonic clock began anew") {
  DoorClock clock;
  auto const last = stamp(clock);
  clock.mono = 5'000;
  clock.boot = "second boot";
  SUBCASE("a year switched off") {
    clock.wall += kTwentyYears / 20;
    CHECK_FALSE(ClockWatch(clock).began_after(last, false));
  }
  SUBCASE("an empty battery") {
    clock.wall -= kTwentyYears;
    CHECK(ClockWatch(clock).began_after(last, false) == -kTwentyYears);
  }
  SUBCASE("a second back") {
    clock.wall -= 1'000;
    CHECK_FALSE(ClockWatch(clock).began_after(last, false));
  }
  SUBCASE("a rehearsal's clock") {
    clock.wall -= kTwentyYears;
    clock.at_another_time = true;
    CHECK_FALSE(ClockWatch(clock).began_after(last, false));
  }
}
