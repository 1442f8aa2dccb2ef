#include <algorithm>
#include <utility>

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
    if (group.id() != entry.group()) continue;
    std::string const number = std::to_string(group.id());
    // Groups without a name of their own are called by their number in the class file, too.
    bool const plain = group.name().empty() || group.name() == "Nhóm " + number || group.name() == "Group " + number;
    return joined({scene.say("you.group") + " " + number, plain ? "" : group.name()});
  }
  return entry.group() == 0 ? "" : scene.say("you.group") + " " + std::to_string(entry.group());
}

void who(Scene& scene, v1::RosterEntry const& entry, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.card(box);
  Rect words = box.inset(48, 18);
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
                                 ? entry.agency()
                                 : joined({entry.agency(), entry.province()});
  std::vector<Line> lines{{"you.name", entry.name(), TextStyle::kTitle, colours.ink}};
  if (!agency.empty()) lines.push_back({"you.agency", agency, TextStyle::kBody, colours.ink2});
  if (auto const group = group_of(scene, entry); !group.empty())
    lines.push_back({"you.group", group, TextStyle::kBody, colours.ink2});
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
                {.style = lines[i].style,
                 .ink = lines[i].ink,
                 .ground = colours.card,
                 .align = pictured ? Align::kLeft : Align::kCentre,
                 .fit = Fit::kWrap});
  }
}

std::string notice_text(Scene const& scene) {
  auto const& pack = scene.state.a_class->pack.notice();
  return scene.state.language == flow::Language::kEnglish ? pack.en() : pack.vi();
}

// The notice beside the question, off the foot of `rest`; it is information, the button below it is the confirmation.
// False where there is no room for it.
bool notice_beside(Scene& scene, Rect& rest, std::string const& text) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  constexpr float kRoomForThePerson = 180;
  float const width = rest.w - 2 * 32 - 64;
  float const title = canvas.line_height(TextStyle::kStrong),
              body = canvas.text_height(TextStyle::kSecondary, text, width);
  float const height = title + body + 2 * 20;
  if (rest.h < height + kGap + kRoomForThePerson) return false;
  Rect const box = rest.take_bottom(height, kGap);
  canvas.fill(box, colours.tint, 24);
  if (colours.shadow_strength <= 0) canvas.outline(box, colours.line, 24, 3);
  Rect words = box.inset(32, 20);
  Rect const left = words.take_left(44, 20);
  canvas.icon(ui::Icon::kShield, {left.x, left.y, 44, 44}, colours.on_tint);
  canvas.text("you.notice", words.take_top(title), scene.say("you.notice"),
              {.style = TextStyle::kStrong, .ink = colours.on_tint, .ground = colours.tint});
  canvas.text("you.notice.text", words, text,
              {.style = TextStyle::kSecondary, .ink = colours.ink, .ground = colours.tint, .fit = Fit::kWrap});
  return true;
}

// The text cut into pieces that fill a box each, between words.
std::vector<std::string> pages_of(Scene const& scene, std::string const& text, Rect const& box) {
  std::vector<std::string> pages;
  std::string page;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t const space = std::min(text.find(' ', at), text.size());
    std::string const word = text.substr(at, space - at);
    std::string const longer = page.empty() ? word : page + " " + word;
    if (!page.empty() && scene.canvas.text_height(TextStyle::kSecondary, longer, box.w) > box.h) {
      pages.push_back(std::exchange(page, word));
    } else {
      page = longer;
    }
    at = space + 1;
  }
  if (!page.empty()) pages.push_back(page);
  return pages;
}

