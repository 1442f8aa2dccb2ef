#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "shared/course/attendance.h"
#include "shared/course/true_time.h"
#include "sync/centre/context.h"

namespace dga::centre {

// What a check-in's time rests on, where it is not its kiosk's own.
struct Correction {
  course::TrueTime time;
  std::int64_t stamp_ms = 0;
};
// A check-in that was received and gives nothing because of when it was made: it is told, so that every number can be
// explained. (Sessions that don't count and rulings are the class's own, and stand there.)
struct NotCounted {
  enum class Why { kNotInItsTime, kCancelled };
  std::uint32_t session = 0;
  std::int64_t at_ms = 0;
  Why why = Why::kNotInItsTime;
};
struct AttendanceLine {
  std::uint64_t participant = 0;
  std::string name;  // empty: the centre does not know this number
  course::Attendance attendance;
  std::map<std::uint32_t, Correction> corrections;  // by session
  std::vector<NotCounted> not_counted;              // earliest first; what was voided is not among them
};
struct AttendanceList {
  std::uint64_t class_id = 0;
  std::string zone;
  std::vector<AttendanceLine> lines;  // by number
};
// Everyone on the class's roster, and whoever else was there: a number that the centre does not know has no name.
// Standing as of `now_ms`.
// Refused "class.not_found".
[[nodiscard]] base::Result<AttendanceList> attendance_list(Context const& context, std::uint64_t class_id,
                                                           std::int64_t now_ms);

// The same list whatever arrived first: byte for byte. A check-in whose time is not its kiosk's own tells both:
// "at_by_kiosk", "within_ms" (null where no bound is known), and in words "note_vi", "note_en". Who has check-ins that
// give nothing has "not_counted": [{"session", "at", "why": "not_in_its_time" | "cancelled"}].
[[nodiscard]] nlohmann::ordered_json attendance_json(AttendanceList const& list);
// One row a person and session; `at_by_kiosk` and `within_ms` where the time is not the kiosk's own, `not_counted_at`
// where a check-in named the session outside its time: the first.
[[nodiscard]] std::string attendance_csv(AttendanceList const& list);

}  // namespace dga::centre
