#include <array>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Icon;
using ui::Rect;
using ui::TextStyle;

struct Invitation {
  Icon icon;  // kQr: the badge's code is drawn instead
  std::string title;
  std::vector<std::string> lines;  // as many as there is room for
};

Invitation invitation(Scene const& scene) {
  auto const& now = scene.state.session_now;
  if (now.open) return {Icon::kQr, scene.say("home.scan"), {scene.say("home.welcome")}};
  if (flow::clock_is_surely_wrong(scene.state))
    return {Icon::kClockFace, scene.say("home.clock_wrong"), {scene.say("home.clock_wrong_text")}};
  if (auto const* next = session_shown(scene.state); next != nullptr && now.opens_at_ms) {
    std::string const whole = opening_of(scene, *now.opens_at_ms),
                      brief = scene.say("session.opens_brief", {{"time", clock_of(scene.state, *now.opens_at_ms)},
                                                                {"date", date_of(scene.state, *now.opens_at_ms)}});
    std::string const opening(scene.canvas.large() ? brief : whole);
    return {Icon::kCalendar,
            scene.say("home.not_open"),
            {opening, joined({scene.say("session.next"), words_of(scene, *next).middle})}};
  }
  return {Icon::kTick, scene.say("home.closed"), {scene.say("home.closed_text")}};
}

// A code that says "hold it here", not one that anybody could scan: three eyes and some specks on a grid of 19.
void qr_motif(Scene& scene, Rect const& box, ui::Colour ink, ui::Colour ground) {
  float const cell = box.w / 19;
  auto const cells = [&](float x, float y, float w, float h, ui::Colour colour) {
    scene.canvas.fill({box.x + x * cell, box.y + y * cell, w * cell, h * cell}, colour, cell * 0.35F);
  };
  for (auto const& [x, y] : std::array<std::pair<float, float>, 3>{{{0, 0}, {12, 0}, {0, 12}}}) {
    cells(x, y, 7, 7, ink);
    cells(x + 1, y + 1, 5, 5, ground);
    cells(x + 2, y + 2, 3, 3, ink);
  }
  constexpr std::array<std::array<float, 4>, 16> kSpecks{{{8, 0, 2, 2},
                                                          {10, 3, 1, 3},
                                                          {8, 5, 1, 3},
                                                          {0, 8, 2, 1},
                                                          {4, 8, 3, 2},
                                                          {9, 9, 3, 2},
                                                          {14, 8, 2, 2},
                                                          {17, 9, 2, 3},
                                                          {8, 12, 2, 3},
                                                          {11, 13, 3, 2},
                                                          {16, 14, 3, 1},
                                                          {10, 16, 2, 3},
                                                          {14, 17, 2, 2},
                                                          {17, 16, 2, 3},
                                                          {13, 11, 1, 1},
                                                          {11, 0, 1, 1}}};
  for (auto const& speck : kSpecks) cells(speck[0], speck[1], speck[2], speck[3], ink);
}

void tile(Scene& scene, Rect const& box, Icon icon) {
  auto const& colours = scene.colours();
  scene.canvas.fill(box, colours.tint, 30);
  if (colours.shadow_strength <= 0) scene.canvas.outline(box, colours.line, 30, 3);
  float const side = box.w * 0.7F;
  Rect const inner{box.centre().x - side / 2, box.centre().y - side / 2, side, side};
  icon == Icon::kQr ? qr_motif(scene, inner, colours.on_tint, colours.tint)
                    : scene.canvas.icon(icon, inner.inset(side * 0.06F), colours.on_tint);
}

// The words of an invitation and how tall they are: the title, and as many lines below it as `most` leaves room for.
struct Words {
  std::string title;
  std::vector<std::string> lines;
  float height = 0;
};

constexpr float kBetweenLines = 14;

Words words_within(ui::Canvas const& canvas, Invitation const& invited, float width, float most) {
  Words words{invited.title, {}, canvas.text_height(TextStyle::kTitle, invited.title, width)};
  for (auto const& line : invited.lines) {
    float const more = canvas.text_height(TextStyle::kBody, line, width) + kBetweenLines;
    if (words.height + more > most) continue;
    words.height += more;
    words.lines.push_back(line);
  }
  return words;
}