// The notice by itself, leafed through: 0 is the question, 1 the notice's first page, and so on.
void notice_alone(Scene& scene, Rect rest, std::string const& text, int& leaf) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  Rect row = rest.take_bottom(ui::kSmallestTarget, 16);
  Rect words = rest.inset(32, 16);
  Rect const title = words.take_top(canvas.text_height(TextStyle::kStrong, scene.say("you.notice"), words.w), 6);
  auto const pages = pages_of(scene, text, words);
  if (pages.empty()) return;
  auto const page = std::min(static_cast<std::size_t>(leaf), pages.size());
  canvas.fill(rest, colours.tint, 24);
  if (colours.shadow_strength <= 0) canvas.outline(rest, colours.line, 24, 3);
  canvas.text("you.notice", title, scene.say("you.notice"),
              {.style = TextStyle::kStrong, .ink = colours.on_tint, .ground = colours.tint, .fit = Fit::kWrap});
  canvas.text("you.notice.text", words, pages[page - 1],
              {.style = TextStyle::kSecondary, .ink = colours.ink, .ground = colours.tint, .fit = Fit::kWrap});
  float const back = canvas.text_width(TextStyle::kButton, scene.say("action.back")) + 80;
  bool const last = page == pages.size();
  if (canvas.button("you.notice.back", row.take_left(back, 16), scene.say("action.back"), ui::ButtonLook::kOutlined)) {
    --leaf;
    scene.emit(flow::event::Tapped{});
  }
  if (last) return;
  bool const next = canvas.button("you.notice.next", row.take_right(ui::kSmallestTarget), "", ui::ButtonLook::kQuiet,
                                  ui::Icon::kNext);
  canvas.name_last(scene.say("action.next_page"));
  if (!next) return;
  ++leaf;
  scene.emit(flow::event::Tapped{});
}

void ask(Scene& scene, Rect& rest) {
  auto& canvas = scene.canvas;
  std::string const& yes = scene.say("you.yes");
  std::string const& no = scene.say("you.no");
  bool yes_tapped = false, no_tapped = false;
  if (canvas.upright()) {
    no_tapped = canvas.button("you.no", rest.take_bottom(kButtonHeight, 16), no, ui::ButtonLook::kOutlined);
    yes_tapped =
        canvas.button("you.yes", rest.take_bottom(kButtonHeight, 28), yes, ui::ButtonLook::kPrimary, ui::Icon::kTick);
  } else {
    Rect row = rest.take_bottom(kButtonHeight, canvas.large() ? 16 : 28);
    no_tapped = canvas.button("you.no", row.take_left(row.w * 0.42F, kGap), no, ui::ButtonLook::kOutlined);
    yes_tapped = canvas.button("you.yes", row, yes, ui::ButtonLook::kPrimary, ui::Icon::kTick);
  }
  if (yes_tapped) scene.emit(flow::event::Confirmed{});
  if (no_tapped) scene.emit(flow::event::Declined{});
}

}  // namespace

void paint(Scene& scene, flow::screen::IsThisYou const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const& entry = scene.state.a_class->pack.roster(static_cast<int>(screen.roster_place));
  Rect rest = canvas.area();
  banner(scene, rest);
  rest = rest.inset(kMargin, canvas.large() ? 16.0F : 36.0F);
  std::string const text = screen.notice_shown ? notice_text(scene) : "";
  int& leaf = canvas.leaf("you.notice");
  if (leaf > 0 && !text.empty()) return notice_alone(scene, rest, text, leaf);

  float const title = canvas.text_height(TextStyle::kTitle, scene.say("you.title"), rest.w);
  canvas.text("you.title", rest.take_top(title, canvas.large() ? 10 : kGap), scene.say("you.title"),
              {.style = TextStyle::kTitle,
               .ink = colours.ink,
               .ground = colours.paper,
               .align = canvas.upright() ? Align::kCentre : Align::kLeft,
               .fit = Fit::kWrap});
  ask(scene, rest);
  if (!text.empty() && !notice_beside(scene, rest, text)) {
    Rect const row =
        rest.take_bottom(std::max(ui::kSmallestTarget,
                                  canvas.text_height(TextStyle::kButton, scene.say("you.notice"), rest.w - 120) + 16),
                         14);
    if (canvas.button("you.notice.read", row, scene.say("you.notice"), ui::ButtonLook::kQuiet, ui::Icon::kShield)) {
      ++leaf;
      scene.emit(flow::event::Tapped{});
    }
  }
  if (canvas.upright() && rest.h > 520) rest = {rest.x, rest.centre().y - 260, rest.w, 520};
  who(scene, entry, rest);
}

}  // namespace dga::screens
