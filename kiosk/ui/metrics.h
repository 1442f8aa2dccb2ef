#pragma once

#include <optional>

#include "kiosk/ui/look.h"

namespace dga::ui {

// Width and height of the picture on the panel in millimetres.
struct Millimetres {
  float width = 0, height = 0;
};

// The picture in pixels and on the panel.
struct Panel {
  int width_px = 1280, height_px = 800;
  Millimetres size{217.5F, 135.9F};  // 10.1", 16:10
};

enum class TextStyle {
  kResult,     // what happened, on a result
  kTitle,      // the one thing to do
  kHeading,    // of a card or page; keys and typed text
  kButton,     // buttons and names
  kBody,       // a paragraph
  kStrong,     // small and bold: chips, the header's first line
  kSecondary,  // what one may overlook
  kNumber,     // big figures of equal width
  kClock,      // figures of equal width in the header
};
inline constexpr int kTextStyles = 9;

// From the panel's size to units and text sizes.
// A unit is at least 1/5.885 mm, a pixel of the reference panel: then buttons of 118 units are 20 mm. On a larger panel
// the picture of 1280 x 800 units (800 x 1280 upright) grows until it fills the panel.
class Metrics {
 public:
  explicit Metrics(Panel const& panel, TextScale text = TextScale::kNormal);

  [[nodiscard]] float pixels_per_unit() const { return pixels_per_unit_; }
  [[nodiscard]] float pixels_per_mm() const { return pixels_per_mm_; }
  [[nodiscard]] float units_per_mm() const { return pixels_per_mm_ / pixels_per_unit_; }
  // The whole picture in units.
  [[nodiscard]] float width() const { return width_; }
  [[nodiscard]] float height() const { return height_; }
  // The height of an em in units.
  [[nodiscard]] float em(TextStyle style) const;
  [[nodiscard]] TextScale text() const { return text_; }
  [[nodiscard]] Panel const& panel() const { return panel_; }

 private:
  Panel panel_;
  TextScale text_;
  float pixels_per_mm_, pixels_per_unit_, width_, height_;
};

// The angle in degrees under which a capital letter of `em_mm` is seen at 60 cm (EN 301 549, 5.1.4). Inter's capitals
// are 0.727 em tall.
[[nodiscard]] double capital_angle(double em_mm);

inline constexpr float kReferencePixelsPerMm = 5.885F;  // 1280 px on the 217.5 mm of a 10.1" panel
inline constexpr float kSmallestTarget = 118;           // units: 20 mm
inline constexpr float kSmallestKeyWidth = 114.8F;      // units: 19.5 mm
inline constexpr float kSmallestKeyHeight = 88.3F;      // units: 15 mm

}  // namespace dga::ui
