#include <algorithm>

#include "kiosk/ui/canvas.h"

namespace dga::ui {
namespace {

struct Paint {
  Colour ground, ink;
  Depth depth = Depth::kFlat;
  bool bordered = false;
};

Paint paint_of(ButtonLook look, Theme const& theme) {
  switch (look) {
    case ButtonLook::kPrimary: return {theme.action, theme.on_action, Depth::kFlat, false};
    case ButtonLook::kQuiet: return {theme.tint, theme.on_tint, Depth::kFlat, false};
    case ButtonLook::kPlain: return {theme.card, theme.on_tint, Depth::kRaised, false};
    case ButtonLook::kOutlined: return {theme.card, theme.ink, Depth::kFlat, true};
    case ButtonLook::kDanger: return {theme.card, theme.refused.ink, Depth::kFlat, true};
    case ButtonLook::kHeader: return {theme.brand_chip, theme.on_brand, Depth::kFlat, false};
  }
  return {};
}

}  // namespace

bool Canvas::touch(std::string_view id, Rect const& box, std::string_view text, Role role, float radius) {
  bool held = armed_ == id, tapped = tapping_ == id;
  for (Finger const& finger : now_) {
    bool const inside = box.contains(finger.at);
    if (finger.down) {
      held = inside;
      hit_ = hit_ || inside;
    } else {
      tapped = tapped || (held && inside);
      held = false;
    }
  }
  if (held) arming_ = id;
  if (focus_ == id) outline(box.inset(-7), colours().action, radius + 7, 4);
  Widget widget;
  widget.id = id;
  widget.role = role;
  widget.label = text;
  widget.rectangle = box;
  widgets_.push_back(std::move(widget));
  return tapped;
}

bool Canvas::button(std::string_view id, Rect const& box, std::string_view text, ButtonLook look, Icon which,
                    TextStyle style) {
  Theme const& theme = colours();
  Paint const paint = paint_of(look, theme);
  float const radius = std::min(24.0F, box.h / 2);
  bool const tapped = touch(id, box, text, Role::kButton, radius);
  bool const down = pressed(id);
  Rect const drawn = down ? box.inset(2) : box;
  Colour const ground = down ? mixed(paint.ground, paint.ink, 0.14F) : paint.ground;
  if (paint.depth == Depth::kRaised && !down) shadow(drawn, radius);
  fill(drawn, ground, radius);
  bool const bare = theme.shadow_strength <= 0 && look != ButtonLook::kPrimary;
  if (paint.bordered || bare) outline(drawn, theme.line, radius, bare ? 3 : 2);
  Widget& widget = widgets_.back();
  widget.ink = paint.ink;
  widget.ground = paint.ground;
  label(widget, text, style, which);
  return tapped;
}

int& Canvas::leaf(std::string const& list) {
  auto const before = last_leaves_.find(list);
  return leaves_.try_emplace(list, before == last_leaves_.end() ? 0 : before->second).first->second;
}

void Canvas::name_last(std::string_view spoken) {
  if (!widgets_.empty()) widgets_.back().label = spoken;
}

void Canvas::note(Widget widget) { widgets_.push_back(std::move(widget)); }

void Canvas::finger_down(Point at) {
  focus_.clear();
  fingers_.push_back({at, true});
}

void Canvas::finger_up(Point at) { fingers_.push_back({at, false}); }

Widget const* Canvas::find(std::string_view id) const {
  auto const found =
      std::find_if(widgets_.begin(), widgets_.end(), [&](Widget const& widget) { return widget.id == id; });
  return found == widgets_.end() ? nullptr : &*found;
}

bool Canvas::tap(std::string_view id) {
  Widget const* widget = find(id);
  if (widget == nullptr || !can_be_touched(widget->role)) return false;
  tapping_ = id;
  return true;
}

void Canvas::focus_next() {
  auto const can = [](Widget const& widget) { return can_be_touched(widget.role) && widget.role != Role::kKey; };
  auto const now =
      std::find_if(widgets_.begin(), widgets_.end(), [&](Widget const& widget) { return widget.id == focus_; });
  auto next = now == widgets_.end() ? widgets_.end() : std::find_if(now + 1, widgets_.end(), can);
  if (next == widgets_.end()) next = std::find_if(widgets_.begin(), widgets_.end(), can);
  focus_ = next == widgets_.end() ? std::string() : next->id;
}

void Canvas::focus_activate() {
  if (!focus_.empty()) tap(std::string(focus_));
}

}  // namespace dga::ui
