#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kiosk/flow/flow.h"
#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

// What is left of the time, as a ring that runs out from the top.
void countdown(Scene& scene, ui::Point centre, float radius, float share, std::string const& seconds) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const ring = [&](float part, ui::Colour colour) {
    std::vector<ui::Point> path;
    for (int i = 0; i <= 72; ++i) {
      float const turn = (part * static_cast<float>(i) / 72 - 0.25F) * 2 * std::numbers::pi_v<float>;
      path.push_back({centre.x + radius * std::cos(turn), centre.y + radius * std::sin(turn)});
    }
    canvas.line(path, colour, 14);
  };
  ring(1, colours.line);
  if (share > 0) ring(share, colours.action);
  canvas.text("still.seconds", {centre.x - radius, centre.y - radius, 2 * radius, 2 * radius}, seconds,
              {.style = ui::TextStyle::kNumber,
               .ink = colours.ink,
               .ground = colours.card,
               .align = ui::Align::kCentre,
               .middle = true});
}

}  // namespace

void paint(Scene& scene, flow::screen::StillThere const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  ui::Rect rest = canvas.area();
  banner(scene, rest);
  std::uint64_t const left_ms = screen.until_ms - std::min(screen.until_ms, scene.state.mono_ms);
  std::string const seconds = std::to_string((left_ms + 999) / 1000);
  std::string const& title = scene.say("still.title");
  std::string const text = scene.say("still.text", {{"n", seconds}});

  constexpr float kPad = 48;
  bool const large = canvas.large();
  float const radius = large ? 70 : 84;
  ui::Rect const bounds = rest.inset(kMargin, large ? 12 : kMargin);
  float const width = std::min(bounds.w, 980.0F) - 2 * kPad;
  float const title_height = canvas.text_height(ui::TextStyle::kTitle, title, width);
  float const text_height = canvas.text_height(ui::TextStyle::kBody, text, width);
  float const needed = 2 * radius + 28 + title_height + 12 + text_height + 32 + kButtonHeight + 2 * kPad;
  bool const ringed = needed <= bounds.h;
  float const height = ringed ? needed : needed - 2 * radius - 28;
  ui::Rect const card{bounds.centre().x - width / 2 - kPad, bounds.centre().y - height / 2, width + 2 * kPad, height};
  canvas.card(card);
  ui::Rect inner = card.inset(kPad, ringed ? kPad : kPad * 0.7F);
  if (ringed) {
    auto const total = static_cast<float>(flow::kStillThereMs);
    countdown(scene, inner.take_top(2 * radius, 28).centre(), radius,
              std::min(1.0F, static_cast<float>(left_ms) / total), seconds);
  }
  canvas.text("still.title", inner.take_top(title_height, 12), title,
              {.style = ui::TextStyle::kTitle,
               .ink = colours.ink,
               .ground = colours.card,
               .align = ui::Align::kCentre,
               .fit = ui::Fit::kWrap});
  canvas.text("still.text", inner.take_top(text_height), text,
              {.style = ui::TextStyle::kBody,
               .ink = colours.ink2,
               .ground = colours.card,
               .align = ui::Align::kCentre,
               .fit = ui::Fit::kWrap});
  ui::Rect const button = inner.take_bottom(kButtonHeight);
  float const wide = std::min(button.w, 460.0F + (large ? 100.0F : 0.0F));
  if (canvas.button("still.here", {button.centre().x - wide / 2, button.y, wide, button.h}, scene.say("still.here"),
                    ui::ButtonLook::kPrimary)) {
    scene.emit(flow::event::Tapped{});
  }
}

}  // namespace dga::screens
