#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/course/true_time.h"

namespace dga::course {

// How a list tells a time that is not its kiosk's own.
struct TimeInWords {
  // "08:02:10; đồng hồ máy điểm danh ghi 07:31:00 ngày 12/11/2004, đã hiệu chỉnh, sai số không quá 0,4 giây"
  std::string vi;
  // "08:02:10; by this kiosk's clock 07:31:00 on 12/11/2004, corrected, to within 0.4 s"
  std::string en;
};
// Where it rests on the staff's word that stands in place of "đã hiệu chỉnh", "corrected". The day is named where it is
// another. Both in the class's zone; bounds are rounded up.
[[nodiscard]] TimeInWords time_in_words(TrueTime const& time, std::int64_t stamp_ms, std::string_view zone);

}  // namespace dga::course
