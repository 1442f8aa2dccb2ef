#include "kiosk/ui/colour.h"

#include <algorithm>
#include <cmath>

namespace dga::ui {
namespace {

// sRGB to light, IEC 61966-2-1, with the constant that WCAG's definition uses.
double light(std::uint8_t channel) {
  double const share = channel / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(Colour colour) {
  return 0.2126 * light(colour.r) + 0.7152 * light(colour.g) + 0.0722 * light(colour.b);
}

std::uint8_t between(std::uint8_t under, std::uint8_t over, float share) {
  float const value = static_cast<float>(under) + (static_cast<float>(over) - static_cast<float>(under)) * share;
  return static_cast<std::uint8_t>(std::lround(value));
}

}  // namespace

Colour mixed(Colour under, Colour over, float share) {
  return {between(under.r, over.r, share), between(under.g, over.g, share), between(under.b, over.b, share), under.a};
}

double contrast(Colour a, Colour b) {
  double const first = luminance(a), second = luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace dga::ui
