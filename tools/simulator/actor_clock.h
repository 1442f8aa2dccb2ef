#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "shared/base/clock.h"

namespace dga::simulator {

// 2026-03-02T07:30:00+07:00, when a world begins.
inline constexpr std::int64_t kDawnMs = 1'772'411'400'000;

// The one true time of a world: milliseconds since its dawn.
struct TrueTime {
  std::uint64_t now_ms = 0;
};

// What one machine takes for the time.
class ActorClock final : public base::Clock {
 public:
  ActorClock(TrueTime const& time, std::string machine) : time_(&time), machine_(std::move(machine)) {}

  [[nodiscard]] std::int64_t wall_ms() const override {
    return kDawnMs + static_cast<std::int64_t>(time_->now_ms) + wrong_by_ms_;
  }
  [[nodiscard]] std::uint64_t mono_ms() const override { return 5'000 + time_->now_ms - booted_at_ms_; }
  [[nodiscard]] std::string boot_id() const override { return machine_ + " boot " + std::to_string(boots_); }

  void jump(std::int64_t by_ms) { wrong_by_ms_ += by_ms; }
  void set_right() { wrong_by_ms_ = 0; }
  // The machine lost its power and comes up again.
  void boot() {
    ++boots_;
    booted_at_ms_ = time_->now_ms;
  }

 private:
  TrueTime const* time_;
  std::string machine_;
  std::int64_t wrong_by_ms_ = 0;
  std::uint64_t booted_at_ms_ = 0;
  std::uint64_t boots_ = 1;
};

}  // namespace dga::simulator
