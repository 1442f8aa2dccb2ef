#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

std::string group_of(Scene const& scene, v1::RosterEntry const& entry) {
  for (auto const& group : scene.state.a_class->pack.class_().groups()) {
    if (group.id() == entry.group()) return joined({scene.say("you.group") + " " + std::to_string(group.id()), group.name()});
  }
  return entry.group() == 0 ? "" : scene.say("you.group") + " " + std::to_string(entry.group());
}

void who(Scene& scene, v1::RosterEntry const& entry, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.card(box);
  Rect words = box.inset(48, 28);
  bool const pictured = !canvas.upright() && !canvas.large();
  if (pictured) {
    Rect const left = words.take_left(150, 44);
    canvas.disc(left.centre(), 72, colours.tint);
    canvas.icon(ui::Icon::kPerson, {left.centre().x - 46, left.centre().y - 46, 92, 92}, colours.on_tint);
  }
  struct Line {
    std::string id, text;
    TextStyle style;
    ui::Colour ink;
  };
  std::string const agency = entry.province().empty() || entry.agency().find(entry.province()) != std::string::npos
                                 ? entry.agency() : joined({entry.agency(), entry.province()});
  std::vector<Line> lines{{"you.name", entry.name(), TextStyle::kTitle, colours.ink}};
  if (!agency.empty()) lines.push_back({"you.agency", agency, TextStyle::kBody, colours.ink2});
  if (auto const group = group_of(scene, entry); !group.empty()) lines.push_back({"you.group", group, TextStyle::kBody, colours.ink2});
  float height = 0;
  std::vector<float> heights;
  for (auto const& line : lines) {
    heights.push_back(canvas.text_height(line.style, line.text, words.w));
    height += heights.back() + 8;
  }
  while (height - 8 > words.h && lines.size() > 2) {
    height -= heights.back() + 8;
    heights.pop_back();
    lines.pop_back();
  }
  words = {words.x, words.centre().y - (height - 8) / 2, words.w, height};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    canvas.text(lines[i].id, words.take_top(heights[i], 8), lines[i].text,
                {.style = lines[i].style, .ink = lines[i].ink, .ground = colours.card,
                 .align = pictured ? Align::kLeft : Align::kCentre, .fit = Fit::kWrap});
  }
}

// Takes what it needs off the foot of `rest`; the notice is information, the button below it is the confirmation.
void notice(Scene& scene, Rect& rest) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const& pack = scene.state.a_class->pack.notice();
  std::string const& text = scene.state.language == flow::Language::kEnglish ? pack.en() : pack.vi();
  if (text.empty()) return;
  float const width = rest.w - 2 * 32 - 64;
  float const title = canvas.line_height(TextStyle::kStrong), body = canvas.text_height(TextStyle::kSecondary, text, width);
  Rect const box = rest.take_bottom(title + body + 2 * 22, kGap);
  canvas.fill(box, colours.tint, 24);
  if (colours.shadow_strength <= 0) canvas.outline(box, colours.line, 24, 3);
  Rect words = box.inset(32, 22);
  Rect const left = words.take_left(44, 20);
  canvas.icon(ui::Icon::kShield, {left.x, left.y, 44, 44}, colours.on_tint);
  canvas.text("you.notice", words.take_top(title), scene.say("you.notice"),
              {.style = TextStyle::kStrong, .ink = colours.on_tint, .ground = colours.tint});
  canvas.text("you.notice.text", words, text, {.style = TextStyle::kSecondary, .ink = colours.ink, .ground = colours.tint, .fit = Fit::kWrap});
}

}  // namespace

void paint(Scene& scene, flow::screen::IsThisYou const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const& entry = scene.state.a_class->pack.roster(static_cast<int>(screen.roster_place));
  Rect rest = canvas.area();
  banner(scene, rest);
  rest = rest.inset(kMargin, canvas.large() ? 20.0F : 36.0F);
  Rect const title = rest.take_top(canvas.text_height(TextStyle::kTitle, scene.say("you.title"), rest.w), canvas.large() ? 12 : kGap);
  canvas.text("you.title", title, scene.say("you.title"),
              {.style = TextStyle::kTitle, .ink = colours.ink, .ground = colours.paper, .align = canvas.upright() ? Align::kCentre : Align::kLeft, .fit = Fit::kWrap});
  std::string const& yes = scene.say("you.yes");
  std::string const& no = scene.say("you.no");
  bool yes_tapped = false, no_tapped = false;
  if (canvas.upright()) {
    no_tapped = canvas.button("you.no", rest.take_bottom(kButtonHeight, 16), no, ui::ButtonLook::kOutlined);
    yes_tapped = canvas.button("you.yes", rest.take_bottom(kButtonHeight, 28), yes, ui::ButtonLook::kPrimary, ui::Icon::kTick);
  } else {
    Rect row = rest.take_bottom(kButtonHeight, 28);
    no_tapped = canvas.button("you.no", row.take_left(row.w * 0.42F, kGap), no, ui::ButtonLook::kOutlined);
    yes_tapped = canvas.button("you.yes", row, yes, ui::ButtonLook::kPrimary, ui::Icon::kTick);
  }
  if (yes_tapped) scene.emit(flow::event::Confirmed{});
  if (no_tapped) scene.emit(flow::event::Declined{});
  if (screen.notice_shown) notice(scene, rest);
  if (canvas.upright() && rest.h > 520) rest = {rest.x, rest.centre().y - 260, rest.w, 520};
  who(scene, entry, rest);
}

}  // namespace dga::screens
