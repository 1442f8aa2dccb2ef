#include <algorithm>
#include <string>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

constexpr int kStepMinutes = 10;

struct Step {
  std::string_view id, key;
  ui::Icon icon;
  flow::Event event;
};

// What is about to be said, between the ways to another.
void stepped(Scene& scene, Rect row, std::string const& id, Step const& before, Step const& after,
             std::initializer_list<std::string_view> words) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  for (auto const* step : {&before, &after}) {
    Rect const place =
        step == &before ? row.take_left(ui::kSmallestTarget, 16) : row.take_right(ui::kSmallestTarget, 16);
    if (canvas.button(step->id, place, "", ui::ButtonLook::kQuiet, step->icon)) scene.emit(step->event);
    canvas.name_last(scene.say(step->key));
  }
  // As much as fits, on two lines where one is too short.
  auto const style = canvas.large() ? TextStyle::kStrong : TextStyle::kButton;
  std::string_view shown = *(words.end() - 1);
  for (auto const one : words)
    if (canvas.text_height(style, one, row.w) <= row.h) {
      shown = one;
      break;
    }
  canvas.text(id, row, shown,
              {.style = style,
               .ink = colours.ink,
               .ground = colours.card,
               .align = Align::kCentre,
               .fit = Fit::kWrap,
               .middle = true});
}

void foot(Scene& scene, Rect row) {
  auto& canvas = scene.canvas;
  constexpr float kBetween = 16;
  // The time alone holds where the session was another class's.
  bool const told = scene.state.clock.session != 0 || scene.state.clock.source == flow::ClockView::Source::kStaff;
  auto const wide = [&](std::string const& words) { return canvas.text_width(TextStyle::kButton, words) + 110; };
  std::string const &confirm = scene.say("sessionpage.confirm"), &by_clock = scene.say("sessionpage.by_clock"),
                    &back = scene.say("action.back");
  if (canvas.button("session.confirm", row.take_left(std::min(row.w, wide(confirm)), kBetween), confirm,
                    ui::ButtonLook::kPrimary, ui::Icon::kTick))
    scene.emit(flow::event::SessionTold{});
  float const both = wide(back) + (told ? wide(by_clock) + kBetween : 0);
  bool const brief = both > row.w;
  auto const way = [&](std::string const& id, std::string const& words, ui::Icon icon, flow::Event event) {
    float const width = brief ? ui::kSmallestTarget : wide(words);
    if (canvas.button(id, row.take_right(width, kBetween), brief ? std::string() : words, ui::ButtonLook::kQuiet, icon))
      scene.emit(std::move(event));
    if (brief) canvas.name_last(words);
  };
  way("session.back", back, ui::Icon::kBack, flow::event::Back{});
  if (told) way("session.by_clock", by_clock, ui::Icon::kClockFace, flow::event::ClockBelieved{});
}

}  // namespace

void paint_session(Scene& scene, flow::screen::Staff const& screen, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large();
  foot(scene, box.take_bottom(large ? ui::kSmallestTarget : kButtonHeight, large ? 12 : 20));
  canvas.card(box);
  Rect inner = box.inset(large ? 20.0F : 32.0F, large ? 10.0F : 18.0F);
  Rect const time_row = inner.take_bottom(ui::kSmallestTarget, 10);
  Rect const session_row = inner.take_bottom(ui::kSmallestTarget, 10);
  if (auto const* session = session_of(scene.state, screen.session)) {
    auto const words = words_of(scene, *session);
    std::string const whole = joined({words.whole, date_of(scene.state, session->start_ms())});
    std::string const brief = joined({words.hours, date_of(scene.state, session->start_ms())});
    // Two mornings must not look the same.
    std::string const briefest =
        joined({date_of(scene.state, session->start_ms()), clock_of(scene.state, session->start_ms())});
    stepped(scene, session_row, "session.name",
            {"session.previous", "sessionpage.previous", ui::Icon::kBack, flow::event::SessionStepped{-1}},
            {"session.next", "sessionpage.next", ui::Icon::kNext, flow::event::SessionStepped{1}},
            {whole, brief, briefest});
  }
  stepped(scene, time_row, "session.time",
          {"session.earlier", "sessionpage.earlier", ui::Icon::kDown, flow::event::TimeStepped{-kStepMinutes}},
          {"session.later", "sessionpage.later", ui::Icon::kUp, flow::event::TimeStepped{kStepMinutes}},
          {clock_of(scene.state, screen.told_ms)});

  struct Line {
    std::string id, words;
    TextStyle style;
    ui::Colour ink;
  };
  flow::State const& state = scene.state;
  std::vector<Line> lines{{"session.title", scene.say("sessionpage.title"), TextStyle::kHeading, colours.ink}};
  if (!screen.error_code.empty())
    lines.push_back({"session.error", error_text(scene, screen.error_code), TextStyle::kBody, colours.refused.ink});
  if (auto fault = clock_fault(scene); !fault.empty())
    lines.push_back({"session.fault", std::move(fault), TextStyle::kBody, colours.already.ink});
  lines.push_back({"session.clock",
                   scene.say("sessionpage.clock", {{"time", clock_of(state, state.own_wall_ms)},
                                                   {"date", day_of_year(state, state.own_wall_ms)}}),
                   TextStyle::kSecondary, colours.ink2});
  // Until then nothing but the staff's word says when people came.
  if (state.clock.source != flow::ClockView::Source::kCentre)
    lines.push_back({"session.keep_on", scene.say("sessionpage.keep_on"), TextStyle::kSecondary, colours.ink2});
  // Where the title is too long for the room, the rest is worth more.
  for (auto const& line : lines) {
    float const height = canvas.text_height(line.style, line.words, inner.w);
    if (height > inner.h) continue;
    canvas.text(line.id, inner.take_top(height, 4), line.words,
                {.style = line.style, .ink = line.ink, .ground = colours.card, .fit = Fit::kWrap});
  }
}

}  // namespace dga::screens
