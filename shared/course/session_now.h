#pragma once

#include <cstdint>
#include <optional>

#include "shared/course/attendance.h"

namespace dga::course {

// Which session's window [start - opens_before, end] holds the present time (domain.md). Cancelled ones have none.
struct SessionNow {
  std::optional<std::uint32_t> open;        // two overlap: the one that started or starts nearest
  std::optional<std::uint32_t> next;        // when none is open: the next that will be
  std::optional<std::int64_t> opens_at_ms;  // of `next`
  bool all_over = false;                    // none is open and none will be
};
[[nodiscard]] SessionNow session_now(Timetable const& timetable, std::int64_t now_ms);

}  // namespace dga::course
