#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/flow/state.h"
#include "kiosk/ui/canvas.h"
#include "kiosk/ui/characters.h"
#include "kiosk/ui/lang.h"

namespace dga::screens {

// Draws what the state says and answers what was touched. Reads the state only; state.mono_ms and state.wall_ms must be
// of this frame (transitions and countdowns are drawn from them). Thread: the UI thread's only.
[[nodiscard]] std::vector<flow::Event> draw(flow::State const& state, ui::Canvas& canvas, ui::Lang const& lang);

// The theme and text scale that the state asks for: what Window::frame takes.
[[nodiscard]] ui::Look look_of(flow::State const& state);

// All characters of a class and its roster, for Window::use_characters (add those of both languages, too).
void add_characters(flow::ClassView const& a_class, ui::CharacterSet& set);

// Every key that the screens use: what Lang::load takes, so that a missing word is found at start.
[[nodiscard]] std::span<std::string_view const> words();

// How long the picture stays right with no event: until the clock's next minute or the countdown's next second.
[[nodiscard]] std::chrono::milliseconds stays_right_for(flow::State const& state);

}  // namespace dga::screens
