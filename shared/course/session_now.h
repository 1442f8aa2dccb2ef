#pragma once

#include <cstdint>
#include <optional>

#include "shared/course/attendance.h"

namespace dga::course {

// A wall clock that is no further off than this goes uncorrected: of no weight at a door, and no cause for alarm.
inline constexpr std::int64_t kClockMayBeOffMs = 120'000;
// What time it is where the clock reads `wall_ms` and another witness says `told_ms`: the clock's where they agree.
[[nodiscard]] std::int64_t believed(std::int64_t wall_ms, std::int64_t told_ms);

// Which session's window [start - opens_before, end] holds the present time (domain.md). Cancelled ones have none.
struct SessionNow {
  std::optional<std::uint32_t> open;        // two overlap: the one that started or starts nearest
  std::optional<std::uint32_t> next;        // when none is open: the next that will be
  std::optional<std::int64_t> opens_at_ms;  // of `next`
  bool all_over = false;                    // none is open and none will be
};
// `chosen`, that staff named, is open within its own window, whatever other one is nearer.
[[nodiscard]] SessionNow session_now(Timetable const& timetable, std::int64_t now_ms,
                                     std::optional<std::uint32_t> chosen = std::nullopt);

}  // namespace dga::course
