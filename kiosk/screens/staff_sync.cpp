#include <algorithm>
#include <array>
#include <vector>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

struct Figure {
  std::string_view id, key;
  std::uint64_t count;
  bool attention = false;
};

std::array<Figure, 4> figures(flow::SyncView const& sync) {
  return {{{"sync.recorded", "syncpage.recorded", sync.recorded},
           {"sync.received", "syncpage.received", sync.received},
           {"sync.waiting", "syncpage.waiting", sync.waiting},
           {"sync.quarantined", "syncpage.quarantined", sync.quarantined, sync.quarantined > 0}}};
}

std::string_view phase_key(flow::SyncView::Phase phase) {
  switch (phase) {
    case flow::SyncView::Phase::kOffline: return "sync.offline_short";
    case flow::SyncView::Phase::kWaiting: return "sync.offline_short";
    case flow::SyncView::Phase::kSending: return "sync.sending";
    case flow::SyncView::Phase::kUpToDate: return "sync.up_to_date";
    case flow::SyncView::Phase::kRefused: return "sync.refused";
  }
  return "sync.offline_short";
}

void bar(Scene& scene, Rect const& box) {
  auto const& colours = scene.colours();
  flow::SyncView const& sync = scene.state.sync;
  float const share =
      sync.recorded == 0 ? 1.0F : std::min(1.0F, static_cast<float>(sync.received) / static_cast<float>(sync.recorded));
  float const radius = box.h / 2;
  scene.canvas.fill(box, colours.line, radius);
  if (colours.shadow_strength <= 0) scene.canvas.fill(box.inset(3), colours.card, radius - 3);
  if (share > 0) scene.canvas.fill({box.x, box.y, std::max(box.h, box.w * share), box.h}, colours.action, radius);
  ui::Widget widget;
  widget.id = "sync.progress";
  widget.role = ui::Role::kProgress;
  widget.label = std::to_string(sync.received) + "/" + std::to_string(sync.recorded);
  widget.rectangle = box;
  scene.canvas.note(std::move(widget));
}

// Four numbers beside each other; in large text one below the other, the number before its name.
void numbers(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const all = figures(scene.state.sync);
  if (canvas.large()) {
    for (Figure const& figure : all) {
      Rect row = box.take_top(canvas.line_height(TextStyle::kNumber));
      std::string const count = grouped(scene, figure.count);
      canvas.text(figure.id, row.take_right(canvas.text_width(TextStyle::kNumber, count), 12), count,
                  {.style = TextStyle::kNumber,
                   .ink = figure.attention ? colours.already.ink : colours.ink,
                   .ground = colours.card,
                   .middle = true});
      canvas.text(std::string(figure.id) + ".label", row, scene.say(figure.key),
                  {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .middle = true});
    }
    return;
  }
  float const width = box.w / static_cast<float>(all.size());
  bool const long_ones = std::any_of(all.begin(), all.end(), [&](Figure const& figure) {
    return canvas.text_width(TextStyle::kNumber, grouped(scene, figure.count)) > width;
  });
  for (Figure const& figure : all) {
    Rect column = box.take_left(width);
    canvas.text(figure.id, column.take_top(canvas.line_height(TextStyle::kNumber)), grouped(scene, figure.count),
                {.style = long_ones ? TextStyle::kHeading : TextStyle::kNumber,
                 .ink = figure.attention ? colours.already.ink : colours.ink,
                 .ground = colours.card,
                 .align = Align::kCentre,
                 .middle = true});
    canvas.text(std::string(figure.id) + ".label", column, scene.say(figure.key),
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .align = Align::kCentre});
  }
}

float summary_height(Scene const& scene) {
  auto const& canvas = scene.canvas;
  if (canvas.large())
    return canvas.line_height(TextStyle::kHeading) + 8 + 20 + 10 + 4 * canvas.line_height(TextStyle::kNumber) + 2 * 14;
  return canvas.line_height(TextStyle::kHeading) + 18 + 22 + 24 + canvas.line_height(TextStyle::kNumber) +
         canvas.line_height(TextStyle::kSecondary) + 2 * 26;
}

