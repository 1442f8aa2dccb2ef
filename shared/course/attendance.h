#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shared/records/pack.pb.h"

namespace dga::course {

// The attendance rule, version 1 (domain.md). Integers only; the same code at the door and at the centre.
inline constexpr std::uint32_t kAttendanceRuleVersion = 1;

struct SessionTimes {
  std::uint32_t id = 0;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  bool counts = true;
  bool cancelled = false;
};

struct Timetable {
  std::vector<SessionTimes> sessions;  // in the class's order
  std::int64_t opens_before_ms = 60 * 60'000;
  std::int64_t grace_ms = 15 * 60'000;
  std::uint32_t late_units = 2;
  std::uint32_t threshold_percent = 80;
};
[[nodiscard]] Timetable timetable_of(v1::Class const& a_class);

// A check-in at t is valid from `opens_before` the start to the end, both included.
[[nodiscard]] bool is_valid_at(Timetable const& timetable, SessionTimes const& session, std::int64_t t_ms);

// One person's check-in or departure that is not voided, whichever kiosk it came from.
struct PresenceFact {
  std::uint32_t session = 0;
  std::int64_t at_ms = 0;
  bool departure = false;
};

// A coordinator's decision for one person and session; a later one in the list replaces an earlier one.
struct Ruling {
  enum class Kind { kExclude, kGrant, kExcuse };
  std::uint32_t session = 0;
  Kind kind = Kind::kExclude;
  std::uint32_t units = 0;  // of a grant
};

enum class Standing { kQualified, kCannot, kAtRisk, kOnCourse };
// "qualified", "cannot", "at_risk", "on_course".
[[nodiscard]] std::string_view name_of(Standing standing);

struct SessionAttendance {
  std::uint32_t session = 0;
  std::uint32_t units = 0;  // 0, 1, 2
  bool late = false;
  std::optional<std::int64_t> at_ms;  // the earliest valid check-in
};

struct Attendance {
  std::vector<SessionAttendance> sessions;  // every session that is in N, in the class's order
  std::uint32_t n = 0;                      // sessions that count for this person
  std::uint32_t units = 0;
  std::uint32_t percent = 0;   // floor
  std::uint32_t attended = 0;  // sessions of N with at least one unit
  bool eligible = false;
  Standing standing = Standing::kCannot;
};

[[nodiscard]] Attendance evaluate(Timetable const& timetable, std::span<PresenceFact const> facts,
                                  std::span<Ruling const> rulings, std::int64_t now_ms);

}  // namespace dga::course
