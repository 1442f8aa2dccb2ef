#include <algorithm>
#include <string>
#include <vector>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using flow::CourierView;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

// Otherwise the kiosk itself had nothing to hand over: another stick would help nobody.
bool failed_at_stick(CourierView const& courier) {
  return courier.problem_code.starts_with("file.") || courier.problem_code == "courier.no_folder";
}

std::string heading(Scene const& scene) {
  auto const& courier = scene.state.courier;
  switch (courier.phase) {
    case CourierView::Phase::kNoStick: return scene.say("courierpage.no_stick");
    case CourierView::Phase::kReady: return scene.say("courierpage.ready");
    case CourierView::Phase::kWriting: return scene.say("courierpage.writing");
    case CourierView::Phase::kDone:
      return courier.written > 0 ? scene.say("courierpage.written", {{"n", grouped(scene, courier.written)}})
                                 : scene.say("courierpage.nothing");
    case CourierView::Phase::kFailed:
      return scene.say(failed_at_stick(courier) ? "courierpage.failed" : "courierpage.not_handed");
  }
  return {};
}

// What one would like to know besides, the most important first: the last ones may find no room.
std::vector<std::string> details(Scene const& scene) {
  auto const& courier = scene.state.courier;
  std::vector<std::string> lines;
  switch (courier.phase) {
    case CourierView::Phase::kNoStick:
    case CourierView::Phase::kReady:
      lines.push_back(scene.say("courierpage.waiting", {{"n", grouped(scene, scene.state.sync.waiting)}}));
      break;
    case CourierView::Phase::kWriting: lines.push_back(scene.say("courierpage.keep")); break;
    case CourierView::Phase::kDone:
      if (!courier.receipts_problem.empty()) lines.push_back(error_text(scene, courier.receipts_problem));
      // What is to be done before what has come of it: in large letters the last lines have no room.
      lines.push_back(scene.say(courier.written > 0 ? "courierpage.take" : "courierpage.pull_out"));
      if (courier.acknowledged > 0)
        lines.push_back(scene.say("courierpage.arrived", {{"n", grouped(scene, courier.acknowledged)}}));
      if (courier.left > 0) lines.push_back(scene.say("courierpage.left", {{"n", grouped(scene, courier.left)}}));
      if (courier.new_class) lines.push_back(scene.say("courierpage.new_class"));
      break;
    case CourierView::Phase::kFailed:
      lines.push_back(failed_at_stick(courier) ? scene.say("courierpage.failed_text")
                                               : error_text(scene, courier.problem_code));
      lines.push_back(scene.say("syncpage.safe"));
      lines.push_back(scene.say("syncpage.code", {{"code", courier.problem_code}}));
      break;
  }
  return lines;
}

struct Choice {
  std::string id, label;
  ui::ButtonLook look;
  ui::Icon icon;
  flow::Event event;
};

// The ways on from here, from the left: to the stick, to a phone, and back.
std::vector<Choice> choices(Scene const& scene) {
  std::vector<Choice> all;
  auto const phase = scene.state.courier.phase;
  if (phase == CourierView::Phase::kReady || phase == CourierView::Phase::kDone || phase == CourierView::Phase::kFailed)
    all.push_back({"courier.write", scene.say("courierpage.write"), ui::ButtonLook::kPrimary, ui::Icon::kStick,
                   flow::event::CarryNow{}});
  all.push_back({"courier.phone", scene.say("courierpage.phone"), ui::ButtonLook::kQuiet, ui::Icon::kPhone,
                 flow::event::StaffPageChosen{flow::screen::StaffPage::kPhone}});
  all.push_back(
      {"courier.back", scene.say("action.back"), ui::ButtonLook::kQuiet, ui::Icon::kBack, flow::event::Back{}});
  return all;
}

// Off the bottom of `box`. Where there is no room for all the words the ways that only lead elsewhere are pictures:
// first the way back, which everybody knows by its arrow.
void foot(Scene& scene, Rect& box) {
  auto& canvas = scene.canvas;
  bool const large = canvas.large();
  constexpr float kBetween = 20;
  Rect row = box.take_bottom(large ? ui::kSmallestTarget : kButtonHeight, large ? 12 : 20);
  auto const all = choices(scene);
  auto const wide = [&](Choice const& choice) { return canvas.text_width(TextStyle::kButton, choice.label) + 130; };
  float whole = -kBetween;
  for (Choice const& choice : all) whole += wide(choice) + kBetween;
  float const back_saves = wide(all.back()) - ui::kSmallestTarget;
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    bool const does = at->look == ui::ButtonLook::kPrimary;
    bool const leads_back = at == all.rbegin();
    bool const brief = !does && whole > row.w && (leads_back || whole - back_saves > row.w);
    bool const pictured = brief || wide(*at) <= row.w;
    float const width = std::min(row.w, brief ? ui::kSmallestTarget : wide(*at));
    Rect const place = does ? row.take_left(width) : row.take_right(width, kBetween);
    if (canvas.button(at->id, place, brief ? std::string() : at->label, at->look,
                      pictured ? at->icon : ui::Icon::kNone))
      scene.emit(at->event);
    if (brief) canvas.name_last(at->label);
  }
}

}  // namespace

void paint_courier(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large();
  foot(scene, box);
  canvas.card(box);
  Rect inner = box.inset(large ? 24.0F : 40.0F, large ? 14.0F : 30.0F);
  auto const title = heading(scene);
  auto const wraps = [&](TextStyle style) { return canvas.text_height(style, title, inner.w); };
  auto const style = wraps(TextStyle::kHeading) <= inner.h ? TextStyle::kHeading : TextStyle::kStrong;
  canvas.text("courier.phase", inner.take_top(std::min(inner.h, wraps(style)), large ? 8 : 18), title,
              {.style = style, .ink = colours.ink, .ground = colours.card, .fit = Fit::kWrap});
  auto const lines = details(scene);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    float const height = canvas.text_height(TextStyle::kBody, lines[i], inner.w);
    if (height > inner.h) break;
    canvas.text("courier.detail." + std::to_string(i), inner.take_top(height, 10), lines[i],
                {.style = TextStyle::kBody, .ink = colours.ink2, .ground = colours.card, .fit = Fit::kWrap});
  }
}

}  // namespace dga::screens
