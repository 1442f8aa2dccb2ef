#pragma once

namespace dga::ui {

// Lengths on the screen in units: 1 unit is one pixel of the reference panel (10.1", 1280 x 800) and scales with the
// panel.
struct Point {
  float x = 0, y = 0;
};

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;

  [[nodiscard]] float right() const { return x + w; }
  [[nodiscard]] float bottom() const { return y + h; }
  [[nodiscard]] Point centre() const { return {x + w / 2, y + h / 2}; }
  [[nodiscard]] bool contains(Point point) const {
    return point.x >= x && point.x < right() && point.y >= y && point.y < bottom();
  }
  // Smaller by `by_x` and `by_y` on each side.
  [[nodiscard]] Rect inset(float by_x, float by_y) const { return {x + by_x, y + by_y, w - 2 * by_x, h - 2 * by_y}; }
  [[nodiscard]] Rect inset(float by) const { return inset(by, by); }
  [[nodiscard]] Rect moved(float by_x, float by_y) const { return {x + by_x, y + by_y, w, h}; }

  // Cut a piece off one side, and a gap with it; what is left stays in this rectangle.
  Rect take_top(float height, float gap = 0) {
    Rect const taken{x, y, w, height};
    y += height + gap;
    h -= height + gap;
    return taken;
  }
  Rect take_bottom(float height, float gap = 0) {
    Rect const taken{x, bottom() - height, w, height};
    h -= height + gap;
    return taken;
  }
  Rect take_left(float width, float gap = 0) {
    Rect const taken{x, y, width, h};
    x += width + gap;
    w -= width + gap;
    return taken;
  }
  Rect take_right(float width, float gap = 0) {
    Rect const taken{right() - width, y, width, h};
    w -= width + gap;
    return taken;
  }
};

}  // namespace dga::ui
