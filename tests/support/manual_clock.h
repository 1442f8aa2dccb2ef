#pragma once

#include <atomic>
#include <chrono>

#include "shared/base/clock.h"

namespace dga::support {

// A clock that a test moves by hand.
class ManualClock final : public base::Clock {
 public:
  explicit ManualClock(std::int64_t wall_ms) : wall_ms_(wall_ms) {}
  std::int64_t wall_ms() const override { return wall_ms_; }
  std::uint64_t mono_ms() const override { return mono_ms_; }
  std::string boot_id() const override { return "the test's boot"; }

  void advance(std::chrono::milliseconds by) {
    wall_ms_ += by.count();
    mono_ms_ += static_cast<std::uint64_t>(by.count());
  }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::uint64_t> mono_ms_{1'000'000};
};

}  // namespace dga::support
