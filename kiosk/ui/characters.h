#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace dga::ui {

// The characters that the fonts must hold: ASCII, the Vietnamese letters and the signs that our texts use from the
// start; words of the catalogue and names of the roster are added.
class CharacterSet {
 public:
  CharacterSet();
  // Every code point of `utf8` up to U+FFFF (what Dear ImGui can draw); control characters are left out.
  void add(std::string_view utf8);
  [[nodiscard]] bool contains(char32_t character) const { return character < kMost && held_.test(character); }
  [[nodiscard]] std::vector<char32_t> all() const;
  bool operator==(CharacterSet const&) const = default;

 private:
  static constexpr std::size_t kMost = 0x10000;
  std::bitset<kMost> held_;
};

// Code points of a text; malformed bytes become U+FFFD.
[[nodiscard]] std::vector<char32_t> code_points(std::string_view utf8);
[[nodiscard]] std::string to_utf8(char32_t character);

}  // namespace dga::ui
