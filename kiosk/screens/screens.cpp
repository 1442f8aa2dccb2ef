#include "kiosk/screens/screens.h"

#include <algorithm>

#include "kiosk/screens/paint.h"

namespace dga::screens {
namespace {

constexpr std::uint64_t kTransitionMs = 150;

// 0 .. 1 of a screen's entrance: fast at first, gentle at its end.
float entrance_of(flow::State const& state) {
  std::uint64_t const since = state.mono_ms - std::min(state.mono_ms, state.screen_since_ms);
  if (since >= kTransitionMs) return 1;
  float const left = 1 - static_cast<float>(since) / kTransitionMs;
  return 1 - left * left * left;
}

}  // namespace

std::vector<flow::Event> draw(flow::State const& state, ui::Canvas& canvas, ui::Lang const& lang) {
  std::vector<flow::Event> events;
  Scene scene{state, canvas, lang, events};
  canvas.entrance(entrance_of(state));
  std::visit([&](auto const& screen) { paint(scene, screen); }, state.screen);
  // A touch of nothing in particular still says that somebody is there.
  if (canvas.missed()) events.emplace_back(flow::event::Tapped{});
  return events;
}

ui::Look look_of(flow::State const& state) {
  ui::Look look;
  switch (state.theme) {
    case flow::Theme::kLight: look.theme = ui::ThemeName::kLight; break;
    case flow::Theme::kDark: look.theme = ui::ThemeName::kDark; break;
    case flow::Theme::kHighContrast: look.theme = ui::ThemeName::kHighContrast; break;
  }
  look.text = state.large_text ? ui::TextScale::kLarge : ui::TextScale::kNormal;
  return look;
}

void add_characters(flow::ClassView const& a_class, ui::CharacterSet& set) {
  auto const& pack = a_class.pack;
  set.add(pack.class_().course_vi());
  set.add(pack.class_().course_en());
  for (auto const& group : pack.class_().groups()) set.add(group.name());
  for (auto const& person : pack.roster()) {
    set.add(person.name());
    set.add(person.agency());
    set.add(person.province());
    set.add(person.phone_tail());
  }
  set.add(pack.notice().vi());
  set.add(pack.notice().en());
  set.add(pack.contact());
}

std::chrono::milliseconds stays_right_for(flow::State const& state) {
  constexpr std::int64_t kMinute = 60'000, kSecond = 1'000;
  bool const counts_down = std::holds_alternative<flow::screen::StillThere>(state.screen) ||
                           std::holds_alternative<flow::screen::Pin>(state.screen);
  std::int64_t const step = counts_down ? kSecond : kMinute;
  std::int64_t const into = ((state.wall_ms % step) + step) % step;
  return std::chrono::milliseconds(step - into);
}

}  // namespace dga::screens