void summary(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  flow::SyncView const& sync = scene.state.sync;
  bool const large = canvas.large();
  canvas.card(box);
  Rect inner = box.inset(large ? 24.0F : 40.0F, large ? 14.0F : 26.0F);
  Rect top = inner.take_top(canvas.line_height(TextStyle::kHeading), large ? 8 : 18);
  std::string const& phase = scene.say(phase_key(sync.phase));
  // A heading that is too long for the card has a shorter one.
  bool const brief =
      canvas.text_width(TextStyle::kHeading, phase) > top.w && sync.phase == flow::SyncView::Phase::kRefused;
  canvas.text("sync.phase", top, brief ? scene.say("sync.refused_short") : phase,
              {.style = TextStyle::kHeading, .ink = colours.ink, .ground = colours.card});
  std::string const last = sync.last_receipt_ms
                               ? scene.say("syncpage.last", {{"time", clock_of(scene.state, *sync.last_receipt_ms)}})
                               : scene.say("syncpage.never");
  float const last_width = canvas.text_width(TextStyle::kSecondary, last);
  if (canvas.text_width(TextStyle::kHeading, phase) + last_width + 24 <= top.w) {
    canvas.text("sync.last", top.take_right(last_width), last,
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .middle = true});
  }
  bar(scene, inner.take_top(large ? 20 : 22, large ? 10 : 24));
  numbers(scene, inner);
}

std::string time_left(Scene const& scene, std::uint32_t seconds) {
  if (seconds < 90) return scene.say("syncpage.seconds", {{"n", std::to_string(std::max(seconds, 1U))}});
  return scene.say("syncpage.minutes", {{"n", grouped(scene, (seconds + 59) / 60)}});
}

// What went wrong and what to do. A centre that named a time is quoted.
std::string why_not(Scene const& scene) {
  flow::SyncView const& sync = scene.state.sync;
  if (sync.problem_code == "sync.busy" && sync.next_try_ms && *sync.next_try_ms > scene.state.wall_ms)
    return scene.say("syncpage.busy_until", {{"time", clock_of(scene.state, *sync.next_try_ms)}});
  return error_text(scene, sync.problem_code);
}

// What went wrong, in plain words, as large as there is room for.
void problem(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& tone = scene.colours().already;
  bool const large = canvas.large();
  std::string const why = why_not(scene);
  canvas.fill(box, tone.on, 24);
  if (scene.colours().shadow_strength <= 0) canvas.outline(box, tone.ink, 24, 3);
  Rect inner = box.inset(large ? 24.0F : 32.0F, 12);
  if (!large) sign(scene, ui::Icon::kExclamation, inner.take_left(56, 22).centre(), 28, tone);
  std::string const code = scene.say("syncpage.code", {{"code", scene.state.sync.problem_code}});
  float const code_height = canvas.line_height(TextStyle::kSecondary);
  auto const fits = [&](TextStyle style, float room) { return canvas.text_height(style, why, inner.w) <= room; };
  // The code is what a person reads out on the telephone: smaller words rather than none of it.
  bool const coded = fits(TextStyle::kStrong, inner.h - code_height);
  if (coded)
    canvas.text("sync.code", inner.take_bottom(code_height), code,
                {.style = TextStyle::kSecondary, .ink = scene.colours().ink2, .ground = tone.on, .fit = Fit::kShorten});
  bool const full = fits(TextStyle::kBody, inner.h);
  canvas.text("sync.problem", inner, why,
              {.style = full ? TextStyle::kBody : TextStyle::kStrong,
               .ink = scene.colours().ink,
               .ground = tone.on,
               .fit = Fit::kWrap,
               .middle = true});
}

