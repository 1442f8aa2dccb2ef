#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/flow/state.h"
#include "kiosk/ui/canvas.h"
#include "kiosk/ui/lang.h"

namespace dga::screens {

// What a screen is drawn from, and what it answers. Lives for one frame.
struct Scene {
  flow::State const& state;
  ui::Canvas& canvas;
  ui::Lang const& lang;
  std::vector<flow::Event>& events;

  [[nodiscard]] ui::Theme const& colours() const { return canvas.colours(); }
  [[nodiscard]] std::string const& say(std::string_view key) const { return lang(key); }
  [[nodiscard]] std::string say(std::string_view key,
                                std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
    return lang(key, values);
  }
  void emit(flow::Event event) { events.push_back(std::move(event)); }
};

// Times in the class's zone.
[[nodiscard]] std::string clock_of(flow::State const& state, std::int64_t utc_ms);     // "07:52"
[[nodiscard]] std::string date_of(flow::State const& state, std::int64_t utc_ms);      // "12/11"
[[nodiscard]] std::string day_of_year(flow::State const& state, std::int64_t utc_ms);  // "12/11/2024"
[[nodiscard]] bool is_today(flow::State const& state, std::int64_t utc_ms);

[[nodiscard]] v1::Session const* session_of(flow::State const& state, std::uint32_t id);
// The one that is open, or the next; none when all are over.
[[nodiscard]] v1::Session const* session_shown(flow::State const& state);

// A session in words, from the longest to the shortest.
struct SessionWords {
  std::string whole;   // "Ngày 1 · Buổi sáng · 08:00 – 11:30"
  std::string middle;  // "Buổi sáng · 08:00 – 11:30"
  std::string hours;   // "08:00 – 11:30"
};
[[nodiscard]] SessionWords words_of(Scene const& scene, v1::Session const& session);
// "Mở điểm danh lúc 12:30", with the date when it is another day.
[[nodiscard]] std::string opening_of(Scene const& scene, std::int64_t opens_at_ms);

// What is known to be wrong with the clock, in a sentence; empty where nothing is.
[[nodiscard]] std::string clock_fault(Scene const& scene);
[[nodiscard]] std::string course_of(Scene const& scene);
[[nodiscard]] std::string grouped(Scene const& scene, std::uint64_t number);   // 1240 as "1.240", "1,240"
[[nodiscard]] std::string kilobytes(Scene const& scene, std::uint64_t bytes);  // 1,239,001 as "1,240": never too few
// The text for a code, or the general one.
[[nodiscard]] std::string error_text(Scene const& scene, std::string_view code);
[[nodiscard]] std::string joined(std::initializer_list<std::string_view> parts);  // "a · b", empty ones left out

}  // namespace dga::screens
