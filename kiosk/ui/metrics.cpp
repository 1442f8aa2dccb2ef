#include "kiosk/ui/metrics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dga::ui {
namespace {

constexpr float kLongSide = 1280, kShortSide = 800;
// A panel smaller than 10.1" would leave no room for the reference picture: units shrink with it from here on.
constexpr float kMostZoom = 1.08F;

float fitting(Panel const& panel) {
  bool const upright = panel.width_px < panel.height_px;
  float const width = upright ? kShortSide : kLongSide, height = upright ? kLongSide : kShortSide;
  return std::min(static_cast<float>(panel.width_px) / width, static_cast<float>(panel.height_px) / height);
}

// In units of the look: 38.5 is 0.45 degrees at 60 cm, 26 is 0.3, 60 is 0.7.
float em_of(TextStyle style, TextScale scale) {
  bool const large = scale == TextScale::kLarge;
  switch (style) {
    case TextStyle::kResult: return large ? 74 : 68;
    case TextStyle::kTitle: return large ? 66 : 60;
    case TextStyle::kHeading: return large ? 62 : 44;
    case TextStyle::kButton: return large ? 60 : 39;
    case TextStyle::kBody: return large ? 60 : 39;
    case TextStyle::kStrong: return large ? 60 : 30;
    case TextStyle::kSecondary: return large ? 60 : 27;
    case TextStyle::kNumber: return large ? 66 : 60;
    case TextStyle::kClock: return large ? 62 : 46;
  }
  return 0;
}

}  // namespace

Metrics::Metrics(Panel const& panel, TextScale text) : panel_(panel), text_(text) {
  pixels_per_mm_ = static_cast<float>(panel.width_px) / panel.size.width;
  float const fit = fitting(panel);
  pixels_per_unit_ = std::clamp(pixels_per_mm_ / kReferencePixelsPerMm, fit, fit * kMostZoom);
  width_ = static_cast<float>(panel.width_px) / pixels_per_unit_;
  height_ = static_cast<float>(panel.height_px) / pixels_per_unit_;
}

float Metrics::em(TextStyle style) const { return em_of(style, text_); }

double capital_angle(double em_mm) {
  constexpr double kCapitalShare = 0.727, kDistanceMm = 600;
  return std::atan2(em_mm * kCapitalShare, kDistanceMm) * 180.0 / std::numbers::pi;
}

}  // namespace dga::ui
