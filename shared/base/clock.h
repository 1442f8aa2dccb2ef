#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace dga::base {

// Where time comes from. Arrives by constructor, so that a test, a rehearsal or the simulator owns it.
// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970 UTC, as far as this machine believes. May jump either way.
  [[nodiscard]] virtual std::int64_t wall_ms() const = 0;
  // CLOCK_BOOTTIME in milliseconds: never jumps, counts suspended time, starts anew at boot.
  [[nodiscard]] virtual std::uint64_t mono_ms() const = 0;
  // Changes with every boot of the system.
  [[nodiscard]] virtual std::string boot_id() const = 0;
  // True when the wall clock was set by --at: stamps say so.
  [[nodiscard]] virtual bool simulated() const { return false; }
};

[[nodiscard]] std::unique_ptr<Clock> system_clock();
// The system's clock, its wall time shifted so that it now reads `wall_ms`; runs on from there, simulated() is true.
[[nodiscard]] std::unique_ptr<Clock> clock_starting_at(std::int64_t wall_ms);

}  // namespace dga::base
