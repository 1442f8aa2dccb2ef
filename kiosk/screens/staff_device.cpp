#include <algorithm>
#include <cmath>
#include <vector>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

struct Fact {
  std::string id, label, value;
  std::string brief = {};  // where there is no room for the value
};

void add_clock(Scene const& scene, std::vector<Fact>& all) {
  auto const fault = clock_fault(scene);
  if (!fault.empty())
    all.push_back({"device.clock_fault", scene.say("devicepage.advice"), fault, scene.say("sessionpage.open")});
}

void add_space(Scene const& scene, std::vector<Fact>& all) {
  auto const& space = scene.state.space;
  bool const plenty = space.level == flow::SpaceView::Level::kPlenty;
  if (!plenty)
    all.push_back({"device.advice", scene.say("devicepage.advice"), scene.say("devicepage.advice_space"),
                   scene.say("devicepage.advice_brief")});
  if (plenty && space.check_ins_left == 0) return;  // not looked at yet
  std::string const n = std::to_string(space.check_ins_left);
  all.push_back({"device.space", scene.say("devicepage.space"),
                 scene.say("devicepage.space_value", {{"mb", std::to_string(space.free_megabytes)}, {"n", n}}),
                 scene.say("devicepage.space_brief", {{"n", n}})});
}

std::vector<Fact> facts(Scene const& scene) {
  flow::State const& state = scene.state;
  std::vector<Fact> all;
  // What is to be done comes first: the last lines may find no room.
  add_clock(scene, all);
  add_space(scene, all);
  all.push_back({"device.kiosk", scene.say("devicepage.kiosk"), state.kiosk_name});
  std::string const own = joined({clock_of(state, state.own_wall_ms), day_of_year(state, state.own_wall_ms)});
  all.push_back({"device.clock", scene.say("devicepage.clock"), own, clock_of(state, state.own_wall_ms)});
  if (state.a_class) {
    auto const& pack = state.a_class->pack;
    all.push_back({"device.roster", scene.say("devicepage.roster"),
                   scene.say("devicepage.roster_value", {{"n", std::to_string(pack.roster_size())}}),
                   std::to_string(pack.roster_size())});
    if (pack.made_ms() > 0) {
      all.push_back({"device.made", scene.say("devicepage.made"),
                     joined({clock_of(state, pack.made_ms()), date_of(state, pack.made_ms())})});
    }
  } else {
    all.push_back({"device.roster", scene.say("devicepage.roster"), scene.say("devicepage.no_class")});
  }
  all.push_back({"device.log", scene.say("devicepage.log"),
                 scene.say("devicepage.log_value", {{"n", std::to_string(state.sync.recorded)}})});
  auto const& wiped_ms = state.space.wiped_at_ms;
  all.push_back({"device.wiped", scene.say("devicepage.wiped"),
                 wiped_ms ? joined({clock_of(state, *wiped_ms), date_of(state, *wiped_ms)})
                          : scene.say("devicepage.wiped_never")});
  ui::Panel const& panel = scene.canvas.metrics().panel();
  std::string const size =
      std::to_string(std::lround(panel.size.width)) + " × " + std::to_string(std::lround(panel.size.height));
  all.push_back({"device.screen", scene.say("devicepage.screen"),
                 scene.say("devicepage.screen_value", {{"width", std::to_string(panel.width_px)},
                                                       {"height", std::to_string(panel.height_px)},
                                                       {"mm", size}})});
  return all;
}

std::string_view theme_key(flow::Theme theme) {
  switch (theme) {
    case flow::Theme::kLight: return "look.theme.light";
    case flow::Theme::kDark: return "look.theme.dark";
    case flow::Theme::kHighContrast: return "look.theme.high_contrast";
  }
  return "look.theme.light";
}

struct Choice {
  std::string id, name, value;
  ui::Icon icon;
  flow::Event event;
};

std::vector<Choice> all_choices(Scene const& scene) {
  flow::State const& state = scene.state;
  return {{"device.theme", scene.say("look.theme"), scene.say(theme_key(state.theme)), ui::Icon::kContrast,
           flow::event::ToggleTheme{}},
          {"device.large_text", scene.say("look.large_text"), scene.say(state.large_text ? "look.on" : "look.off"),
           ui::Icon::kLetters, flow::event::ToggleLargeText{}},
          {"device.language", scene.say("look.language"), scene.say("look.language.this"), ui::Icon::kGlobe,
           flow::event::ToggleLanguage{}}};
}

// A choice: its name above what is chosen now, on one line in large text; a touch takes the next one.
constexpr float kPad = 24, kIcon = 44, kToWords = 20;

float width_of(ui::Canvas const& canvas, Choice const& choice) {
  return std::max(canvas.text_width(TextStyle::kSecondary, choice.name),
                  canvas.text_width(TextStyle::kButton, choice.value)) +
         2 * kPad;
}

