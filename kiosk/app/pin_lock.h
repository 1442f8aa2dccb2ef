#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/clock.h"

namespace dga::app {

// How often a PIN may be tried: five times, then once after 1, 5, 15 and 60 minutes each. A PIN opens screens; it is
// never a key.
// Time is counted on the monotonic clock only: setting the wall clock forward opens nothing. After a boot nobody knows
// how long the kiosk was off, so what was left of a lock when it was last written is waited for again, in full. Pure.
class PinLock {
 public:
  static constexpr std::uint32_t kFreeTries = 5;

  // `remembered`: what write() gave before the restart; empty at the first start. What cannot be read counts as
  // all tries used up.
  PinLock(std::string_view remembered, base::Clock const& clock);

  [[nodiscard]] std::uint64_t locked_for_ms(base::Clock const& clock) const;
  // Tries before the next lock; at least 1 when it is not locked.
  [[nodiscard]] std::uint32_t tries_left(base::Clock const& clock) const;

  // Before a PIN is checked, and written before, too: a plug pulled meanwhile is no free try.
  // REQUIRES: not locked.
  void count_try(base::Clock const& clock);
  void right_pin();

  [[nodiscard]] std::string write() const;

 private:
  std::uint32_t failures_ = 0;
  std::uint64_t lock_ms_ = 0;   // from since_ms_ on
  std::uint64_t since_ms_ = 0;  // monotonic, within boot_
  std::string boot_;
};

}  // namespace dga::app
