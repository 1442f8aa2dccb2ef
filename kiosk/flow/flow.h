#pragma once

#include <cstdint>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/flow/state.h"

namespace dga::flow {

struct Instant {
  std::int64_t wall_ms = 0;   // UTC by the kiosk's clock
  std::uint64_t mono_ms = 0;
};

// experience.md: how long things stay.
inline constexpr std::uint64_t kResultStaysMs = 2'500;
inline constexpr std::uint64_t kIdleMs = 20'000;        // then "Are you still there?"
inline constexpr std::uint64_t kStillThereMs = 15'000;  // then home, everything typed wiped
inline constexpr std::size_t kMostQueuedScans = 256;    // ten a second for a quarter of a minute and more

// What happens: (state, event, now) -> state and effects. Pure: no input or output, no clock of its own.
// A scan is accepted on every screen that participants see and queued while one is being shown: none lost, none merged.
[[nodiscard]] std::vector<Effect> step(State& state, Event const& event, Instant now);

// When, on the monotonic clock, the next Tick changes something; nothing while the kiosk may sleep.
[[nodiscard]] std::optional<std::uint64_t> next_tick_ms(State const& state);

}  // namespace dga::flow