void draw_words(Scene& scene, Words const& words, Rect box, Align align) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.text(
      "home.title", box.take_top(canvas.text_height(TextStyle::kTitle, words.title, box.w), kBetweenLines), words.title,
      {.style = TextStyle::kTitle, .ink = colours.ink, .ground = colours.card, .align = align, .fit = Fit::kWrap});
  for (std::size_t i = 0; i < words.lines.size(); ++i) {
    Rect const line = box.take_top(canvas.text_height(TextStyle::kBody, words.lines[i], box.w), kBetweenLines);
    canvas.text(
        "home.line." + std::to_string(i), line, words.lines[i],
        {.style = TextStyle::kBody, .ink = colours.ink2, .ground = colours.card, .align = align, .fit = Fit::kWrap});
  }
}

void hero(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  Invitation const invited = invitation(scene);
  canvas.card(box);
  if (colours.shadow_strength > 0) canvas.fill_gradient(box, colours.card, colours.tint, 28);
  if (!canvas.upright()) {
    Rect inner = box.inset(56, canvas.large() ? 24 : 44);
    float const side = std::min({inner.h, 270.0F, inner.w * 0.26F});
    Rect const left = inner.take_left(side, 56);
    tile(scene, {left.x, left.centre().y - side / 2, side, side}, invited.icon);
    Words const words = words_within(canvas, invited, inner.w, inner.h);
    return draw_words(scene, words, {inner.x, inner.centre().y - words.height / 2, inner.w, words.height},
                      Align::kLeft);
  }
  constexpr float kToWords = 52, kLargestTile = 340, kSmallestTile = 120;
  Rect inner = box.inset(48, 40);
  Words const words = words_within(canvas, invited, inner.w, inner.h);
  float const side = std::min(kLargestTile, inner.h - words.height - kToWords);
  bool const pictured = side >= kSmallestTile;
  float const height = words.height + (pictured ? side + kToWords : 0);
  inner = {inner.x, inner.centre().y - height / 2, inner.w, height};
  if (pictured) tile(scene, {box.centre().x - side / 2, inner.take_top(side, kToWords).y, side, side}, invited.icon);
  draw_words(scene, words, inner, Align::kCentre);
}

void find_button(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  if (canvas.touch("home.find", box, scene.say("home.find"), ui::Role::kButton, 28))
    scene.emit(flow::event::FindMyName{});
  bool const down = canvas.pressed("home.find");
  Rect const seen = down ? box.inset(2) : box;
  canvas.card(seen, down ? ui::Depth::kFlat : ui::Depth::kRaised);
  if (down) canvas.fill(seen, colours.tint, 28);
  Rect inner = seen.inset(32, 0);
  float const radius = std::min(40.0F, box.h / 2 - 16);
  ui::Rect const disc = inner.take_left(2 * radius, 28);
  canvas.disc(disc.centre(), radius, colours.tint);
  canvas.icon(Icon::kSearch, {disc.centre().x - 22, disc.centre().y - 22, 44, 44}, colours.on_tint);
  Rect const arrow = inner.take_right(40, 12);
  canvas.icon(Icon::kNext, {arrow.x, arrow.centre().y - 20, 40, 40}, colours.on_tint);
  std::string const& hint = scene.say("home.find_hint");
  float const label = canvas.line_height(TextStyle::kButton), second = canvas.line_height(TextStyle::kSecondary);
  bool const hinted = label + second <= box.h - 16 && canvas.text_width(TextStyle::kSecondary, hint) <= inner.w;
  Rect words{inner.x, box.centre().y - (hinted ? label + second : label) / 2, inner.w, label};
  canvas.text("home.find.label", words, scene.say("home.find"),
              {.style = TextStyle::kButton, .ink = colours.on_tint, .ground = colours.card, .inside = "home.find"});
  if (!hinted) return;
  canvas.text("home.find.hint", {words.x, words.bottom(), words.w, second}, hint,
              {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .inside = "home.find"});
}

