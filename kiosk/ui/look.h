#pragma once

#include <cstdint>

namespace dga::ui {

enum class ThemeName : std::uint8_t { kLight, kDark, kHighContrast };
enum class TextScale : std::uint8_t { kNormal, kLarge };

// What a person at the kiosk may choose. A change of the scale rebuilds the fonts (about 20 ms), a change of theme
// nothing.
struct Look {
  ThemeName theme = ThemeName::kLight;
  TextScale text = TextScale::kNormal;
  bool operator==(Look const&) const = default;
};

}  // namespace dga::ui
