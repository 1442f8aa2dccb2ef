#pragma once

#include <cstdint>

namespace dga::ui {

// sRGB and opacity, eight bits each.
struct Colour {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;

  [[nodiscard]] static constexpr Colour hex(std::uint32_t rgb) {
    return {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8), static_cast<std::uint8_t>(rgb),
            255};
  }
  // The same with another opacity, 0 .. 1.
  [[nodiscard]] constexpr Colour with_opacity(float opacity) const {
    return {r, g, b, static_cast<std::uint8_t>(opacity * 255.0F + 0.5F)};
  }
  bool operator==(Colour const&) const = default;
};

// `share` (0 .. 1) of `over` on `under`.
[[nodiscard]] Colour mixed(Colour under, Colour over, float share);

// WCAG 2.2 contrast ratio of two opaque colours, 1 .. 21.
[[nodiscard]] double contrast(Colour a, Colour b);

}  // namespace dga::ui