// What one may overlook, line by line: what holds, what comes next, how it went.
std::vector<std::string> fine_print(Scene const& scene) {
  flow::SyncView const& sync = scene.state.sync;
  std::vector<std::string> lines;
  auto const add_pace = [&] {
    if (sync.phase == flow::SyncView::Phase::kSending && sync.pace)
      lines.push_back(scene.say("syncpage.pace", {{"rate", grouped(scene, sync.pace->records_per_second)},
                                                  {"left", time_left(scene, sync.pace->seconds_left)}}));
  };
  // There is room for three lines or so: where data is paid for, how much it is comes before how fast it goes.
  if (!sync.budget) add_pace();
  if (sync.waiting > 0 && sync.forecast_bytes > 0)
    lines.push_back(scene.say("syncpage.forecast",
                              {{"n", grouped(scene, sync.waiting)}, {"kb", kilobytes(scene, sync.forecast_bytes)}}));
  if (sync.waiting > 0 && sync.forecast_pack_bytes > 0)
    lines.push_back(scene.say("syncpage.forecast_pack", {{"kb", kilobytes(scene, sync.forecast_pack_bytes)}}));
  if (sync.budget)
    lines.push_back(scene.say("syncpage.budget", {{"used", kilobytes(scene, sync.budget->used_bytes)},
                                                  {"most", kilobytes(scene, sync.budget->most_bytes)}}));
  if (sync.budget) add_pace();
  if (!sync.problem_code.empty()) {
    lines.push_back(scene.say("syncpage.safe"));
  } else if (sync.waiting == 0 && sync.recorded > 0) {
    lines.push_back(scene.say("syncpage.all_arrived"));
  }
  if (sync.next_try_ms && *sync.next_try_ms > scene.state.wall_ms)
    lines.push_back(scene.say("syncpage.next", {{"time", clock_of(scene.state, *sync.next_try_ms)}}));
  if (sync.problem_code.empty() && sync.round_trip_ms)
    lines.push_back(scene.say("syncpage.round_trip", {{"ms", std::to_string(*sync.round_trip_ms)}}));
  return lines;
}

// What no line can be shorter than.
float widest_word(ui::Canvas const& canvas, TextStyle style, std::string_view words) {
  float widest = 0;
  while (!words.empty()) {
    auto const end = std::min(words.find(' '), words.size());
    widest = std::max(widest, canvas.text_width(style, words.substr(0, end)));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return widest;
}

// As many of them as there is room for, the first ones.
void write_fine_print(Scene& scene, Rect box, TextStyle style) {
  auto& canvas = scene.canvas;
  std::vector<std::string> const lines = fine_print(scene);
  auto const height_of = [&](std::string const& line) { return canvas.text_height(style, line, box.w); };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    float const height = height_of(lines[i]);
    if (height > box.h || widest_word(canvas, style, lines[i]) > box.w) continue;
    canvas.text("sync.fine_print." + std::to_string(i), box.take_top(height), lines[i],
                {.style = style, .ink = scene.colours().ink2, .ground = scene.colours().paper, .fit = Fit::kWrap});
  }
}

// The ways that lead elsewhere, off the right of the row: in words where all have room, else as pictures.
void ways(Scene& scene, Rect& row, float taken) {
  auto& canvas = scene.canvas;
  struct Way {
    std::string id;
    std::string const& label;
    ui::Icon icon;
    flow::screen::StaffPage page;
  };
  Way const all[]{{"sync.courier", scene.say("courierpage.open"), ui::Icon::kParcel, flow::screen::StaffPage::kCourier},
                  {"sync.limit", scene.say("limitpage.open"), ui::Icon::kGauge, flow::screen::StaffPage::kLimit}};
  constexpr float kBetween = 16, kAround = 110;
  float needed = taken;
  for (Way const& way : all) needed += canvas.text_width(TextStyle::kButton, way.label) + kAround + kBetween;
  bool const failed = !scene.state.sync.problem_code.empty();
  bool const brief = needed > row.w || (failed && !canvas.upright());  // what went wrong has more to say beside them
  for (Way const& way : all) {
    float const width = brief ? ui::kSmallestTarget : canvas.text_width(TextStyle::kButton, way.label) + kAround;
    if (canvas.button(way.id, row.take_right(width, kBetween), brief ? std::string() : way.label,
                      ui::ButtonLook::kQuiet, way.icon))
      scene.emit(flow::event::StaffPageChosen{way.page});
    if (brief) canvas.name_last(way.label);
  }
}

