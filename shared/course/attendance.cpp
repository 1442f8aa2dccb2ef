#include "shared/course/attendance.h"

#include <algorithm>

namespace dga::course {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::uint32_t kWholeSession = 2;  // units

// What a check-in at t earns. REQUIRES: t <= end.
SessionAttendance credit(Timetable const& timetable, SessionTimes const& session, std::int64_t t) {
  SessionAttendance earned{session.id, kWholeSession, false, t};
  if (t <= session.start_ms + timetable.grace_ms) return earned;
  earned.late = true;
  earned.units = 2 * t < session.start_ms + session.end_ms ? timetable.late_units : 1;
  return earned;
}

// By the records alone, decisions aside.
SessionAttendance recorded(Timetable const& timetable, SessionTimes const& session,
                           std::span<PresenceFact const> facts) {
  std::optional<std::int64_t> first, last, left;
  for (auto const& fact : facts) {
    if (fact.session != session.id || fact.departure || !is_valid_at(timetable, session, fact.at_ms)) continue;
    first = std::min(first.value_or(fact.at_ms), fact.at_ms);
    last = std::max(last.value_or(fact.at_ms), fact.at_ms);
  }
  if (!first) return {session.id, 0, false, std::nullopt};
  for (auto const& fact : facts) {
    if (fact.session != session.id || !fact.departure || *last > fact.at_ms) continue;
    left = std::max(left.value_or(fact.at_ms), fact.at_ms);
  }
  auto earned = credit(timetable, session, *first);
  if (left && *left < session.end_ms - timetable.grace_ms && earned.units > 0) --earned.units;
  return earned;
}

// What may still become of a session that has no valid check-in and no grant.
std::uint32_t best_still(Timetable const& timetable, SessionTimes const& session, std::int64_t now_ms) {
  auto const t = std::max(now_ms, session.start_ms);
  return t > session.end_ms ? 0 : credit(timetable, session, t).units;
}

Ruling const* last_ruling(std::span<Ruling const> rulings, std::uint32_t session) {
  Ruling const* found = nullptr;
  for (auto const& ruling : rulings)
    if (ruling.session == session) found = &ruling;
  return found;
}

Standing standing_of(Attendance const& attendance, std::uint32_t needed, std::uint32_t best) {
  if (attendance.n == 0) return Standing::kCannot;
  if (attendance.units >= needed) return Standing::kQualified;
  if (best < needed) return Standing::kCannot;
  return best < needed + kWholeSession ? Standing::kAtRisk : Standing::kOnCourse;
}

}  // namespace

Timetable timetable_of(v1::Class const& a_class) {
  Timetable timetable;
  if (a_class.has_policy()) {
    auto const& policy = a_class.policy();
    timetable.opens_before_ms = policy.opens_before_minutes() * kMinute;
    timetable.grace_ms = policy.grace_minutes() * kMinute;
    timetable.late_units = std::min(policy.late_units(), kWholeSession);
    timetable.threshold_percent = policy.threshold_percent();
  }
  for (auto const& session : a_class.sessions())
    timetable.sessions.push_back(
        {session.id(), session.start_ms(), session.end_ms(), !session.not_counted(), session.cancelled()});
  return timetable;
}

bool is_valid_at(Timetable const& timetable, SessionTimes const& session, std::int64_t t_ms) {
  return t_ms >= session.start_ms - timetable.opens_before_ms && t_ms <= session.end_ms;
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::kQualified: return "qualified";
    case Standing::kCannot: return "cannot";
    case Standing::kAtRisk: return "at_risk";
    case Standing::kOnCourse: return "on_course";
  }
  return "cannot";
}

Attendance evaluate(Timetable const& timetable, std::span<PresenceFact const> facts, std::span<Ruling const> rulings,
                    std::int64_t now_ms) {
  Attendance attendance;
  std::uint32_t best = 0;
  for (auto const& session : timetable.sessions) {
    auto const* ruling = last_ruling(rulings, session.id);
    bool const excluded = ruling != nullptr && ruling->kind == Ruling::Kind::kExclude;
    if (!session.counts || session.cancelled || excluded) continue;

    auto earned = recorded(timetable, session, facts);
    bool const granted = ruling != nullptr && ruling->kind == Ruling::Kind::kGrant;
    best += granted || earned.at_ms ? 0 : best_still(timetable, session, now_ms);
    if (granted) {
      earned.units = std::min(ruling->units, kWholeSession);
      earned.late = false;
    }
    best += granted || earned.at_ms ? earned.units : 0;
    ++attendance.n;
    attendance.units += earned.units;
    attendance.attended += earned.units > 0 ? 1 : 0;
    attendance.sessions.push_back(earned);
  }
  auto const whole = kWholeSession * attendance.n;
  auto const needed = (timetable.threshold_percent * whole + 99) / 100;
  attendance.percent = whole == 0 ? 0 : attendance.units * 100 / whole;
  attendance.eligible = attendance.n > 0 && attendance.units * 100 >= timetable.threshold_percent * whole;
  attendance.standing = standing_of(attendance, needed, best);
  return attendance;
}

}  // namespace dga::course