// How many are here: a fact, so it stands flat on the paper and not on a card that asks to be touched.
void present(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  std::string const words = scene.say("home.present", {{"n", std::to_string(scene.state.present_in_session)}});
  float const width = canvas.text_width(TextStyle::kStrong, words);
  if (width + 70 > box.w) return;
  float const left = canvas.upright() ? box.x + 8 : box.right() - width - 8;
  canvas.icon(Icon::kPeople, {left - 62, box.centre().y - 22, 44, 44}, colours.ink2);
  canvas.text("home.present", {left, box.y, width, box.h}, words,
              {.style = TextStyle::kStrong, .ink = colours.ink2, .ground = colours.paper, .middle = true});
}

void foot(Scene& scene, Rect row) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  Rect const staff = row.take_right(ui::kSmallestTarget, 16);
  if (canvas.touch("home.staff", staff, scene.say("home.staff"))) scene.emit(flow::event::OpenStaff{});
  if (canvas.pressed("home.staff")) canvas.fill(staff.inset(8), colours.tint, 24);
  canvas.icon(Icon::kLock, {staff.centre().x - 20, staff.centre().y - 20, 40, 40}, colours.ink2);
  std::string const name =
      scene.state.kiosk_name.empty() ? "" : scene.say("kiosk.name", {{"name", scene.state.kiosk_name}});
  std::string const waiting = scene.say("sync.waiting", {{"n", std::to_string(scene.state.sync.waiting)}});
  bool const any = scene.state.sync.waiting > 0;
  std::string const whole = any ? joined({waiting, name}) : name;
  float const half = row.w * (canvas.large() ? 0.5F : 0.46F);
  std::string const right(
      canvas.fitting(TextStyle::kSecondary, half, {whole, any ? std::string_view(waiting) : std::string_view(name)}));
  float const width = canvas.text_width(TextStyle::kSecondary, right);
  bool const two_rows =
      width + 24 + canvas.text_width(TextStyle::kSecondary, scene.say("sync.offline_short")) + 40 > row.w;
  if (two_rows) {
    float const line = std::min(row.h / 2, canvas.line_height(TextStyle::kSecondary));
    Rect lines{row.x, row.centre().y - line, row.w, 2 * line};
    sync_line(scene, lines.take_top(line), "home.sync");
    canvas.text("home.waiting", lines, right,
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.paper});
    return;
  }
  canvas.text("home.waiting", row.take_right(width, 24), right,
              {.style = TextStyle::kSecondary,
               .ink = colours.ink2,
               .ground = colours.paper,
               .align = Align::kRight,
               .middle = true});
  sync_line(scene, row, "home.sync");
}

}  // namespace

void paint(Scene& scene, flow::screen::Home const&) {
  auto& canvas = scene.canvas;
  Rect rest = canvas.area();
  banner(scene, rest);
  header(scene, rest, HeaderChoices::kAll);
  space_strip(scene, rest);
  Rect row = rest.take_bottom(std::max(ui::kSmallestTarget, 2 * canvas.line_height(TextStyle::kSecondary) *
                                                                (canvas.upright() ? 1.0F : 0.0F)))
                 .inset(kMargin, 0);
  row.w += kMargin - 12;
  foot(scene, row);
  rest = {rest.x + kMargin, rest.y + 32, rest.w - 2 * kMargin, rest.h - 36};
  bool const present_shown = scene.state.session_now.open.has_value();
  if (canvas.upright()) {
    if (present_shown) present(scene, rest.take_bottom(canvas.line_height(TextStyle::kStrong) + 12, 16).moved(62, 0));
    Rect const button = rest.take_bottom(kButtonHeight + 8, 28);
    find_button(scene, button);
  } else {
    Rect buttons = rest.take_bottom(kButtonHeight, 28);
    Rect const fact = buttons;
    float const wanted = canvas.large() ? buttons.w : std::max(640.0F, buttons.w * 0.55F);
    find_button(scene, buttons.take_left(std::min(wanted, buttons.w), kGap));
    if (present_shown && buttons.w > 100) present(scene, {buttons.x + 62, fact.y, buttons.w - 62, fact.h});
  }
  hero(scene, rest);
}

}  // namespace dga::screens
