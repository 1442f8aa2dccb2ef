#include "kiosk/input/wedge.h"

#include <utility>

#include "shared/text/badge.h"

namespace dga::input {
namespace {

constexpr std::size_t kBadgeDigits = 19;

// A scanner without a terminator and a picture that took long make one burst of two badges. Digits that are nothing but
// whole badges, check digits and all, are as many scans: nobody else's code looks so.
std::vector<std::string> badges_in(std::string text) {
  std::vector<std::string> badges;
  for (std::size_t at = 0; at < text.size(); at += kBadgeDigits) {
    std::string part = text.substr(at, kBadgeDigits);
    if (text.size() % kBadgeDigits != 0 || !text::read_badge(part)) return {std::move(text)};
    badges.push_back(std::move(part));
  }
  return badges.empty() ? std::vector<std::string>{std::move(text)} : badges;
}

}  // namespace

std::vector<flow::Event> Wedge::key(Key const& key) {
  std::vector<flow::Event> events;
  bool const in_burst = !held_.empty() && key.not_before_ms <= last_ms_ + kLongestGapMs;
  if (!in_burst) end_burst(events);

  switch (key.kind) {
    case Key::Kind::kCharacter:
      if (held_bytes_ + key.text.size() > kMostScanBytes) {
        cut_ = true;
      } else {
        held_.push_back(key.text);
        held_bytes_ += key.text.size();
      }
      last_ms_ = key.not_after_ms;
      if (held_.size() <= 1) first_ms_ = key.not_after_ms;
      // Each pair may have been quick; all together were not.
      if (key.not_before_ms > first_ms_ + kLongestGapMs * (held_.size() - 1)) release(events);
      return events;
    case Key::Kind::kEnter:
    case Key::Kind::kTab:
      if (in_burst && held_.size() >= kFewestScanCharacters) {
        end_scan(events);
        scan_ended_ms_ = key.not_after_ms;
        return events;
      }
      if (scan_ended_ms_ && held_.empty() && key.not_before_ms <= *scan_ended_ms_ + kLateTerminatorMs) return events;
      end_burst(events);
      if (key.kind == Key::Kind::kEnter) events.emplace_back(flow::event::Submit{});
      return events;
    case Key::Kind::kBackspace:
      end_burst(events);
      events.emplace_back(flow::event::KeyErase{});
      return events;
    case Key::Kind::kEscape:
      end_burst(events);
      events.emplace_back(flow::event::Back{});
      return events;
  }
  return events;
}

std::vector<flow::Event> Wedge::settle(std::uint64_t now_ms) {
  std::vector<flow::Event> events;
  if (!held_.empty() && now_ms > last_ms_ + kLongestGapMs) end_burst(events);
  return events;
}

std::optional<std::uint64_t> Wedge::due_ms() const {
  if (held_.empty()) return std::nullopt;
  return last_ms_ + kLongestGapMs + 1;
}

void Wedge::end_burst(std::vector<flow::Event>& events) {
  if (held_.size() >= kFewestScanCharacters) {
    scan_ended_ms_ = last_ms_;
    end_scan(events);
    return;
  }
  release(events);
}

void Wedge::release(std::vector<flow::Event>& events) {
  for (std::string& character : held_) events.emplace_back(flow::event::KeyTyped{std::move(character)});
  held_.clear();
  held_bytes_ = 0;
  cut_ = false;
}

void Wedge::end_scan(std::vector<flow::Event>& events) {
  std::string text;
  text.reserve(held_bytes_);
  for (std::string const& character : held_) text += character;
  if (cut_) text.resize(kMostScanBytes, ' ');  // as long as a scan may be: it cannot pass for a shorter one
  for (std::string& scan : badges_in(std::move(text))) events.emplace_back(flow::event::Scanned{std::move(scan)});
  held_.clear();
  held_bytes_ = 0;
  cut_ = false;
}

}  // namespace dga::input
