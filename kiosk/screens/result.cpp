#include <algorithm>

#include "kiosk/flow/flow.h"
#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Icon;
using ui::Rect;
using ui::TextStyle;

// How a verdict looks and what it says. `lines` stand below the name.
struct Face {
  ui::Tone tone;
  Icon icon;
  std::string title;
  std::vector<std::string> lines;
};

// Nobody is at the wrong time here but the kiosk.
Face clock_wrong(Scene const& scene) {
  return {scene.colours().refused, Icon::kClock, scene.say("home.clock_wrong"), {scene.say("home.clock_wrong_text")}};
}

Face face_of(Scene const& scene, flow::Outcome const& outcome) {
  auto const& colours = scene.colours();
  std::string const at = clock_of(scene.state, outcome.at_ms);
  auto const note =
      outcome.known ? std::vector<std::string>{} : std::vector<std::string>{scene.say("result.not_in_roster")};
  switch (outcome.verdict) {
    case flow::Verdict::kCheckedIn: return {colours.ok, Icon::kTick, scene.say("result.checked_in"), note};
    case flow::Verdict::kLate: return {colours.late, Icon::kHourglass, scene.say("result.late"), note};
    case flow::Verdict::kAlready:
      return {colours.already, Icon::kClock, scene.say("result.already", {{"time", at}}), {}};
    case flow::Verdict::kUnknown:
      return {colours.refused, Icon::kQuestion, scene.say("result.unknown"), {scene.say("result.unknown_text")}};
    case flow::Verdict::kNotOpen: {
      if (flow::clock_is_surely_wrong(scene.state)) return clock_wrong(scene);
      std::vector<std::string> lines;
      if (auto const* next = session_of(scene.state, outcome.session))
        lines.push_back(joined({scene.say("session.next"), words_of(scene, *next).middle}));
      if (outcome.opens_at_ms) lines.push_back(opening_of(scene, *outcome.opens_at_ms));
      return {colours.refused, Icon::kCalendar, scene.say("result.not_open"), lines};
    }
    case flow::Verdict::kClosed:
      if (flow::clock_is_surely_wrong(scene.state)) return clock_wrong(scene);
      return {colours.refused, Icon::kLock, scene.say("result.closed"), {scene.say("result.closed_text")}};
    case flow::Verdict::kBadBadge:
      return {colours.refused, Icon::kCross, scene.say("result.bad_badge"), {scene.say("result.bad_badge_text")}};
    case flow::Verdict::kNotABadge:
      return {colours.refused, Icon::kQr, scene.say("result.not_a_badge"), {scene.say("result.not_a_badge_text")}};
  }
  return {};
}

std::string_view standing_key(course::Standing standing) {
  switch (standing) {
    case course::Standing::kQualified: return "standing.qualified";
    case course::Standing::kCannot: return "standing.cannot";
    case course::Standing::kAtRisk: return "standing.at_risk";
    case course::Standing::kOnCourse: return "standing.on_course";
  }
  return "standing.on_course";
}

bool has_standing(flow::Outcome const& outcome) {
  bool const recorded = outcome.verdict == flow::Verdict::kCheckedIn || outcome.verdict == flow::Verdict::kLate ||
                        outcome.verdict == flow::Verdict::kAlready;
  return recorded && outcome.known && outcome.n > 0;
}

// The card "3/6": a square a session, then what it means.
struct StandingCard {
  float square, squares, words, height, width;
  bool stacked;
  std::string first, second;
};

StandingCard measure(Scene const& scene, flow::Outcome const& outcome, float most) {
  constexpr float kPad = 44, kGapBetween = 12, kToWords = 36;
  auto const& canvas = scene.canvas;
  StandingCard card{};
  card.first =
      scene.say("standing.attended", {{"a", std::to_string(outcome.attended)}, {"n", std::to_string(outcome.n)}});
  card.second = scene.say(standing_key(outcome.standing));
  auto const n = static_cast<float>(outcome.n);
  float const words = std::max(canvas.text_width(TextStyle::kButton, card.first),
                               canvas.text_width(TextStyle::kSecondary, card.second));
  float const largest = canvas.large() ? 44 : 64,
              beside = (most - 2 * kPad - kToWords - words + kGapBetween) / n - kGapBetween;
  constexpr float kSmallestBeside = 36;
  card.stacked = beside < kSmallestBeside;
  card.square = card.stacked ? std::clamp((most - 2 * kPad + kGapBetween) / n - kGapBetween, 10.0F, largest)
                             : std::min(beside, largest);
  card.squares = n * (card.square + kGapBetween) - kGapBetween;
  card.words = card.stacked ? std::min(words, most - 2 * kPad) : words;
  float const text = canvas.text_height(TextStyle::kButton, card.first, card.words) +
                     canvas.text_height(TextStyle::kSecondary, card.second, card.words);
  card.width =
      card.stacked ? std::max(card.squares, card.words) + 2 * kPad : card.squares + kToWords + words + 2 * kPad;
  card.height =
      (card.stacked ? card.square + 18 + text : std::max(card.square, text)) + (canvas.large() ? 32.0F : 56.0F);
  return card;
}

