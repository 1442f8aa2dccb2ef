#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/store/kiosk_store.h"

namespace dga::store {

// How long a kiosk keeps what the centre has durably: 30 days at most (domain.md, "Law and privacy", after Personal
// Data Protection Law 91/2025/QH15: a retention period after which the kiosk wipes what the centre has confirmed).
inline constexpr std::chrono::milliseconds kLongestKept = std::chrono::days(30);
// How finely a record's age is known.
inline constexpr std::chrono::milliseconds kTimeMarkEvery = std::chrono::hours(12);

// A record's age is told by the centre's clock alone, as time samples brought it: one written after a record bounds
// when the record was made, and the newest one (and what has passed since, by this boot's monotonic clock) bounds what
// the time is now. The kiosk's own wall clock may jump by 20 years either way and wipes nothing early, keeps nothing
// longer. Whatever any clock says, only what is durable at the centre is ever wiped.
//
// Of the samples one every 12 hours is remembered: every record before `position` was made before `centre_ms`.
struct TimeMark {
  std::uint64_t position = 0;  // seq, and 2^40 more for each log before it (position_of)
  std::int64_t centre_ms = 0;  // UTC
  std::uint32_t boot = 0;      // in which boot, and when in it, the centre said so
  std::uint64_t mono_ms = 0;
};

// Places of all logs in one line, as numbers that are the seq in the first log.
[[nodiscard]] std::uint64_t position_of(RecordPlace const& place);
[[nodiscard]] RecordPlace place_at(std::uint64_t position);

// As a setting: a line of four numbers for each, oldest first. What cannot be read is no mark.
[[nodiscard]] std::vector<TimeMark> read_time_marks(base::ByteView setting);
[[nodiscard]] std::string write_time_marks(std::span<TimeMark const> marks);

// With a newer sample: the last mark gives way to it unless 12 hours would then lie between two. Marks of a time that
// the centre has taken back go, and those that are not needed any more.
void add_time_mark(std::vector<TimeMark>& marks, TimeMark const& newer);

// The position of the last record that had been kept long enough by `now_ms`; 0 for none.
[[nodiscard]] std::uint64_t kept_long_enough(std::span<TimeMark const> marks, std::int64_t now_ms);

}  // namespace dga::store
