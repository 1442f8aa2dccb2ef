#include "tests/kiosk/screens/layout.h"

#include <algorithm>
#include <set>

#include "kiosk/ui/theme.h"

namespace dga::test {
namespace {

using ui::Rect;
using ui::Widget;

constexpr float kTolerance = 1.5F;  // units: what rounding to pixels moves
constexpr double kTargetMm = 19.99, kKeyWidthMm = 19.49, kKeyHeightMm = 14.99;
constexpr double kInstruction = 0.45, kSecondary = 0.30, kLarge = 0.70;  // degrees, experience.md

bool overlap(Rect const& a, Rect const& b) {
  return a.x + kTolerance < b.right() && b.x + kTolerance < a.right() && a.y + kTolerance < b.bottom() &&
         b.y + kTolerance < a.bottom();
}

bool within(Rect const& inner, Rect const& outer) {
  return inner.x >= outer.x - kTolerance && inner.y >= outer.y - kTolerance &&
         inner.right() <= outer.right() + kTolerance && inner.bottom() <= outer.bottom() + kTolerance;
}

// What comes from a roster, a class or a person's fingers may be longer than any card; our own words may not.
bool is_data(std::string const& id) {
  return id == "header.course" || id == "find.field.text" || id == "out.kiosk" || id.ends_with(".name") ||
         id.ends_with(".agency");
}

Rect taken_by(Widget const& widget) { return widget.role == ui::Role::kText ? widget.text : widget.rectangle; }

std::string place(Rect const& box) {
  auto const whole = [](float value) { return std::to_string(static_cast<int>(value)); };
  return "(" + whole(box.x) + ", " + whole(box.y) + ", " + whole(box.w) + " x " + whole(box.h) + ")";
}

void check_size(Widget const& widget, ui::Metrics const& metrics, std::vector<std::string>& faults) {
  double const width = static_cast<double>(widget.rectangle.w / metrics.units_per_mm());
  double const height = static_cast<double>(widget.rectangle.h / metrics.units_per_mm());
  bool const key = widget.role == ui::Role::kKey;
  if (ui::can_be_touched(widget.role) &&
      (width < (key ? kKeyWidthMm : kTargetMm) || height < (key ? kKeyHeightMm : kTargetMm))) {
    faults.push_back(widget.id + " is only " + std::to_string(width) + " x " + std::to_string(height) + " mm");
  }
  if (widget.em <= 0) return;
  double const angle = ui::capital_angle(static_cast<double>(widget.em / metrics.units_per_mm()));
  bool const large = metrics.text() == ui::TextScale::kLarge;
  bool const instruction = widget.instruction || ui::can_be_touched(widget.role);
  double const least = large ? kLarge : instruction ? kInstruction : kSecondary;
  if (angle < least - 0.0005) faults.push_back(widget.id + " is written under " + std::to_string(angle) + " degrees");
}

void check_text(Widget const& widget, Widget const* parent, std::vector<std::string>& faults) {
  if (widget.em <= 0) return;
  if (!within(widget.text, widget.rectangle)) {
    faults.push_back(widget.id + ": its text " + place(widget.text) + " leaves its box " + place(widget.rectangle) +
                     ": " + widget.label);
  }
  if (parent != nullptr && !within(widget.text, parent->rectangle))
    faults.push_back(widget.id + ": its text leaves " + parent->id);
  if (widget.shortened && !(widget.may_shorten && is_data(widget.id)))
    faults.push_back(widget.id + " is cut off: " + widget.label);
  if (ui::contrast(widget.ink, widget.ground) < ui::kLeastContrast) {
    faults.push_back(widget.id + " has a contrast of " + std::to_string(ui::contrast(widget.ink, widget.ground)));
  }
}

}  // namespace

std::vector<std::string> faults_of(std::vector<Widget> const& widgets, ui::Metrics const& metrics) {
  std::vector<std::string> faults;
  Rect const screen{0, 0, metrics.width(), metrics.height()};
  std::set<std::string> seen;
  auto const find = [&](std::string const& id) -> Widget const* {
    auto const found = std::find_if(widgets.begin(), widgets.end(), [&](Widget const& each) { return each.id == id; });
    return found == widgets.end() ? nullptr : &*found;
  };
  for (Widget const& widget : widgets) {
    if (!seen.insert(widget.id).second) faults.push_back(widget.id + " is there twice");
    if (widget.label.empty()) faults.push_back(widget.id + " says nothing");
    if (!within(taken_by(widget), screen))
      faults.push_back(widget.id + " leaves the screen: " + place(taken_by(widget)));
    check_size(widget, metrics, faults);
    check_text(widget, widget.inside.empty() ? nullptr : find(widget.inside), faults);
  }
  for (std::size_t i = 0; i < widgets.size(); ++i) {
    for (std::size_t j = i + 1; j < widgets.size(); ++j) {
      Widget const &a = widgets[i], &b = widgets[j];
      // A result is one thing to touch, whatever stands on it.
      bool const whole_screen = a.rectangle.h >= screen.h - 1 || b.rectangle.h >= screen.h - 1;
      if (a.inside == b.id || b.inside == a.id || whole_screen || !overlap(taken_by(a), taken_by(b))) continue;
      faults.push_back(a.id + " " + place(taken_by(a)) + " overlaps " + b.id + " " + place(taken_by(b)));
    }
  }
  return faults;
}

}  // namespace dga::test
