#include <algorithm>
#include <cmath>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

// Arrivals: a line over an area, the highest point named.
void chart(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.card(box);
  Rect inner = box.inset(28, 22);
  auto const& counts = scene.state.arrivals_per_5_minutes;
  std::string const& title = scene.say("present.arrivals");
  canvas.text("present.chart", inner.take_top(canvas.text_height(TextStyle::kSecondary, title, inner.w), 12), title,
              {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .fit = Fit::kWrap});
  Rect const labels = inner.take_bottom(canvas.line_height(TextStyle::kSecondary), 6);
  std::uint32_t const most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  canvas.fill({inner.x, inner.bottom() - 2, inner.w, 2}, colours.line);
  if (most == 0 || inner.h < 40) return;
  float const step = inner.w / static_cast<float>(std::max<std::size_t>(counts.size(), 2) - 1);
  float const head = canvas.line_height(TextStyle::kSecondary) + 6;
  auto const height_of = [&](std::uint32_t count) {
    return (inner.h - head) * static_cast<float>(count) / static_cast<float>(most);
  };
  std::vector<ui::Point> path;
  for (std::size_t i = 0; i < counts.size(); ++i)
    path.push_back({inner.x + static_cast<float>(i) * step, inner.bottom() - 2 - height_of(counts[i])});
  // The area below, in slices of a few units: draw lists know no shape with a dent.
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    auto const slices = static_cast<int>(std::ceil((path[i + 1].x - path[i].x) / 4));
    for (int s = 0; s < slices; ++s) {
      float const share = (static_cast<float>(s) + 0.5F) / static_cast<float>(slices);
      float const y = path[i].y + (path[i + 1].y - path[i].y) * share;
      float const width = (path[i + 1].x - path[i].x) / static_cast<float>(slices);
      canvas.fill({path[i].x + width * static_cast<float>(s), y, width + 0.3F, inner.bottom() - 2 - y}, colours.tint);
    }
  }
  canvas.line(path, colours.action, 5);
  auto const top =
      static_cast<std::size_t>(std::distance(counts.begin(), std::max_element(counts.begin(), counts.end())));
  canvas.disc(path[top], 9, colours.action);
  canvas.disc(path[top], 4, colours.card);
  std::string const peak = std::to_string(most);
  float const peak_width = canvas.text_width(TextStyle::kSecondary, peak);
  float const peak_x = std::clamp(path[top].x - peak_width / 2, inner.x, inner.right() - peak_width);
  canvas.text("present.peak", {peak_x, path[top].y - head, peak_width, head - 6}, peak,
              {.style = TextStyle::kSecondary, .ink = colours.ink, .ground = colours.card});
  auto const* session = scene.state.session_now.open ? session_of(scene.state, *scene.state.session_now.open) : nullptr;
  if (session == nullptr) return;
  std::int64_t const opened = session->start_ms() - scene.state.a_class->timetable.opens_before_ms;
  constexpr std::int64_t kFiveMinutes = 5 * 60'000;
  std::string const from = clock_of(scene.state, opened);
  std::string const to = clock_of(scene.state, opened + static_cast<std::int64_t>(counts.size()) * kFiveMinutes);
  canvas.text("present.from", labels, from,
              {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card});
  float const to_width = canvas.text_width(TextStyle::kSecondary, to);
  if (to_width + canvas.text_width(TextStyle::kSecondary, from) + 20 > labels.w || counts.size() < 2) return;
  canvas.text("present.to", {labels.right() - to_width, labels.y, to_width, labels.h}, to,
              {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card});
}

void person(Scene& scene, flow::PresentLine const& line, std::string const& id, Rect row) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  std::string const at = clock_of(scene.state, line.at_ms);
  float const at_width = canvas.text_width(TextStyle::kSecondary, at);
  if (line.late) {
    // An hourglass beside the time: late is not told by colour alone.
    float const height = canvas.line_height(TextStyle::kSecondary) + 4,
                icon = canvas.metrics().em(TextStyle::kSecondary);
    Rect const chip = row.take_right(at_width + icon + 8 + 32, 18);
    Rect const seen{chip.x, chip.centre().y - height / 2, chip.w, height};
    canvas.fill(seen, colours.late.on, height / 2);
    if (colours.shadow_strength <= 0) canvas.outline(seen, colours.late.ink, height / 2, 2);
    canvas.icon(ui::Icon::kHourglass, {seen.x + 16, seen.centre().y - icon / 2, icon, icon}, colours.late.ink, 2.6F);
    canvas.text(id + ".at", {seen.right() - 16 - at_width, seen.y, at_width, seen.h}, at,
                {.style = TextStyle::kSecondary, .ink = colours.late.ink, .ground = colours.late.on, .middle = true});
    canvas.name_last(joined({scene.say("present.late"), at}));
  } else {
    Rect const place = row.take_right(at_width + 16, 18);
    canvas.text(id + ".at", {place.x, place.y, at_width, place.h}, at,
                {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.card, .middle = true});
  }
  canvas.text(
      id + ".name", row, line.name,
      {.style = TextStyle::kButton, .ink = colours.ink, .ground = colours.card, .fit = Fit::kShorten, .middle = true});
}

