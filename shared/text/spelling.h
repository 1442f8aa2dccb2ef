#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dga::text {

// A word taken apart as a Vietnamese reader hears it: which letters, which marks on them, which tone. Where in the
// word the tone was written doesn't matter: "hoà" and "hòa" are spelled alike.
struct SpelledWord {
  // Folded: lower case, no marks, d for đ.
  std::u32string letters;
  // One for each letter: what makes another letter of it (â, ă, ơ, đ ...), 0 for nothing.
  std::u32string marks;
  // The combining mark of its tone, 0 for none (ngang).
  char32_t tone = 0;

  auto operator<=>(SpelledWord const&) const = default;
  bool operator==(SpelledWord const&) const = default;
};

// The words of a name. Whatever is no letter, digit or mark parts them: "H'Hen Niê" has three.
[[nodiscard]] std::vector<SpelledWord> spell(std::string_view utf8);

// NFC, lower case, tone on the last vowel: a spelling to sort and to compare by.
[[nodiscard]] std::string canonical(SpelledWord const& word);

// Equal for two names that are spelled alike, whatever their case, spaces and place of the tone.
[[nodiscard]] std::string same_name_key(std::string_view name);

}  // namespace dga::text
