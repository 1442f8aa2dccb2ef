#include "shared/course/time_words.h"

#include <fmt/format.h>

#include "shared/course/local_time.h"

namespace dga::course {
namespace {

// "07:55:00" of "2024-11-12T07:55:00+07:00".
std::string seconds_time(std::int64_t utc_ms, std::string_view zone) {
  auto const instant = write_instant(utc_ms, zone);
  auto const begin = instant.find('T') + 1;
  return instant.substr(begin, instant.find_first_of("+-Z", begin) - begin);
}

struct Span {
  std::string number;  // with a decimal point
  std::string_view vi, en;
};
Span span_of(std::uint64_t ms) {
  constexpr std::uint64_t kMinute = 60'000, kHour = 60 * kMinute;
  auto const up = [&](std::uint64_t unit) { return (ms + unit - 1) / unit; };
  if (ms < kMinute) return {fmt::format("{}.{}", up(100) / 10, up(100) % 10), "giây", "s"};
  if (ms < kHour) return {std::to_string(up(kMinute)), "phút", "min"};
  return {std::to_string(up(kHour)), "giờ", "h"};
}

std::string with_comma(std::string number) {
  if (auto const point = number.find('.'); point != std::string::npos) number[point] = ',';
  return number;
}

}  // namespace

TimeInWords time_in_words(TrueTime const& time, std::int64_t stamp_ms, std::string_view zone) {
  auto const at = seconds_time(time.at_ms, zone), stamp = seconds_time(stamp_ms, zone);
  auto const day = calendar_day(stamp_ms, zone);
  bool const same_day = day == calendar_day(time.at_ms, zone);
  bool const told = time.by == TrueTime::By::kStaff;
  TimeInWords words{fmt::format("{}; đồng hồ máy điểm danh ghi {}{}, {}", at, stamp, same_day ? "" : " ngày " + day,
                                told ? "theo giờ cán bộ nhập" : "đã hiệu chỉnh"),
                    fmt::format("{}; by this kiosk's clock {}{}, {}", at, stamp, same_day ? "" : " on " + day,
                                told ? "by the time that staff gave" : "corrected")};
  if (!time.within_ms) {
    words.vi += ", chưa rõ sai số";
    words.en += ", how closely is not known";
    return words;
  }
  auto const span = span_of(*time.within_ms);
  words.vi += fmt::format(", sai số không quá {} {}", with_comma(span.number), span.vi);
  words.en += fmt::format(", to within {} {}", span.number, span.en);
  return words;
}

}  // namespace dga::course
