#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::course {

// Times are kept as UTC milliseconds and shown in a class's zone. A zone that the system doesn't know is read as UTC.

// RFC 3339 with an offset -> UTC milliseconds. Usage "time.invalid".
[[nodiscard]] base::Result<std::int64_t> read_instant(std::string_view text);
// "2024-11-12T07:55:00+07:00" in an IANA zone.
[[nodiscard]] std::string write_instant(std::int64_t utc_ms, std::string_view zone);
// "07:55" and "12/11/2024" in a zone; "2024-11-12" for sorting and file names.
[[nodiscard]] std::string clock_time(std::int64_t utc_ms, std::string_view zone);
[[nodiscard]] std::string calendar_day(std::int64_t utc_ms, std::string_view zone);
[[nodiscard]] std::string iso_day(std::int64_t utc_ms, std::string_view zone);
// Hour of the day, 0 .. 23, in a zone: before 12 a session is "morning".
[[nodiscard]] int hour_of(std::int64_t utc_ms, std::string_view zone);
[[nodiscard]] bool is_zone(std::string_view name);

// From one "2024-11-12" to another; negative when the second is the earlier. Usage "time.invalid".
[[nodiscard]] base::Result<std::int64_t> days_between(std::string_view earlier, std::string_view later);
// The same hour and minute by the zone's clock, so many days on.
[[nodiscard]] std::int64_t same_hour_after(std::int64_t utc_ms, std::int64_t days, std::string_view zone);

}  // namespace dga::course
