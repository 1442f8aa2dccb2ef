#include <algorithm>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"
#include "kiosk/ui/keyboard.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Icon;
using ui::Rect;
using ui::TextStyle;

constexpr float kSide = 20, kStep = 8;

void person(Scene& scene, std::uint32_t place, std::string const& id, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const& entry = scene.state.a_class->pack.roster(static_cast<int>(place));
  std::string const tail = entry.phone_tail().empty() ? "" : scene.say("find.tail", {{"digits", entry.phone_tail()}});
  if (canvas.touch(id, box, joined({entry.name(), entry.agency(), tail}), ui::Role::kListItem, 24))
    scene.emit(flow::event::PersonChosen{place});
  bool const down = canvas.pressed(id);
  canvas.card(down ? box.inset(2) : box, down ? ui::Depth::kFlat : ui::Depth::kRaised, 24);
  if (down) canvas.fill(box.inset(2), colours.tint, 24);
  float const first = canvas.line_height(TextStyle::kButton), second = canvas.line_height(TextStyle::kSecondary);
  Rect words = box.inset(26, 0);
  words = {words.x, box.centre().y - (first + second) / 2, words.w, first + second};
  canvas.text(
      id + ".name", words.take_top(first), entry.name(),
      {.style = TextStyle::kButton, .ink = colours.ink, .ground = colours.card, .fit = Fit::kShorten, .inside = id});
  // The tail tells people of one name apart: it is never what is cut off.
  std::string const end = tail.empty() ? "" : " · " + tail;
  float const end_width = canvas.text_width(TextStyle::kSecondary, end);
  Rect agency = words;
  agency.w -= end_width;
  Rect const drawn = canvas.text(id + ".agency", agency, entry.agency(),
                                 {.style = TextStyle::kSecondary,
                                  .ink = colours.ink2,
                                  .ground = colours.card,
                                  .fit = Fit::kShorten,
                                  .inside = id});
  canvas.text(id + ".tail", {drawn.right(), words.y, end_width, words.h}, entry.agency().empty() ? tail : end,
              {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .inside = id});
}

void nobody(Scene& scene, flow::screen::FindName const& screen, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const asked = !screen.text.empty();
  std::string const& title = scene.say(asked ? "find.none" : "find.title");
  std::string const& text = scene.say(asked ? "find.none_text" : "find.start_text");
  float const first = canvas.text_height(TextStyle::kHeading, title, box.w - 2 * kMargin);
  float const second = canvas.text_height(TextStyle::kBody, text, box.w - 2 * kMargin);
  bool const both = first + second <= box.h;
  Rect words{box.x + kMargin, box.centre().y - (both ? first + second : first) / 2, box.w - 2 * kMargin, first};
  canvas.text("find.message", words, title,
              {.style = TextStyle::kHeading,
               .ink = colours.ink,
               .ground = colours.paper,
               .align = Align::kCentre,
               .fit = Fit::kWrap});
  if (!both) return;
  canvas.text("find.what_next", {words.x, words.bottom() + 4, words.w, second}, text,
              {.style = TextStyle::kBody,
               .ink = colours.ink2,
               .ground = colours.paper,
               .align = Align::kCentre,
               .fit = Fit::kWrap});
}

std::size_t shown_at_once(ui::Canvas const& canvas) {
  return canvas.large() ? (canvas.upright() ? 2 : 1) : flow::kFoundOnAPage;
}

std::string list_of(flow::screen::FindName const& screen) {
  return "find." + std::to_string(screen.page) + "." + screen.text;
}

void results(Scene& scene, flow::screen::FindName const& screen, Leaves const& leaves, Rect area) {
  auto& canvas = scene.canvas;
  std::size_t const columns = canvas.upright() || canvas.large() ? 1 : 2;
  std::size_t const rows = leaves.count == 0 ? 1 : shown_at_once(canvas) / columns;
  if (leaves.all > 1) {
    bool const low = area.h < 2 * ui::kSmallestTarget + kStep - 1;
    bool const both_ways = leaves.number > 1 && leaves.number < leaves.all;
    Rect const pager = area.take_right(low && both_ways ? 2 * ui::kSmallestTarget + kStep : ui::kSmallestTarget, 12);
    leafing(scene, "find", list_of(screen), leaves, screen.page, flow::kFoundOnAPage, pager);
  }
  float const width = (area.w - static_cast<float>(columns - 1) * kStep * 1.5F) / static_cast<float>(columns);
  float const fits = (area.h - static_cast<float>(rows - 1) * kStep) / static_cast<float>(rows);
  float const height = std::min(std::max(ui::kSmallestTarget, fits), 170.0F);
  for (std::size_t i = 0; i < leaves.count; ++i) {
    float const x = area.x + static_cast<float>(i % columns) * (width + kStep * 1.5F);
    float const y = area.y + static_cast<float>(i / columns) * (height + kStep);
    person(scene, screen.found[leaves.first + i], "find.person." + std::to_string(i), {x, y, width, height});
  }
}

void type(Scene& scene, flow::screen::FindName const& screen) {
  ui::KeyboardLook look;
  look.shift = screen.shift;
  look.digits = screen.digits;
  look.telex = screen.telex ? ui::Telex::kOn : ui::Telex::kOff;
  look.back = scene.say("action.back");
  look.submit = scene.say("find.submit");
  look.telex_label = scene.say("key.telex");
  look.plain_label = scene.say("key.plain");
  type_on(scene, std::move(look));
}

}  // namespace

void paint(Scene& scene, flow::screen::FindName const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  Rect rest = canvas.area();
  banner(scene, rest);
  rest.take_bottom(ui::keyboard_height(canvas), kStep);
  rest = rest.inset(kSide, 0);
  bool const tight = canvas.area().h < 790;
  rest.take_top(tight ? 4.0F : kStep);
  Rect line = rest.take_top(canvas.large() ? 92.0F : tight ? 66.0F : 84.0F, tight ? 6.0F : kStep);
  Leaves const leaves =
      leaves_of(scene, list_of(screen), screen.found.size(), screen.page, flow::kFoundOnAPage, shown_at_once(canvas));
  if (leaves.all > 1) {
    std::string const words =
        scene.say("find.page", {{"page", std::to_string(leaves.number)}, {"pages", std::to_string(leaves.all)}});
    float const width = std::max(ui::kSmallestTarget, canvas.text_width(TextStyle::kStrong, words));
    canvas.text("find.page", line.take_right(width, 12), words,
                {.style = TextStyle::kStrong,
                 .ink = colours.ink2,
                 .ground = colours.paper,
                 .align = Align::kCentre,
                 .middle = true});
  }
  field(scene, "find.field", line, scene.say("find.title"), screen.text, Typed::kShown);
  std::string const& hint = scene.say("find.hint");
  float const hint_width = canvas.text_width(TextStyle::kSecondary, hint);
  if (canvas.text_width(TextStyle::kHeading, screen.text) + hint_width + 130 < line.w) {
    canvas.text("find.hint", {line.right() - hint_width - 30, line.y, hint_width, line.h}, hint,
                {.style = TextStyle::kSecondary,
                 .ink = colours.ink2,
                 .ground = colours.card,
                 .middle = true,
                 .inside = "find.field"});
  }
  screen.found.empty() ? nobody(scene, screen, rest) : results(scene, screen, leaves, rest);
  type(scene, screen);
}

}  // namespace dga::screens
