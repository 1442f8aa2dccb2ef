#include "kiosk/app/clock_watch.h"

#include <utility>

namespace dga::app {

std::optional<std::int64_t> ClockWatch::jumped_since(Seen before) {
  Seen const now{clock_->wall_ms(), clock_->mono_ms()};
  seen_ = now;
  // By differences of like with like: no clock is so wrong that this overflows.
  std::int64_t const jumped = (now.wall_ms - before.wall_ms) - static_cast<std::int64_t>(now.mono_ms - before.mono_ms);
  return jumped > kJumpMs || jumped < -kJumpMs ? std::optional(jumped) : std::nullopt;
}

std::optional<std::int64_t> ClockWatch::began_after(v1::Stamp const& last, bool same_boot) {
  seen_ = Seen{clock_->wall_ms(), clock_->mono_ms()};
  if (clock_->simulated() || last.simulated() || last.wall_ms() == 0) return std::nullopt;
  if (same_boot && seen_->mono_ms >= last.mono_ms()) return jumped_since({last.wall_ms(), last.mono_ms()});
  std::int64_t const back = seen_->wall_ms - last.wall_ms();
  return back < -kJumpMs ? std::optional(back) : std::nullopt;
}

std::optional<std::int64_t> ClockWatch::look() {
  if (!seen_) {
    seen_ = Seen{clock_->wall_ms(), clock_->mono_ms()};
    return std::nullopt;
  }
  return jumped_since(*seen_);
}

}  // namespace dga::app
