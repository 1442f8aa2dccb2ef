#include "shared/course/attendance.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "shared/base/random.h"

using namespace dga;
using course::PresenceFact;
using course::Ruling;
using course::Standing;

namespace {

constexpr std::int64_t kMinute = 60'000;

// Sessions of 210 minutes, one every ten hours.
course::Timetable timetable_with(std::uint32_t sessions) {
  course::Timetable timetable;
  for (std::uint32_t id = 1; id <= sessions; ++id)
    timetable.sessions.push_back({id, id * 600 * kMinute, (id * 600 + 210) * kMinute});
  return timetable;
}
PresenceFact in(std::uint32_t session, std::int64_t minutes_after_start) {
  return {session, (session * 600 + minutes_after_start) * kMinute, false};
}
PresenceFact out(std::uint32_t session, std::int64_t minutes_after_start) {
  return {session, (session * 600 + minutes_after_start) * kMinute, true};
}
constexpr std::int64_t kAfterAll = 1'000'000 * kMinute;

course::Attendance evaluated(std::vector<PresenceFact> const& facts, std::vector<Ruling> const& rulings = {},
                             std::int64_t now_ms = kAfterAll, std::uint32_t sessions = 1) {
  return course::evaluate(timetable_with(sessions), facts, rulings, now_ms);
}

bool same(course::Attendance const& a, course::Attendance const& b) {
  bool const sessions = std::equal(
      a.sessions.begin(), a.sessions.end(), b.sessions.begin(), b.sessions.end(), [](auto const& x, auto const& y) {
        return x.session == y.session && x.units == y.units && x.late == y.late && x.at_ms == y.at_ms;
      });
  return sessions && a.n == b.n && a.units == b.units && a.percent == b.percent && a.attended == b.attended &&
         a.eligible == b.eligible && a.standing == b.standing;
}

}  // namespace

TEST_CASE("attendance does not depend on the order in which facts are known") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::vector<PresenceFact> facts;
    for (auto left = random->below(14); left > 0; --left) {
      auto const session = static_cast<std::uint32_t>(1 + random->below(4));
      auto const minute = static_cast<std::int64_t>(random->below(340)) - 80;
      facts.push_back(random->below(3) == 0 ? out(session, minute) : in(session, minute));
    }
    auto const first = evaluated(facts, {}, 1500 * kMinute, 4);
    for (int round = 0; round < 5; ++round) {
      for (std::size_t i = facts.size(); i > 1; --i) std::swap(facts[i - 1], facts[random->below(i)]);
      CHECK(same(evaluated(facts, {}, 1500 * kMinute, 4), first));
    }
    // Said twice is said once.
    auto const again = facts;
    facts.insert(facts.end(), again.begin(), again.end());
    CHECK(same(evaluated(facts, {}, 1500 * kMinute, 4), first));
  }
}

TEST_CASE("coming back before the end never takes units away") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::vector<PresenceFact> facts;
    for (auto left = random->below(6); left > 0; --left) {
      auto const minute = static_cast<std::int64_t>(random->below(260));
      facts.push_back(random->below(2) == 0 ? out(1, minute) : in(1, minute));
    }
    auto const before = evaluated(facts).units;
    facts.push_back(in(1, 209));
    auto const back_at_the_end = evaluated(facts).units;
    CHECK(back_at_the_end >= before);
  }
}

TEST_CASE("the earliest valid check-in is told") {
  auto const attendance = evaluated({in(1, 200), in(1, 5), in(1, -61)});
  REQUIRE(attendance.sessions.size() == 1);
  CHECK(attendance.sessions[0].at_ms == in(1, 5).at_ms);
  CHECK(attendance.attended == 1);
}

TEST_CASE("a later decision on a session replaces an earlier one") {
  Ruling const exclude{1, Ruling::Kind::kExclude, 0}, grant{1, Ruling::Kind::kGrant, 1},
      excuse{1, Ruling::Kind::kExcuse, 0};
  CHECK(evaluated({}, {exclude}).n == 0);
  CHECK(evaluated({}, {exclude, grant}).units == 1);
  CHECK(evaluated({}, {grant, exclude}).n == 0);
  CHECK(evaluated({}, {exclude, excuse}).n == 1);
  CHECK(evaluated({in(1, 0)}, {grant, excuse}).units == 2);
  CHECK(evaluated({}, {excuse}).units == 0);
}

