#pragma once

#include <array>
#include <utility>
#include <vector>

#include "kiosk/ui/colour.h"
#include "kiosk/ui/look.h"

namespace dga::ui {

// A colour for what is said, and one for what it is said on.
struct Tone {
  Colour ink;
  Colour on;
};

// The tokens of the look; every text of the product is one of these on one of these (pairs()).
struct Theme {
  Colour ink, ink2;                               // text, secondary text
  Colour paper, card, line;                       // background, cards, borders and tracks
  Colour brand, on_brand, on_brand2, brand_chip;  // the header: its ground, text, secondary text, chips
  Colour action, on_action;                       // primary button, focus, progress
  Colour tint, on_tint;                           // quiet button, chips
  Colour tray, key;                               // the keyboard's ground and keys
  Tone ok, already, late, refused;
  Tone rehearsal;          // the banner
  Colour good, attention;  // dots beside a text that says the same
  Colour shadow;
  float shadow_strength;  // 0: none, borders do the work

  // Every text/ground pair in use: all must reach 7:1.
  [[nodiscard]] std::vector<std::pair<Colour, Colour>> pairs() const;
};

[[nodiscard]] Theme const& theme(ThemeName name);

inline constexpr double kLeastContrast = 7.0;

}  // namespace dga::ui
