#include <algorithm>
#include <array>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::ButtonLook;
using ui::Fit;
using ui::Icon;
using ui::Rect;
using ui::TextStyle;

constexpr float kBetween = 14;

struct Message {
  std::string text;
  ui::Colour ink;
};

Message message_of(Scene const& scene, flow::screen::Pin const& screen) {
  auto const& colours = scene.colours();
  if (screen.checking) return {scene.say("pin.checking"), colours.ink2};
  if (screen.locked_until_ms && *screen.locked_until_ms > scene.state.mono_ms) {
    std::uint64_t const seconds = (*screen.locked_until_ms - scene.state.mono_ms + 999) / 1000;
    bool const brief = seconds < 60;
    std::string const n = std::to_string(brief ? seconds : (seconds + 59) / 60);
    return {scene.say(brief ? "pin.locked_seconds" : "pin.locked_minutes", {{"n", n}}), colours.refused.ink};
  }
  if (!screen.error_code.empty()) {
    std::string const tries = scene.say("pin.tries", {{"n", std::to_string(screen.tries_left)}});
    return {scene.say("pin.wrong") + ". " + tries + ".", colours.refused.ink};
  }
  return {scene.say("pin.text"), colours.ink2};
}

void pad(Scene& scene, flow::screen::Pin const& screen, Rect const& box) {
  auto& canvas = scene.canvas;
  float const width = (box.w - 2 * kBetween) / 3, height = (box.h - 3 * kBetween) / 4;
  auto const at = [&](int column, int row) {
    return Rect{box.x + static_cast<float>(column) * (width + kBetween),
                box.y + static_cast<float>(row) * (height + kBetween), width, height};
  };
  bool const locked = screen.locked_until_ms && *screen.locked_until_ms > scene.state.mono_ms;
  if (locked) {
    // Keys that would do nothing are not shown as keys.
    canvas.fill(box, scene.colours().tint, 28);
    if (scene.colours().shadow_strength <= 0) canvas.outline(box, scene.colours().line, 28, 3);
    canvas.icon(Icon::kLock, {box.centre().x - 70, box.centre().y - 70, 140, 140}, scene.colours().on_tint);
    return;
  }
  for (int digit = 1; digit <= 9; ++digit) {
    std::string const text = std::to_string(digit);
    if (canvas.button("pin." + text, at((digit - 1) % 3, (digit - 1) / 3), text, ButtonLook::kPlain, Icon::kNone,
                      TextStyle::kHeading)) {
      scene.emit(flow::event::KeyTyped{text});
    }
  }
  if (canvas.button("pin.erase", at(0, 3), "", ButtonLook::kQuiet, Icon::kErase)) scene.emit(flow::event::KeyErase{});
  canvas.name_last(scene.say("key.erase"));
  if (canvas.button("pin.0", at(1, 3), "0", ButtonLook::kPlain, Icon::kNone, TextStyle::kHeading))
    scene.emit(flow::event::KeyTyped{"0"});
  if (canvas.button("pin.confirm", at(2, 3), "", ButtonLook::kPrimary, Icon::kTick)) scene.emit(flow::event::Submit{});
  canvas.name_last(scene.say("pin.confirm"));
}

}  // namespace

void paint(Scene& scene, flow::screen::Pin const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large(), upright = canvas.upright();
  Rect rest = canvas.area();
  banner(scene, rest);
  rest = rest.inset(kMargin, large ? 20.0F : 32.0F);
  std::string const& title = scene.say("pin.title");
  Message const message = message_of(scene, screen);

  Rect words, keys;
  float const back_width = canvas.text_width(TextStyle::kButton, scene.say("action.back")) + (large ? 60.0F : 130.0F);
  Rect back;
  if (upright) {
    back = rest.take_bottom(kButtonHeight, 28);
    back.w = std::min(back.w, back_width);
    keys = rest.take_bottom(std::min(rest.h * 0.56F, 640.0F), 36);
    keys = {keys.centre().x - std::min(keys.w, 600.0F) / 2, keys.y, std::min(keys.w, 600.0F), keys.h};
    words = rest;
  } else {
    keys = rest.take_right(std::min(rest.w * 0.44F, 560.0F), 56);
    back = rest.take_bottom(kButtonHeight);
    back.w = std::min(rest.w, back_width);
    words = rest;
  }
  if (canvas.button("pin.back", back, scene.say("action.back"), ButtonLook::kOutlined,
                    large ? Icon::kNone : Icon::kBack))
    scene.emit(flow::event::Back{});
  pad(scene, screen, keys);

  Align const align = upright ? Align::kCentre : Align::kLeft;
  float const title_height = canvas.text_height(TextStyle::kTitle, title, words.w);
  float const message_height = canvas.text_height(TextStyle::kBody, message.text, words.w);
  constexpr float kField = 100;
  float const height = title_height + 24 + kField + 20 + message_height;
  bool const signed_ = !large && words.h > height + 140;
  if (upright) words.take_top(std::max(0.0F, (words.h - height - (signed_ ? 132.0F : 0.0F)) / 2));
  if (signed_) {
    Rect const top = words.take_top(100, 32);
    ui::Point const centre = upright ? top.centre() : ui::Point{top.x + 50, top.centre().y};
    canvas.disc(centre, 50, colours.tint);
    canvas.icon(Icon::kLock, {centre.x - 26, centre.y - 26, 52, 52}, colours.on_tint);
  }
  canvas.text(
      "pin.title", words.take_top(title_height, 24), title,
      {.style = TextStyle::kTitle, .ink = colours.ink, .ground = colours.paper, .align = align, .fit = Fit::kWrap});
  bool const locked = screen.locked_until_ms && *screen.locked_until_ms > scene.state.mono_ms;
  if (locked) {
    canvas.text(
        "pin.message", words.take_top(message_height), message.text,
        {.style = TextStyle::kBody, .ink = message.ink, .ground = colours.paper, .align = align, .fit = Fit::kWrap});
    return;
  }
  Rect line = words.take_top(kField, 20);
  float const field_width = std::min(line.w, 480.0F);
  field(scene, "pin.field",
        upright ? Rect{line.centre().x - field_width / 2, line.y, field_width, line.h}
                : Rect{line.x, line.y, field_width, line.h},
        title, screen.typed, Typed::kMasked);
  canvas.text(
      "pin.message", words.take_top(message_height), message.text,
      {.style = TextStyle::kBody, .ink = message.ink, .ground = colours.paper, .align = align, .fit = Fit::kWrap});
}

}  // namespace dga::screens
