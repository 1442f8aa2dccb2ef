#include "tools/command_line/times.h"

#include "shared/course/local_time.h"

namespace dga::command_line {

// Of a moment that belongs to no class: the country's own zone.
std::string heard(std::int64_t utc_ms) {
  return utc_ms == 0 ? "never" : course::write_instant(utc_ms, "Asia/Ho_Chi_Minh");
}

}  // namespace dga::command_line
