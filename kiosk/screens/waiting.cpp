#include <cmath>
#include <numbers>
#include <vector>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {

void paint(Scene& scene, flow::screen::Waiting const&) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  ui::Rect rest = canvas.area();
  banner(scene, rest);
  constexpr float kRadius = 64, kTurnMs = 900;
  std::string const& title = scene.say("waiting.title");
  float const width = rest.w - 2 * kMargin;
  float const title_height = canvas.text_height(ui::TextStyle::kTitle, title, width);
  float const text_height = canvas.text_height(ui::TextStyle::kBody, scene.say("waiting.text"), width);
  ui::Rect words{kMargin, rest.centre().y - (2 * kRadius + 48 + title_height + 12 + text_height) / 2, width,
                 2 * kRadius};
  ui::Point const centre = words.take_top(2 * kRadius, 48).centre();

  auto const ring = [&](float from, float to, ui::Colour colour) {
    std::vector<ui::Point> path;
    for (int i = 0; i <= 48; ++i) {
      float const turn = (from + (to - from) * static_cast<float>(i) / 48) * 2 * std::numbers::pi_v<float>;
      path.push_back({centre.x + kRadius * std::cos(turn), centre.y + kRadius * std::sin(turn)});
    }
    canvas.line(path, colour, 12);
  };
  float const turned = static_cast<float>(scene.state.mono_ms % static_cast<std::uint64_t>(kTurnMs)) / kTurnMs;
  ring(0, 1, colours.line);
  ring(turned, turned + 0.28F, colours.action);
  canvas.keep_moving();

  canvas.text("waiting.title", words.take_top(title_height, 12), title,
              {.style = ui::TextStyle::kTitle,
               .ink = colours.ink,
               .ground = colours.paper,
               .align = ui::Align::kCentre,
               .fit = ui::Fit::kWrap});
  canvas.text("waiting.text", words.take_top(text_height), scene.say("waiting.text"),
              {.style = ui::TextStyle::kBody,
               .ink = colours.ink2,
               .ground = colours.paper,
               .align = ui::Align::kCentre,
               .fit = ui::Fit::kWrap});
}

}  // namespace dga::screens
