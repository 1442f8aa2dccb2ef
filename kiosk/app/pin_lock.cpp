#include "kiosk/app/pin_lock.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <sstream>

namespace dga::app {
namespace {

constexpr std::array<std::uint64_t, 4> kLocksMs = {60'000, 5 * 60'000, 15 * 60'000, 60 * 60'000};

std::uint64_t lock_after(std::uint32_t failures) {
  if (failures < PinLock::kFreeTries) return 0;
  return kLocksMs[std::min<std::size_t>(failures - PinLock::kFreeTries, kLocksMs.size() - 1)];
}

}  // namespace

PinLock::PinLock(std::string_view remembered, base::Clock const& clock)
    : since_ms_(clock.mono_ms()), boot_(clock.boot_id()) {
  if (remembered.empty()) return;
  std::istringstream in{std::string(remembered)};
  std::string version, boot;
  std::uint32_t failures = 0;
  std::uint64_t lock_ms = 0, since_ms = 0;
  if (!(in >> version >> failures >> lock_ms >> since_ms >> boot) || version != "1") {
    failures_ = kFreeTries;
    lock_ms_ = lock_after(failures_);
    return;
  }
  failures_ = failures;
  lock_ms_ = std::min(lock_ms, kLocksMs.back());
  if (boot == boot_) since_ms_ = std::min(since_ms, clock.mono_ms());
}

std::uint64_t PinLock::locked_for_ms(base::Clock const& clock) const {
  std::uint64_t const passed = clock.mono_ms() - since_ms_;
  return passed >= lock_ms_ ? 0 : lock_ms_ - passed;
}

std::uint32_t PinLock::tries_left(base::Clock const& clock) const {
  if (locked_for_ms(clock) > 0) return 0;
  return failures_ < kFreeTries ? kFreeTries - failures_ : 1;
}

void PinLock::count_try(base::Clock const& clock) {
  assert(locked_for_ms(clock) == 0);
  ++failures_;
  lock_ms_ = lock_after(failures_);
  since_ms_ = clock.mono_ms();
  boot_ = clock.boot_id();
}

void PinLock::right_pin() {
  failures_ = 0;
  lock_ms_ = 0;
}

std::string PinLock::write() const {
  std::ostringstream out;
  out << "1 " << failures_ << ' ' << lock_ms_ << ' ' << since_ms_ << ' ' << (boot_.empty() ? "-" : boot_);
  return out.str();
}

}  // namespace dga::app