void standing(Scene& scene, flow::Outcome const& outcome, StandingCard const& card, Rect const& box, ui::Colour ink) {
  constexpr float kPad = 44, kGapBetween = 12, kToWords = 36;
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.card(box);
  Rect inner = box.inset(kPad, canvas.large() ? 16 : 28);
  float const first = canvas.text_height(TextStyle::kButton, card.first, card.words);
  float const second = canvas.text_height(TextStyle::kSecondary, card.second, card.words);
  Rect squares = card.stacked ? inner.take_top(card.square, 18) : inner.take_left(card.squares, kToWords);
  float x = card.stacked ? squares.centre().x - card.squares / 2 : squares.x;
  for (std::uint32_t i = 0; i < outcome.n; ++i) {
    Rect const square{x, squares.centre().y - card.square / 2, card.square, card.square};
    float const radius = card.square * 0.25F;
    if (i < outcome.attended) {
      canvas.fill(square, ink, radius);
      float const tick = card.square * 0.62F;
      if (card.square >= 36)
        canvas.icon(Icon::kTick, {square.centre().x - tick / 2, square.centre().y - tick / 2, tick, tick},
                    colours.card);
    } else {
      canvas.outline(square, ui::mixed(colours.line, colours.ink2, 0.3F), radius, 3);
    }
    x += card.square + kGapBetween;
  }
  Align const align = card.stacked ? Align::kCentre : Align::kLeft;
  Rect words{inner.x, inner.centre().y - (first + second) / 2, inner.w, first};
  canvas.text(
      "result.attended", words, card.first,
      {.style = TextStyle::kButton, .ink = colours.ink, .ground = colours.card, .align = align, .fit = Fit::kWrap});
  canvas.text(
      "result.standing", {words.x, words.bottom(), words.w, second}, card.second,
      {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .align = align, .fit = Fit::kWrap});
}

void time_left(Scene& scene, flow::screen::Result const& screen, ui::Tone const& tone) {
  auto const area = scene.canvas.area();
  auto const all = static_cast<float>(flow::result_stays_ms(scene.state));
  auto const gone = static_cast<float>(scene.state.mono_ms - std::min(scene.state.mono_ms, screen.shown_at_ms));
  float const share = std::clamp(1 - gone / all, 0.0F, 1.0F);
  constexpr float kHeight = 12;
  scene.canvas.fill({0, area.h - kHeight, area.w, kHeight}, ui::mixed(tone.on, tone.ink, 0.15F));
  scene.canvas.fill({0, area.h - kHeight, area.w * share, kHeight}, tone.ink);
  scene.canvas.keep_moving();
}

}  // namespace

void paint(Scene& scene, flow::screen::Result const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  flow::Outcome const& outcome = screen.outcome;
  Face const face = face_of(scene, outcome);
  bool const large = canvas.large();
  Rect rest = canvas.area();
  canvas.fill(rest, face.tone.on);
  if (canvas.touch("result.skip", rest, face.title)) scene.emit(flow::event::Tapped{});
  banner(scene, rest);
  rest = rest.inset(kMargin, 20);
  rest.h -= 12;

  struct Line {
    std::string id, text;
    TextStyle style;
    ui::Colour ink;
    float before;
  };
  std::vector<Line> lines{{"result.title", face.title, TextStyle::kResult, face.tone.ink, 0}};
  if (!outcome.name.empty()) lines.push_back({"result.name", outcome.name, TextStyle::kTitle, colours.ink, 10});
  if (auto const from =
          joined({outcome.agency, outcome.agency.find(outcome.province) == std::string::npos ? outcome.province : ""});
      !from.empty() && !outcome.name.empty()) {
    lines.push_back({"result.agency", from, TextStyle::kBody, colours.ink2, 6});
  }
  for (std::size_t i = 0; i < face.lines.size(); ++i) {
    lines.push_back(
        {"result.line." + std::to_string(i), face.lines[i], TextStyle::kBody, colours.ink2, i == 0 ? 14.0F : 6.0F});
  }
  float const width = std::min(rest.w, 1120.0F);
  bool const counted = has_standing(outcome);
  StandingCard card{};
  if (counted) card = measure(scene, outcome, std::min(rest.w, 1130.0F));
  auto const height_of = [&] {
    float height = counted ? card.height + 40 : 0;
    for (auto const& line : lines) height += line.before + canvas.text_height(line.style, line.text, width);
    return height;
  };
  // In large text the agency gives way to the sign, and to what must be said.
  constexpr float kSignNeeds = 2 * 44 + 40;
  if (large && height_of() + kSignNeeds > rest.h) {
    std::erase_if(lines, [](Line const& line) { return line.id == "result.agency"; });
  }
  float const words = height_of();
  float const radius = std::clamp((rest.h - words - 40) / 2, 0.0F, canvas.upright() ? 120.0F : 94.0F);
  bool const signed_ = radius >= 36;
  float const height = words + (signed_ ? 2 * radius + 40 : 0);
  Rect column{rest.centre().x - width / 2, rest.y + std::max(0.0F, (rest.h - height) / 2), width, height};
  if (signed_) sign(scene, face.icon, column.take_top(2 * radius, 40).centre(), radius, face.tone);
  for (auto const& line : lines) {
    column.take_top(line.before);
    canvas.text(line.id, column.take_top(canvas.text_height(line.style, line.text, width)), line.text,
                {.style = line.style,
                 .ink = line.ink,
                 .ground = face.tone.on,
                 .align = Align::kCentre,
                 .fit = Fit::kWrap,
                 .inside = "result.skip"});
  }
  if (counted) {
    column.take_top(40);
    standing(scene, outcome, card, {rest.centre().x - card.width / 2, column.y, card.width, card.height},
             face.tone.ink);
  }
  time_left(scene, screen, face.tone);
}

}  // namespace dga::screens
