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
};

std::vector<Fact> facts(Scene const& scene) {
  flow::State const& state = scene.state;
  std::vector<Fact> all;
  all.push_back({"device.kiosk", scene.say("devicepage.kiosk"), state.kiosk_name});
  all.push_back({"device.clock", scene.say("devicepage.clock"), joined({clock_of(state, state.wall_ms), date_of(state, state.wall_ms)})});
  if (state.a_class) {
    auto const& pack = state.a_class->pack;
    all.push_back({"device.roster", scene.say("devicepage.roster"),
                   scene.say("devicepage.roster_value", {{"n", std::to_string(pack.roster_size())}, {"version", std::to_string(pack.pack_version())}})});
    if (pack.made_ms() > 0) {
      all.push_back({"device.made", scene.say("devicepage.made"), joined({clock_of(state, pack.made_ms()), date_of(state, pack.made_ms())})});
    }
  } else {
    all.push_back({"device.roster", scene.say("devicepage.roster"), scene.say("devicepage.no_class")});
  }
  all.push_back({"device.log", scene.say("devicepage.log"), scene.say("devicepage.log_value", {{"n", std::to_string(state.sync.recorded)}})});
  ui::Panel const& panel = scene.canvas.metrics().panel();
  std::string const size = std::to_string(std::lround(panel.size.width)) + " × " + std::to_string(std::lround(panel.size.height));
  all.push_back({"device.screen", scene.say("devicepage.screen"),
                 scene.say("devicepage.screen_value", {{"width", std::to_string(panel.width_px)}, {"height", std::to_string(panel.height_px)}, {"mm", size}})});
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

// A choice: its name above what is chosen now; a touch takes the next one.
bool choice(Scene& scene, std::string const& id, Rect const& box, std::string const& name, std::string const& value, ui::Icon icon) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const tapped = canvas.touch(id, box, joined({name, value}), ui::Role::kButton, 24);
  bool const down = canvas.pressed(id);
  canvas.card(down ? box.inset(2) : box, down ? ui::Depth::kFlat : ui::Depth::kRaised, 24);
  if (down) canvas.fill(box.inset(2), colours.tint, 24);
  float const first = canvas.line_height(TextStyle::kSecondary), second = canvas.line_height(TextStyle::kButton);
  Rect words = box.inset(24, 0);
  if (!canvas.large()) {
    Rect const left = words.take_left(52, 16);
    canvas.icon(icon, {left.x, left.centre().y - 22, 44, 44}, colours.on_tint);
  }
  bool const named = first + second <= box.h && !canvas.large();
  float const height = named ? first + second : second;
  words = {words.x, box.centre().y - height / 2, words.w, height};
  if (named) canvas.text(id + ".name", words.take_top(first), name, {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .inside = id});
  std::string const shown = named ? value : name;
  canvas.text(id + ".value", words, shown,
              {.style = TextStyle::kButton, .ink = colours.on_tint, .ground = colours.card, .inside = id});
  return tapped;
}

void choices(Scene& scene, Rect box) {
  flow::State const& state = scene.state;
  bool const large = scene.canvas.large(), stacked = scene.canvas.upright() || large;
  float const count = 3;
  auto const next = [&]() {
    return stacked ? box.take_top(ui::kSmallestTarget + 4, 12) : box.take_left((box.w - (count - 1) * 16) / count, 16);
  };
  float const width = box.w;
  if (!stacked) {
    // The longest name decides: "Tương phản cao".
    float const wide = (width - 32) * 0.42F, narrow = (width - 32 - wide) / 2;
    if (choice(scene, "device.theme", box.take_left(wide, 16), scene.say("look.theme"), scene.say(theme_key(state.theme)), ui::Icon::kContrast)) scene.emit(flow::event::ToggleTheme{});
    if (choice(scene, "device.large_text", box.take_left(narrow, 16), scene.say("look.large_text"), scene.say(state.large_text ? "look.on" : "look.off"), ui::Icon::kSearch)) scene.emit(flow::event::ToggleLargeText{});
    if (choice(scene, "device.language", box, scene.say("look.language"), scene.say("look.language.this"), ui::Icon::kGlobe)) scene.emit(flow::event::ToggleLanguage{});
    return;
  }
  if (choice(scene, "device.theme", next(), scene.say("look.theme"), scene.say(theme_key(state.theme)), ui::Icon::kContrast)) scene.emit(flow::event::ToggleTheme{});
  if (choice(scene, "device.large_text", next(), scene.say("look.large_text"), scene.say(state.large_text ? "look.on" : "look.off"), ui::Icon::kSearch)) scene.emit(flow::event::ToggleLargeText{});
  if (choice(scene, "device.language", next(), scene.say("look.language"), scene.say("look.language.this"), ui::Icon::kGlobe)) scene.emit(flow::event::ToggleLanguage{});
}

}  // namespace

void paint_device(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large(), stacked = canvas.upright() || large;
  float const count = 3;
  choices(scene, box.take_bottom(stacked ? count * (ui::kSmallestTarget + 4) + (count - 1) * 12 : kButtonHeight, large ? 12 : kGap));
  auto const all = facts(scene);
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
    canvas.text(all[i].id, line, all[i].value,
                {.style = TextStyle::kStrong, .ink = colours.ink, .ground = colours.card, .align = Align::kRight, .fit = Fit::kShorten, .middle = true});
  }
}

}  // namespace dga::screens
