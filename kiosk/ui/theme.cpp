#include "kiosk/ui/theme.h"

namespace dga::ui {
namespace {

constexpr Colour hex(std::uint32_t rgb) { return Colour::hex(rgb); }

// The sketches' tokens; ok, refused and action are a shade darker than sketched, because 7:1 is asked of them.
constexpr Theme kLight{
    .ink = hex(0x0E1B2E),
    .ink2 = hex(0x3D4C61),
    .paper = hex(0xF4F7FB),
    .card = hex(0xFFFFFF),
    .line = hex(0xD9E1EA),
    .brand = hex(0x0A3A7E),
    .on_brand = hex(0xFFFFFF),
    .on_brand2 = hex(0xDCE7F5),
    .brand_chip = hex(0x2B5594),
    .action = hex(0x0B55B0),
    .on_action = hex(0xFFFFFF),
    .tint = hex(0xE3EEFB),
    .on_tint = hex(0x0A3A7E),
    .tray = hex(0xE1E8F1),
    .key = hex(0xFFFFFF),
    .ok = {hex(0x0A5C31), hex(0xE2F5EA)},
    .already = {hex(0x7A4100), hex(0xFFF1D6)},
    .late = {hex(0x1B4B91), hex(0xE3EEFB)},
    .refused = {hex(0x981B1B), hex(0xFDE7E7)},
    .rehearsal = {hex(0x5A3700), hex(0xFFE7BD)},
    .good = hex(0x0B8A54),
    .attention = hex(0xC77700),
    .shadow = hex(0x0E1B2E),
    .shadow_strength = 1.0F,
};

constexpr Theme kDark{
    .ink = hex(0xF2F6FB),
    .ink2 = hex(0xB9C6D6),
    .paper = hex(0x0D1420),
    .card = hex(0x172131),
    .line = hex(0x3A4A60),
    .brand = hex(0x0A2347),
    .on_brand = hex(0xFFFFFF),
    .on_brand2 = hex(0xC7D6EA),
    .brand_chip = hex(0x1F3F6F),
    .action = hex(0x7FB4FF),
    .on_action = hex(0x06162B),
    .tint = hex(0x1E3350),
    .on_tint = hex(0xBBD8FF),
    .tray = hex(0x0A101A),
    .key = hex(0x202D40),
    .ok = {hex(0x7EE2A8), hex(0x0B2A1B)},
    .already = {hex(0xFFCF7A), hex(0x2E2108)},
    .late = {hex(0x9CC6FF), hex(0x0F2440)},
    .refused = {hex(0xFFB1B1), hex(0x351315)},
    .rehearsal = {hex(0xFFD894), hex(0x3A2A0C)},
    .good = hex(0x3FCB86),
    .attention = hex(0xFFB84D),
    .shadow = hex(0x000000),
    .shadow_strength = 2.5F,
};

// No shades and no shadows: white on black, edges drawn.
constexpr Theme kHighContrast{
    .ink = hex(0xFFFFFF),
    .ink2 = hex(0xFFFFFF),
    .paper = hex(0x000000),
    .card = hex(0x000000),
    .line = hex(0xFFFFFF),
    .brand = hex(0x000000),
    .on_brand = hex(0xFFFFFF),
    .on_brand2 = hex(0xFFFFFF),
    .brand_chip = hex(0x000000),
    .action = hex(0xFFE14D),
    .on_action = hex(0x000000),
    .tint = hex(0x000000),
    .on_tint = hex(0xFFE14D),
    .tray = hex(0x000000),
    .key = hex(0x000000),
    .ok = {hex(0x8CFFB0), hex(0x000000)},
    .already = {hex(0xFFE14D), hex(0x000000)},
    .late = {hex(0xA6D8FF), hex(0x000000)},
    .refused = {hex(0xFFB3B3), hex(0x000000)},
    .rehearsal = {hex(0x000000), hex(0xFFE14D)},
    .good = hex(0x8CFFB0),
    .attention = hex(0xFFE14D),
    .shadow = hex(0x000000),
    .shadow_strength = 0.0F,
};

}  // namespace

Theme const& theme(ThemeName name) {
  switch (name) {
    case ThemeName::kLight: return kLight;
    case ThemeName::kDark: return kDark;
    case ThemeName::kHighContrast: return kHighContrast;
  }
  return kLight;
}

std::vector<std::pair<Colour, Colour>> Theme::pairs() const {
  std::vector<std::pair<Colour, Colour>> all{
      {ink, paper},
      {ink, card},
      {ink, tint},
      {ink, key},
      {ink2, paper},
      {ink2, card},
      {ink2, tint},
      {on_brand, brand},
      {on_brand2, brand},
      {on_brand, brand_chip},
      {on_action, action},
      {on_tint, tint},
      {on_tint, card},
      {on_tint, paper},
      {rehearsal.ink, rehearsal.on},
      {refused.ink, card},
      {refused.ink, paper},
      {already.ink, card},
      {already.ink, already.on},
      {ink, tray},
  };
  for (Tone const& tone : {ok, already, late, refused}) {
    all.emplace_back(tone.ink, tone.on);
    all.emplace_back(ink, tone.on);
    all.emplace_back(ink2, tone.on);
  }
  return all;
}

}  // namespace dga::ui
