#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "shared/course/attendance.h"
#include "sync/centre/context.h"

namespace dga::centre {

struct AttendanceLine {
  std::uint64_t participant = 0;
  std::string name;  // empty: the centre does not know this number
  course::Attendance attendance;
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

// The same list whatever arrived first: byte for byte.
[[nodiscard]] nlohmann::ordered_json attendance_json(AttendanceList const& list);
// One row a person and session.
[[nodiscard]] std::string attendance_csv(AttendanceList const& list);

}  // namespace dga::centre
