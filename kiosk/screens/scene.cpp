#include "kiosk/screens/scene.h"

#include <algorithm>
#include <set>

#include "shared/course/local_time.h"

namespace dga::screens {
namespace {

constexpr std::string_view kUsualZone = "Asia/Ho_Chi_Minh";
constexpr int kNoon = 12;

std::string_view zone_of(flow::State const& state) {
  if (!state.a_class || state.a_class->pack.class_().zone().empty()) return kUsualZone;
  return state.a_class->pack.class_().zone();
}

// The how-manieth day of the class a session is on, from 1.
std::size_t day_of(flow::State const& state, v1::Session const& session) {
  std::set<std::string> earlier;
  std::string const day = course::iso_day(session.start_ms(), zone_of(state));
  for (auto const& other : state.a_class->pack.class_().sessions()) {
    std::string const its_day = course::iso_day(other.start_ms(), zone_of(state));
    if (its_day < day) earlier.insert(its_day);
  }
  return earlier.size() + 1;
}

}  // namespace

std::string clock_of(flow::State const& state, std::int64_t utc_ms) {
  return course::clock_time(utc_ms, zone_of(state));
}

std::string date_of(flow::State const& state, std::int64_t utc_ms) {
  return course::calendar_day(utc_ms, zone_of(state)).substr(0, 5);
}

std::string day_of_year(flow::State const& state, std::int64_t utc_ms) {
  return course::calendar_day(utc_ms, zone_of(state));
}

bool is_today(flow::State const& state, std::int64_t utc_ms) {
  return course::iso_day(utc_ms, zone_of(state)) == course::iso_day(state.wall_ms, zone_of(state));
}

v1::Session const* session_of(flow::State const& state, std::uint32_t id) {
  if (!state.a_class) return nullptr;
  for (auto const& session : state.a_class->pack.class_().sessions()) {
    if (session.id() == id) return &session;
  }
  return nullptr;
}

v1::Session const* session_shown(flow::State const& state) {
  auto const id = state.session_now.open ? state.session_now.open : state.session_now.next;
  return id ? session_of(state, *id) : nullptr;
}

SessionWords words_of(Scene const& scene, v1::Session const& session) {
  flow::State const& state = scene.state;
  std::string const from = clock_of(state, session.start_ms()), to = clock_of(state, session.end_ms());
  std::string const hours = scene.say("session.hours", {{"from", from}, {"to", to}});
  bool const morning = course::hour_of(session.start_ms(), zone_of(state)) < kNoon;
  std::string const middle = joined({scene.say(morning ? "session.morning" : "session.afternoon"), hours});
  std::string const day = scene.say("session.day", {{"n", std::to_string(day_of(state, session))}});
  return {joined({day, middle}), middle, hours};
}

std::string opening_of(Scene const& scene, std::int64_t opens_at_ms) {
  std::string const time = clock_of(scene.state, opens_at_ms);
  if (is_today(scene.state, opens_at_ms)) return scene.say("session.opens_at", {{"time", time}});
  return scene.say("session.opens_on", {{"time", time}, {"date", date_of(scene.state, opens_at_ms)}});
}

namespace {

// "31 phút", "2 giờ", "24 năm": the one unit that says it.
std::string span_of(Scene const& scene, std::int64_t ms) {
  constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour, kYear = 365 * kDay;
  auto const in = [&](std::string_view key, std::int64_t unit) {
    return scene.say(key, {{"n", std::to_string(std::max<std::int64_t>(ms / unit, 1))}});
  };
  if (ms >= 2 * kYear) return in("sessionpage.years", kYear);
  if (ms >= 2 * kDay) return in("sessionpage.days", kDay);
  if (ms >= 2 * kHour) return in("sessionpage.hours", kHour);
  return in("sessionpage.minutes", kMinute);
}

}  // namespace

std::string clock_fault(Scene const& scene) {
  flow::State const& state = scene.state;
  switch (state.clock.source) {
    case flow::ClockView::Source::kStaff: return scene.say("sessionpage.told");
    case flow::ClockView::Source::kCentre: {
      auto const behind = state.wall_ms - state.own_wall_ms;
      return behind > 0 ? scene.say("sessionpage.behind", {{"off", span_of(scene, behind)}})
                        : scene.say("sessionpage.ahead", {{"off", span_of(scene, -behind)}});
    }
    case flow::ClockView::Source::kOwn: break;
  }
  if (!flow::clock_is_surely_wrong(state)) return {};
  auto const behind = state.a_class->pack.made_ms() - state.wall_ms;
  return scene.say("sessionpage.behind_at_least", {{"off", span_of(scene, behind)}});
}

std::string course_of(Scene const& scene) {
  if (!scene.state.a_class) return {};
  auto const& a_class = scene.state.a_class->pack.class_();
  bool const english = scene.state.language == flow::Language::kEnglish && !a_class.course_en().empty();
  return english ? a_class.course_en() : a_class.course_vi();
}

std::string grouped(Scene const& scene, std::uint64_t number) {
  std::string digits = std::to_string(number);
  char const mark = scene.state.language == flow::Language::kEnglish ? ',' : '.';
  for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, mark);
  return digits;
}

std::string kilobytes(Scene const& scene, std::uint64_t bytes) { return grouped(scene, (bytes + 999) / 1000); }

std::string error_text(Scene const& scene, std::string_view code) {
  std::string const key = "error." + std::string(code);
  return scene.lang.has(key) ? scene.say(key) : scene.say("error.other");
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string whole;
  for (auto const part : parts) {
    if (part.empty()) continue;
    if (!whole.empty()) whole += " · ";
    whole += part;
  }
  return whole;
}

}  // namespace dga::screens
