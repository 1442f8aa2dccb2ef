#include <algorithm>
#include <array>
#include <string>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using ui::Fit;
using ui::Rect;
using ui::TextStyle;

// A day's limits to choose from, in megabytes: a class's check-ins are some kilobytes, its pack some tens of them.
constexpr std::array<std::uint64_t, 4> kMegabytes{1, 5, 20, 100};
constexpr std::uint64_t kMegabyte = 1'000'000;

void choice(Scene& scene, std::string const& id, Rect const& box, std::string const& label,
            std::optional<std::uint64_t> most_bytes) {
  auto& canvas = scene.canvas;
  auto const& budget = scene.state.sync.budget;
  bool const chosen = most_bytes ? budget && budget->most_bytes == *most_bytes : !budget;
  // Not by colour alone: what is chosen has a tick.
  bool const room = canvas.text_width(TextStyle::kButton, label) + 90 <= box.w;
  if (canvas.button(id, box, label, chosen ? ui::ButtonLook::kPrimary : ui::ButtonLook::kQuiet,
                    chosen && room ? ui::Icon::kTick : ui::Icon::kNone))
    scene.emit(flow::event::LimitChosen{most_bytes});
}

std::string used(Scene const& scene) {
  auto const& budget = scene.state.sync.budget;
  if (!budget) return scene.say("limitpage.text");
  return scene.say("syncpage.budget",
                   {{"used", kilobytes(scene, budget->used_bytes)}, {"most", kilobytes(scene, budget->most_bytes)}});
}

}  // namespace

void paint_limit(Scene& scene, flow::screen::Staff const& screen, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large();
  Rect row = box.take_bottom(large ? ui::kSmallestTarget : kButtonHeight, large ? 12 : 20);
  std::string const& back = scene.say("action.back");
  if (canvas.button("limit.back", row.take_left(canvas.text_width(TextStyle::kButton, back) + 150), back,
                    ui::ButtonLook::kQuiet, ui::Icon::kBack))
    scene.emit(flow::event::Back{});
  canvas.card(box);
  Rect inner = box.inset(large ? 20.0F : 40.0F, large ? 12.0F : 26.0F);

  constexpr float kBetween = 12;
  std::size_t const columns = large || canvas.upright() ? 2 : 3;
  // "None" takes two places, so that its words fit.
  auto const rows = static_cast<float>((kMegabytes.size() + 2 + columns - 1) / columns);
  Rect const choices = inner.take_bottom(rows * ui::kSmallestTarget + (rows - 1) * kBetween, kBetween);
  std::string const& title = scene.say("limitpage.title");
  auto const tall = [&](TextStyle style, std::string const& words) {
    return canvas.text_height(style, words, inner.w);
  };
  auto const style = tall(TextStyle::kHeading, title) <= inner.h ? TextStyle::kHeading : TextStyle::kStrong;
  canvas.text("limit.title", inner.take_top(std::min(inner.h, tall(style, title)), 8), title,
              {.style = style, .ink = colours.ink, .ground = colours.card, .fit = Fit::kWrap});
  auto const add = [&](std::string const& id, std::string const& words, ui::Colour ink) {
    for (auto const smaller : {TextStyle::kBody, TextStyle::kSecondary}) {
      if (tall(smaller, words) > inner.h) continue;
      canvas.text(id, inner.take_top(tall(smaller, words)), words,
                  {.style = smaller, .ink = ink, .ground = colours.card, .fit = Fit::kWrap});
      return;
    }
  };
  // That a choice does not hold is worth more than what was used.
  if (!screen.error_code.empty()) add("limit.error", error_text(scene, screen.error_code), colours.refused.ink);
  add("limit.used", used(scene), colours.ink2);

  float const width = (choices.w - kBetween * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  auto const place = [&](std::size_t number, std::size_t wide) {
    return Rect{choices.x + static_cast<float>(number % columns) * (width + kBetween),
                choices.y + static_cast<float>(number / columns) * (ui::kSmallestTarget + kBetween),
                width * static_cast<float>(wide) + kBetween * static_cast<float>(wide - 1), ui::kSmallestTarget};
  };
  choice(scene, "limit.none", place(0, 2), scene.say("limitpage.none"), {});
  for (std::size_t i = 0; i < kMegabytes.size(); ++i) {
    std::string const megabytes = std::to_string(kMegabytes[i]);
    choice(scene, "limit." + megabytes, place(i + 2, 1), scene.say("limitpage.megabytes", {{"n", megabytes}}),
           kMegabytes[i] * kMegabyte);
  }
}

}  // namespace dga::screens
