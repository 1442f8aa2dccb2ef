#include "kiosk/app/pin_lock.h"

#include <doctest/doctest.h>

#include <string>

using dga::app::PinLock;

namespace {

struct LockClock final : dga::base::Clock {
  std::int64_t wall = 1'731'373'500'000;
  std::uint64_t mono = 5'000;
  std::string boot = "boot-a";
  std::int64_t wall_ms() const override { return wall; }
  std::uint64_t mono_ms() const override { return mono; }
  std::string boot_id() const override { return boot; }
  void pass(std::uint64_t ms) {
    wall += static_cast<std::int64_t>(ms);
    mono += ms;
  }
};

constexpr std::uint64_t kMinute = 60'000;

// Each as soon as it is allowed.
PinLock after_wrong_pins(LockClock& clock, int wrong) {
  PinLock lock("", clock);
  for (int i = 0; i < wrong; ++i) {
    clock.pass(lock.locked_for_ms(clock));
    lock.count_try(clock);
  }
  return lock;
}

}  // namespace

TEST_CASE("five wrong PINs lock the pad, the right one before that forgives") {
  LockClock clock;
  PinLock lock("", clock);
  for (std::uint32_t left = 5; left > 1; --left) {
    CHECK(lock.tries_left(clock) == left);
    lock.count_try(clock);
    CHECK(lock.locked_for_ms(clock) == 0);
  }
  lock.right_pin();
  CHECK(lock.tries_left(clock) == 5);
  for (int i = 0; i < 5; ++i) lock.count_try(clock);
  CHECK(lock.tries_left(clock) == 0);
  CHECK(lock.locked_for_ms(clock) == kMinute);
}

TEST_CASE("each further wrong PIN locks for longer: 1, 5, 15, 60 and 60 minutes") {
  LockClock clock;
  PinLock lock = after_wrong_pins(clock, 5);
  for (std::uint64_t const minutes : {1, 5, 15, 60, 60}) {
    CHECK(lock.locked_for_ms(clock) == minutes * kMinute);
    clock.pass(minutes * kMinute - 1);
    CHECK(lock.locked_for_ms(clock) == 1);
    clock.pass(1);
    CHECK(lock.locked_for_ms(clock) == 0);
    CHECK(lock.tries_left(clock) == 1);
    lock.count_try(clock);
  }
}

TEST_CASE("a restart in the same boot goes on where the lock stood") {
  LockClock clock;
  std::string const kept = after_wrong_pins(clock, 6).write();
  clock.pass(2 * kMinute);
  PinLock const again(kept, clock);
  CHECK(again.locked_for_ms(clock) == 3 * kMinute);
  clock.pass(3 * kMinute);
  PinLock const later(kept, clock);
  CHECK(later.locked_for_ms(clock) == 0);
  CHECK(later.tries_left(clock) == 1);
}

TEST_CASE("a restart does not give new tries") {
  LockClock clock;
  PinLock const again(after_wrong_pins(clock, 3).write(), clock);
  CHECK(again.tries_left(clock) == 2);
}

TEST_CASE("setting the wall clock forward or back opens nothing") {
  LockClock clock;
  PinLock const lock = after_wrong_pins(clock, 5);
  clock.wall += 365LL * 24 * 60 * 60'000;
  CHECK(lock.locked_for_ms(clock) == kMinute);
  clock.wall -= 1'000LL * 24 * 60 * 60'000;
  CHECK(lock.locked_for_ms(clock) == kMinute);
  PinLock const again(lock.write(), clock);
  CHECK(again.locked_for_ms(clock) == kMinute);
}

TEST_CASE("after a boot the lock is waited for in full, and only once") {
  LockClock clock;
  std::string const kept = after_wrong_pins(clock, 5).write();
  clock.boot = "boot-b";
  clock.mono = 900 * kMinute;  // however long this boot has lasted, and whatever its clock says
  clock.wall += 365LL * 24 * 60 * 60'000;
  PinLock const again(kept, clock);
  CHECK(again.locked_for_ms(clock) == kMinute);
  std::string const kept_in_this_boot = again.write();
  clock.pass(kMinute / 2);
  CHECK(PinLock(kept_in_this_boot, clock).locked_for_ms(clock) == kMinute / 2);
}

TEST_CASE("what cannot be read counts as all tries used up") {
  LockClock clock;
  for (auto const* garbage : {"x", "1 2", "2 0 0 0 boot-a", "1 -3 a b c"}) {
    CAPTURE(garbage);
    CHECK(PinLock(garbage, clock).locked_for_ms(clock) == kMinute);
  }
}