TEST_CASE("a grant is never late, never more than a whole session, and keeps the time of arrival") {
  auto const attendance = evaluated({in(1, 100)}, {{1, Ruling::Kind::kGrant, 7}});
  REQUIRE(attendance.sessions.size() == 1);
  CHECK(attendance.sessions[0].units == 2);
  CHECK_FALSE(attendance.sessions[0].late);
  CHECK(attendance.sessions[0].at_ms == in(1, 100).at_ms);
}

TEST_CASE("79.9 percent never shows as 80 and 80 of 100 is enough") {
  // Five sessions: 8 of 10 units are exactly 80.
  std::vector<PresenceFact> facts{in(1, 0), in(2, 0), in(3, 0), in(4, 0)};
  CHECK(evaluated(facts, {}, kAfterAll, 5).eligible);
  CHECK(evaluated(facts, {}, kAfterAll, 5).percent == 80);
  facts.back() = in(4, 150);
  CHECK_FALSE(evaluated(facts, {}, kAfterAll, 5).eligible);
  CHECK(evaluated(facts, {}, kAfterAll, 5).percent == 70);
  // Six sessions: 9 of 12 are 75, and one short of 83.3 shows as 83.
  CHECK(evaluated({in(1, 0), in(2, 0), in(3, 0), in(4, 0), in(5, 0)}, {}, kAfterAll, 6).percent == 83);
}

TEST_CASE("the standing goes from on course over at risk to cannot as sessions are missed") {
  auto standing = [](std::int64_t now_minute, std::vector<PresenceFact> const& facts) {
    return evaluated(facts, {}, now_minute * kMinute, 6).standing;
  };
  CHECK(standing(0, {}) == Standing::kOnCourse);
  CHECK(standing(811, {}) == Standing::kAtRisk);
  CHECK(standing(1411, {}) == Standing::kCannot);
  CHECK(standing(3100, {in(1, 0), in(2, 0), in(3, 0), in(4, 0), in(5, 0)}) == Standing::kQualified);
  CHECK(course::name_of(Standing::kQualified) == "qualified");
  CHECK(course::name_of(Standing::kCannot) == "cannot");
  CHECK(course::name_of(Standing::kAtRisk) == "at_risk");
  CHECK(course::name_of(Standing::kOnCourse) == "on_course");
}

TEST_CASE("stamps of any age and any far future are only invalid") {
  std::vector<PresenceFact> const facts{{1, INT64_MAX, false},
                                        {1, INT64_MIN, false},
                                        {1, INT64_MAX, true},
                                        {1, INT64_MIN, true},
                                        {99, 600 * kMinute, false}};
  CHECK(evaluated(facts).units == 0);
  CHECK(evaluated({in(1, 0), {1, INT64_MAX, true}, {1, INT64_MIN, true}}).units == 2);
}

TEST_CASE("a class's own numbers make its timetable and zero means zero") {
  v1::Class a_class;
  auto& session = *a_class.add_sessions();
  session.set_id(3);
  session.set_start_ms(1000);
  session.set_end_ms(2000);
  session.set_not_counted(true);
  a_class.add_sessions()->set_cancelled(true);
  CHECK(course::timetable_of(a_class).grace_ms == 15 * kMinute);
  a_class.mutable_policy()->set_threshold_percent(50);
  auto const timetable = course::timetable_of(a_class);
  CHECK(timetable.grace_ms == 0);
  CHECK(timetable.opens_before_ms == 0);
  CHECK(timetable.threshold_percent == 50);
  REQUIRE(timetable.sessions.size() == 2);
  CHECK(timetable.sessions[0].id == 3);
  CHECK(timetable.sessions[0].end_ms == 2000);
  CHECK_FALSE(timetable.sessions[0].counts);
  CHECK(timetable.sessions[1].cancelled);
}
