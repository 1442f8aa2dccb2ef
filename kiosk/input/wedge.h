#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/input/scan.h"

namespace dga::input {

// A key of a keyboard, or of a scanner that pretends to be one. A window hands keys out when it looks, so a key was
// pressed at some time since it looked before: the time is a span. Monotonic milliseconds.
struct Key {
  enum class Kind { kCharacter, kEnter, kTab, kBackspace, kEscape } kind = Kind::kCharacter;
  std::string text;  // kCharacter: UTF-8
  std::uint64_t not_before_ms = 0;
  std::uint64_t not_after_ms = 0;
};

// Tells scans from typing by their rhythm. Scanners send a character every 1 to 20 ms, people rarely two within 60.
// A burst of kFewestScanCharacters and more is one scan, whether Enter, Tab or silence ends it; all else is typing,
// handed on once the gaps have shown that it is no burst. Pure: time comes with the keys. Example: frames take 100 ms
// and somebody types every 90 ms. No two keys are surely 35 ms apart; but the sixth is surely 350 ms after the first,
// 70 a key: typing.
class Wedge {
 public:
  // The longest pause within a burst, in milliseconds.
  static constexpr std::uint64_t kLongestGapMs = 35;
  // Shorter than a badge (19) and longer than a PIN (4 to 6), which must never be taken for a scan.
  static constexpr std::size_t kFewestScanCharacters = 8;
  // A terminator that comes this late after its scan, or a second one (CR LF), is no Enter of a person.
  static constexpr std::uint64_t kLateTerminatorMs = 100;

  [[nodiscard]] std::vector<flow::Event> key(Key const& key);
  // Time went on, and all keys up to `now_ms` were given.
  [[nodiscard]] std::vector<flow::Event> settle(std::uint64_t now_ms);
  // When settle() has something to say; nothing while no character is held.
  [[nodiscard]] std::optional<std::uint64_t> due_ms() const;

 private:
  void end_burst(std::vector<flow::Event>& events);
  void end_scan(std::vector<flow::Event>& events);
  void release(std::vector<flow::Event>& events);

  std::vector<std::string> held_;  // characters of a burst, or of typing that may become one
  std::size_t held_bytes_ = 0;
  bool cut_ = false;
  std::uint64_t first_ms_ = 0, last_ms_ = 0;  // latest times of the first and the last one held
  std::optional<std::uint64_t> scan_ended_ms_;
};

}  // namespace dga::input
