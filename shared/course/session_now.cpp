#include "shared/course/session_now.h"

#include <cstdlib>

namespace dga::course {

std::int64_t believed(std::int64_t wall_ms, std::int64_t told_ms) {
  bool const agree = told_ms - wall_ms <= kClockMayBeOffMs && wall_ms - told_ms <= kClockMayBeOffMs;
  return agree ? wall_ms : told_ms;
}

SessionNow session_now(Timetable const& timetable, std::int64_t now_ms, std::optional<std::uint32_t> chosen) {
  SessionNow answer;
  std::int64_t nearest = 0;
  std::int64_t next_opens = 0;
  for (auto const& session : timetable.sessions) {
    if (session.cancelled || now_ms > session.end_ms) continue;
    auto const opens = session.start_ms - timetable.opens_before_ms;
    if (now_ms < opens) {
      if (!answer.next || opens < next_opens) {
        answer.next = session.id;
        next_opens = opens;
      }
      continue;
    }
    auto const distance = session.id == chosen ? 0 : std::abs(now_ms - session.start_ms) + 1;
    if (!answer.open || distance < nearest) {
      answer.open = session.id;
      nearest = distance;
    }
  }
  answer.all_over = !answer.open && !answer.next;
  if (answer.open) answer.next.reset();
  if (answer.next) answer.opens_at_ms = next_opens;
  return answer;
}

}  // namespace dga::course
