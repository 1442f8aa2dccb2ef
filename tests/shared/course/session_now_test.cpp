#include "shared/course/session_now.h"

#include <doctest/doctest.h>

using namespace dga;

namespace {
constexpr std::int64_t kMinute = 60'000;
course::Timetable day() {
  course::Timetable timetable;
  timetable.sessions = {{1, 480 * kMinute, 690 * kMinute}, {2, 810 * kMinute, 1020 * kMinute}};
  return timetable;
}
course::SessionNow at(course::Timetable const& timetable, std::int64_t minute) {
  return course::session_now(timetable, minute * kMinute);
}
}  // namespace

TEST_CASE("a session is open from an hour before its start to its last moment") {
  CHECK_FALSE(at(day(), 419).open);
  CHECK(at(day(), 420).open == 1U);
  CHECK(at(day(), 690).open == 1U);
  CHECK_FALSE(course::session_now(day(), 690 * kMinute + 1).open);
  CHECK(at(day(), 750).open == 2U);
}

TEST_CASE("between sessions the next and its opening are told and after the last nothing is left") {
  auto const noon = at(day(), 700);
  CHECK(noon.next == 2U);
  CHECK(noon.opens_at_ms == 750 * kMinute);
  CHECK_FALSE(noon.all_over);
  CHECK(at(day(), 0).next == 1U);
  auto const evening = at(day(), 1021);
  CHECK_FALSE(evening.next);
  CHECK_FALSE(evening.opens_at_ms);
  CHECK(evening.all_over);
  CHECK_FALSE(at(day(), 500).next);
  CHECK_FALSE(at(day(), 500).all_over);
}

TEST_CASE("of two open sessions the one that starts nearest is meant") {
  auto timetable = day();
  timetable.opens_before_ms = 200 * kMinute;
  CHECK(at(timetable, 640).open == 1U);  // 160 past the first, 170 before the second
  CHECK(at(timetable, 650).open == 2U);
  // The order of the timetable is no matter.
  std::swap(timetable.sessions[0], timetable.sessions[1]);
  CHECK(at(timetable, 640).open == 1U);
  CHECK(at(timetable, 650).open == 2U);
  CHECK(at(timetable, 100).next == 1U);
}

TEST_CASE("a cancelled session is never open nor next, one that does not count is") {
  auto timetable = day();
  timetable.sessions[1].cancelled = true;
  CHECK(at(timetable, 800).all_over);
  timetable.sessions[1].cancelled = false;
  timetable.sessions[1].counts = false;
  CHECK(at(timetable, 800).open == 2U);
  CHECK(at(course::Timetable{}, 800).all_over);
}