// In large text upright the ways that lead elsewhere have a row of their own.
float foot_height(ui::Canvas const& canvas) {
  if (!canvas.large()) return kButtonHeight;
  return canvas.upright() ? 2 * ui::kSmallestTarget + 12 : ui::kSmallestTarget;
}

// `beside`: what stands at the right of the first row already.
void foot(Scene& scene, Rect row, float beside) {
  auto& canvas = scene.canvas;
  if (canvas.large() && canvas.upright()) {
    Rect second = row.take_bottom(ui::kSmallestTarget, 12);
    ways(scene, second, 0);
  }
  row.w -= beside;
  std::string const& now = scene.say("syncpage.now");
  bool const sending = scene.state.sync.phase == flow::SyncView::Phase::kSending;
  float const now_width = canvas.text_width(TextStyle::kButton, now) + 150;
  if (!canvas.large() || !canvas.upright()) ways(scene, row, sending ? 0 : now_width);
  if (!sending) {
    auto const icon = now_width <= row.w ? ui::Icon::kSync : ui::Icon::kNone;
    if (canvas.button("sync.now", row.take_left(std::min(row.w, now_width), 28), now, ui::ButtonLook::kPrimary, icon))
      scene.emit(flow::event::SyncNow{});
  }
  bool const printed = !canvas.large() && !scene.state.sync.problem_code.empty() && !canvas.upright();
  if (printed) write_fine_print(scene, row, TextStyle::kSecondary);
}

// In large text there is room for the numbers or for the problem: a button turns one into the other.
void turn_over(Scene& scene, Rect const& box, int& leaf) {
  bool const tapped = scene.canvas.button("sync.turn", box, "", ui::ButtonLook::kQuiet,
                                          leaf == 0 ? ui::Icon::kExclamation : ui::Icon::kBack);
  scene.canvas.name_last(scene.say(leaf == 0 ? "syncpage.problem" : "action.back"));
  if (!tapped) return;
  leaf = 1 - leaf;
  scene.emit(flow::event::Tapped{});
}

}  // namespace

void paint_sync(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  bool const large = canvas.large(), failed = !scene.state.sync.problem_code.empty();
  Rect row = box.take_bottom(foot_height(canvas), large ? 12 : 20);
  float const between = large ? 12 : 20;
  constexpr float kLeastProblem = 190, kInLarge = 1.8F;
  bool const both = box.h - summary_height(scene) - between >= kLeastProblem * (large ? kInLarge : 0.5F);
  if (failed && !both) {
    int& leaf = canvas.leaf("sync.problem");
    turn_over(scene, {row.right() - ui::kSmallestTarget, row.y, ui::kSmallestTarget, ui::kSmallestTarget}, leaf);
    foot(scene, row, ui::kSmallestTarget + 16);
    leaf == 0 ? summary(scene, box.take_top(std::min(box.h, summary_height(scene)))) : problem(scene, box);
    return;
  }
  foot(scene, row, 0);
  summary(scene, box.take_top(summary_height(scene), between));
  if (failed) problem(scene, box.take_top(std::min(box.h, kLeastProblem * (large ? kInLarge : 1.0F)), between));
  if (!failed || canvas.upright()) write_fine_print(scene, box.inset(8, 0), TextStyle::kBody);
}

}  // namespace dga::screens
