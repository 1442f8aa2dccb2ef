#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/course/attendance.h"

namespace dga::flow {

// How a scan or a confirmed name ended at the desk.
enum class Verdict {
  kCheckedIn,  // green, durable
  kLate,       // blue, durable
  kAlready,    // yellow: no new record, `seq` and `at_ms` are the first one's
  kUnknown,    // no such person in the roster (name, citizen card)
  kNotOpen,    // before the first session's window, or between two
  kClosed,     // after the last session
  kBadBadge,   // looks like a badge, its check digits or tag disagree
  kNotABadge,  // anything else
};
// "checked_in", "late", "already", "unknown", "not_open", "closed", "bad_badge", "not_a_badge".
[[nodiscard]] std::string_view name_of(Verdict verdict);

struct Outcome {
  Verdict verdict = Verdict::kNotABadge;
  std::uint64_t participant = 0;       // 0: nobody
  bool known = true;                   // false: a badge that verifies, but is not in this roster
  std::string name, agency, province;  // empty when unknown
  std::uint32_t session = 0;           // the session it counts for, or the next one for kNotOpen
  std::uint64_t seq = 0;   // place in this kiosk's log; 0 when there is none (also kAlready at another kiosk)
  std::int64_t at_ms = 0;  // when the check-in was, UTC
  std::optional<std::int64_t> opens_at_ms;  // kNotOpen
  course::Standing standing = course::Standing::kCannot;
  std::uint32_t attended = 0;  // sessions of N attended so far
  std::uint32_t n = 0;         // sessions that count for this person
};

}  // namespace dga::flow