enum class Pictured { kYes, kNo };
void draw_choice(Scene& scene, Choice const& choice, Rect const& box, Pictured pictured) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  if (canvas.touch(choice.id, box, joined({choice.name, choice.value}), ui::Role::kButton, 24))
    scene.emit(choice.event);
  bool const down = canvas.pressed(choice.id);
  canvas.card(down ? box.inset(2) : box, down ? ui::Depth::kFlat : ui::Depth::kRaised, 24);
  if (down) canvas.fill(box.inset(2), colours.tint, 24);
  Rect words = box.inset(kPad, 0);
  if (pictured == Pictured::kYes) {
    Rect const left = words.take_left(kIcon, kToWords);
    canvas.icon(choice.icon, {left.x, left.centre().y - kIcon / 2, kIcon, kIcon}, colours.on_tint);
  }
  float const first = canvas.line_height(TextStyle::kSecondary), second = canvas.line_height(TextStyle::kButton);
  bool const above = first + second <= box.h;
  words = {words.x, box.centre().y - (above ? first + second : second) / 2, words.w, above ? first : second};
  if (above) {
    canvas.text(choice.id + ".name", words, choice.name,
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .inside = choice.id});
    words = {words.x, words.bottom(), words.w, second};
  }
  std::string const both = scene.say("look.choice", {{"name", choice.name}, {"value", choice.value}});
  std::string const shown(above ? std::string_view(choice.value)
                                : canvas.fitting(TextStyle::kButton, words.w, {both, choice.value}));
  canvas.text(choice.id + ".value", words, shown,
              {.style = TextStyle::kButton, .ink = colours.on_tint, .ground = colours.card, .inside = choice.id});
}

void choices(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const all = all_choices(scene);
  if (canvas.upright() || canvas.large()) {
    for (Choice const& choice : all) {
      draw_choice(scene, choice, box.take_top(ui::kSmallestTarget + 4, 12),
                  canvas.large() ? Pictured::kNo : Pictured::kYes);
    }
    return;
  }
  // Side by side, each as wide as its words ask for; the pictures go first when it gets tight.
  constexpr float kBetween = 16;
  float needed = kBetween * static_cast<float>(all.size() - 1);
  for (Choice const& choice : all) needed += width_of(canvas, choice);
  float const pictures = static_cast<float>(all.size()) * (kIcon + kToWords);
  bool const pictured = needed + pictures <= box.w;
  float const spare = (box.w - needed - (pictured ? pictures : 0)) / static_cast<float>(all.size());
  for (Choice const& choice : all) {
    float const width = width_of(canvas, choice) + spare + (pictured ? kIcon + kToWords : 0);
    draw_choice(scene, choice, box.take_left(width, kBetween), pictured ? Pictured::kYes : Pictured::kNo);
  }
}

}  // namespace

void paint_device(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large(), stacked = canvas.upright() || large;
  float const count = 3;
  choices(scene, box.take_bottom(stacked ? count * (ui::kSmallestTarget + 4) + (count - 1) * 12 : kButtonHeight,
                                 large ? 12 : kGap));
  auto all = facts(scene);
  // What does not fit on a line in large text is left out: it is for the curious, and normal text is one touch away.
  std::erase_if(all, [&](Fact const& fact) {
    std::string const& value = fact.brief.empty() ? fact.value : fact.brief;
    float const words =
        canvas.text_width(TextStyle::kSecondary, fact.label) + canvas.text_width(TextStyle::kStrong, value);
    return large && words + 24 > box.w - 2 * 24;
  });
  float const row = canvas.line_height(TextStyle::kStrong) + (large ? 0.0F : 16.0F), pad = large ? 10.0F : 20.0F;
  auto const fit = static_cast<std::size_t>(std::max(1.0F, (box.h - 2 * pad) / row));
  auto const shown = std::min(all.size(), fit);
  float const height = std::min(row * 1.35F, (box.h - 2 * pad) / static_cast<float>(shown));
  Rect const card = box.take_top(height * static_cast<float>(shown) + 2 * pad);
  canvas.card(card);
  Rect inner = card.inset(large ? 24.0F : 36.0F, pad);
  for (std::size_t i = 0; i < shown; ++i) {
    Rect line = inner.take_top(height);
    if (i > 0) canvas.fill({line.x, line.y, line.w, 1.5F}, colours.line);
    float const label = canvas.text_width(TextStyle::kSecondary, all[i].label);
    canvas.text(all[i].id + ".label", line.take_left(label, 24), all[i].label,
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .middle = true});
    canvas.text(
        all[i].id, line,
        canvas.fitting(TextStyle::kStrong, line.w, {all[i].value, all[i].brief.empty() ? all[i].value : all[i].brief}),
        {.style = TextStyle::kStrong,
         .ink = colours.ink,
         .ground = colours.card,
         .align = Align::kRight,
         .fit = Fit::kShorten,
         .middle = true});
  }
}

}  // namespace dga::screens
