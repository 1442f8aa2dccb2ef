#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kiosk/ui/canvas.h"

namespace dga::ui {

// What a key of the on-screen keyboard was touched for.
struct KeyTouch {
  enum class Kind { kCharacter, kErase, kShift, kDigits, kTelex, kBack, kSubmit } kind = Kind::kCharacter;
  std::string text;  // kCharacter: UTF-8, in the case that the key shows
};

enum class Telex { kNone /* no such key */, kOn, kOff };

struct KeyboardLook {
  bool shift = false, digits = false;
  Telex telex = Telex::kNone;
  std::string_view back;    // label of the way back; empty: no such key
  std::string_view submit;  // label of the big key
  std::string_view telex_label, plain_label, space_label, shift_label, erase_label;
};

// QWERTY in rows of ten where ten keys of 19.5 mm fit; on an upright 10" panel they don't: rows of six, by the
// alphabet.
[[nodiscard]] float keyboard_height(Canvas const& canvas);
// Fills the foot of the screen; ids "key.q", "key.shift", "key.submit", ...
[[nodiscard]] std::optional<KeyTouch> keyboard(Canvas& canvas, KeyboardLook const& look);

}  // namespace dga::ui
