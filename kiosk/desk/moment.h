#pragma once

#include <string>

#include "shared/base/clock.h"

namespace dga::desk {

// A clock that stands still. What is decided and what is stamped must be one instant: at 11:30:00.000 a session is
// still open, and a stamp of 11:30:00.001 would make the check-in worthless.
class Moment : public base::Clock {
 public:
  explicit Moment(base::Clock const& clock)
      : wall_ms_(clock.wall_ms()),
        mono_ms_(clock.mono_ms()),
        boot_id_(clock.boot_id()),
        simulated_(clock.simulated()) {}
  [[nodiscard]] std::int64_t wall_ms() const override { return wall_ms_; }
  [[nodiscard]] std::uint64_t mono_ms() const override { return mono_ms_; }
  [[nodiscard]] std::string boot_id() const override { return boot_id_; }
  [[nodiscard]] bool simulated() const override { return simulated_; }

 private:
  std::int64_t wall_ms_;
  std::uint64_t mono_ms_;
  std::string boot_id_;
  bool simulated_;
};

}  // namespace dga::desk
