#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/base/clock.h"
#include "shared/records/record.pb.h"

namespace dga::app {

// More than what a computer's clock drifts, or is set right by, between two looks or over a night: 2 minutes.
inline constexpr std::int64_t kJumpMs = 120'000;

// Notices when somebody, or an empty battery, moves the wall clock: within a boot it must go as the monotonic one does.
// Thread: its owner's.
class ClockWatch {
 public:
  explicit ClockWatch(base::Clock const& clock) : clock_(&clock) {}

  // At a start: against the log's newest record. In the boot that it was made in by both clocks; in another by what
  // must hold all the same, that time does not go back. Stamps of a simulated clock say nothing.
  [[nodiscard]] std::optional<std::int64_t> began_after(v1::Stamp const& last, bool same_boot);
  // Milliseconds that the wall clock has jumped since the last look, forwards or back; nothing where it did not.
  [[nodiscard]] std::optional<std::int64_t> look();

 private:
  struct Seen {
    std::int64_t wall_ms;
    std::uint64_t mono_ms;
  };
  [[nodiscard]] std::optional<std::int64_t> jumped_since(Seen before);

  base::Clock const* clock_;
  std::optional<Seen> seen_;
};

}  // namespace dga::app
