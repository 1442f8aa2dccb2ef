#pragma once

#include <string>
#include <string_view>

#include "kiosk/screens/scene.h"
#include "kiosk/ui/keyboard.h"

namespace dga::screens {

inline constexpr float kMargin = 40;  // from the screen's edge
inline constexpr float kGap = 24;     // between cards
inline constexpr float kButtonHeight = 124;

// Says calmly that this is a rehearsal, or that the clock is not the real one. Takes its strip off the top of `rest`,
// or nothing where neither is so.
void banner(Scene& scene, ui::Rect& rest);

// Says that the room for records runs out, and how many check-ins still fit. Takes its strip off the top of `rest`, or
// nothing where there is plenty.
void space_strip(Scene& scene, ui::Rect& rest);

// The class, its session and the clock on the brand's ground; takes its part off the top of `rest`.
enum class HeaderChoices { kNone, kLanguage, kAll /* and text size and theme */ };
void header(Scene& scene, ui::Rect& rest, HeaderChoices choices, std::string_view role = {});

// A round sign: icon on a disc.
void sign(Scene& scene, ui::Icon icon, ui::Point centre, float radius, ui::Tone const& tone);

// A dot and a sentence about sync; answers its width.
float sync_line(Scene& scene, ui::Rect const& box, std::string_view id);

// A list of which the flow knows pages, and the screen may show less at a time (large text).
struct Leaves {
  std::size_t first = 0, count = 0;  // what to show
  std::size_t number = 0, all = 0;   // page `number` (from 1) of `all`, as people count them
};
[[nodiscard]] Leaves leaves_of(Scene& scene, std::string const& list, std::size_t size, std::size_t flow_page,
                               std::size_t on_flow_page, std::size_t at_a_time);
// The ways to the next and the previous one: over each other, or side by side where `column` is low. "<prefix>.next",
// ".previous".
void leafing(Scene& scene, std::string const& prefix, std::string const& list, Leaves const& leaves,
             std::size_t flow_page, std::size_t on_flow_page, ui::Rect const& column);

// What was typed, with a caret; `masked` shows dots.
enum class Typed { kShown, kMasked };
void field(Scene& scene, std::string_view id, ui::Rect const& box, std::string_view label, std::string const& typed,
           Typed how);

// The on-screen keyboard, and what its keys mean. The words that all keyboards share are put in here.
void type_on(Scene& scene, ui::KeyboardLook look);

// A button to change the language, for screens without a header.
void language_button(Scene& scene, ui::Rect const& box);

}  // namespace dga::screens