struct List {
  std::string name;
  Leaves leaves;
};

List list_of(Scene& scene, flow::screen::Staff const& screen, float height) {
  std::string const name = "present." + std::to_string(screen.list_page);
  auto const fit = static_cast<std::size_t>(std::max(1.0F, height / scene.canvas.line_height(TextStyle::kButton)));
  return {name, leaves_of(scene, name, scene.state.present.size(), screen.list_page, flow::kPresentOnAPage,
                          std::min<std::size_t>(flow::kPresentOnAPage, fit))};
}

// "It is another session", beside the list or, where nobody is in it, below its words.
void session_button(Scene& scene, Rect const& box) {
  if (!flow::can_choose_session(scene.state)) return;
  std::string const& words = scene.say("sessionpage.open");
  bool const brief = box.w < scene.canvas.text_width(TextStyle::kButton, words) + 110;
  if (scene.canvas.button("present.session", box, brief ? std::string() : words, ui::ButtonLook::kQuiet,
                          ui::Icon::kCalendar))
    scene.emit(flow::event::StaffPageChosen{flow::screen::StaffPage::kSession});
  if (brief) scene.canvas.name_last(words);
}

void list(Scene& scene, flow::screen::Staff const& screen, Rect const& box, Rect pager) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  auto const& lines = scene.state.present;
  bool const large = canvas.large();
  canvas.card(box);
  Rect inner = box.inset(large ? 20.0F : 30.0F, large ? 10.0F : 20.0F);
  auto const roster = scene.state.a_class ? scene.state.a_class->pack.roster_size() : 0;
  std::string const count = scene.say(
      "present.count", {{"n", std::to_string(scene.state.present_in_session)}, {"all", std::to_string(roster)}});
  canvas.text("present.count", inner.take_top(canvas.line_height(TextStyle::kHeading), large ? 2 : 8), count,
              {.style = TextStyle::kHeading, .ink = colours.ink, .ground = colours.card});
  if (lines.empty()) {
    Rect row = inner.take_bottom(ui::kSmallestTarget, 8);
    float const wanted = canvas.text_width(TextStyle::kButton, scene.say("sessionpage.open")) + 110;
    session_button(scene, row.take_left(std::min(row.w, wanted)));
    std::string const& none = scene.say(scene.state.session_now.open ? "present.none" : "present.no_session");
    canvas.text(
        "present.none", inner, none,
        {.style = TextStyle::kBody, .ink = colours.ink2, .ground = colours.card, .fit = Fit::kWrap, .middle = true});
    return;
  }
  auto const [name, leaves] = list_of(scene, screen, inner.h);
  if (pager.w <= 0) {
    pager = inner.take_right(ui::kSmallestTarget, 20);
    // The pager takes two places of this column where it has them, one where not.
    session_button(scene, pager.take_top(ui::kSmallestTarget, 8));
    pager.y = pager.bottom() - std::min(pager.h, 2 * ui::kSmallestTarget + 8);
    pager.h = inner.bottom() - pager.y;
  }
  if (leaves.all > 1) leafing(scene, "present", name, leaves, screen.list_page, flow::kPresentOnAPage, pager);
  float const fit = std::floor(inner.h / canvas.line_height(TextStyle::kButton));
  float const row = inner.h / std::clamp(fit, 1.0F, static_cast<float>(flow::kPresentOnAPage));
  for (std::size_t i = 0; i < leaves.count; ++i) {
    Rect const place = inner.take_top(row);
    if (i > 0) canvas.fill({place.x, place.y, place.w, 1.5F}, colours.line);
    person(scene, lines[leaves.first + i], "present." + std::to_string(i), place);
  }
}

}  // namespace

void paint_present(Scene& scene, flow::screen::Staff const& screen, Rect box) {
  auto& canvas = scene.canvas;
  bool const charted = !canvas.large() && !scene.state.arrivals_per_5_minutes.empty();
  bool const leafed = scene.state.present.size() > flow::kPresentOnAPage;
  if (!charted) return list(scene, screen, box, {});
  if (canvas.upright()) {
    chart(scene, box.take_top(260, kGap));
    return list(scene, screen, box, {});
  }
  // The ways through the list stand below the chart, so that names have the card's whole width.
  Rect column = box.take_right(2 * ui::kSmallestTarget + 16, kGap);
  Rect const pager = leafed ? column.take_bottom(ui::kSmallestTarget, 16) : Rect{0, 0, 1, 0};
  session_button(scene, column.take_bottom(ui::kSmallestTarget, 16));
  chart(scene, column);
  list(scene, screen, box, pager);
}

}  // namespace dga::screens
