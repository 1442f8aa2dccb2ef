#include "shared/text/spelling.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "shared/text/fold.h"

namespace dga::text {
namespace {

// U+0300 huyền, 0301 sắc, 0303 ngã, 0309 hỏi, 0323 nặng.
bool is_tone(UChar32 mark) { return mark == 0x300 || mark == 0x301 || mark == 0x303 || mark == 0x309 || mark == 0x323; }
constexpr char32_t kStroke = 0x335;  // how đ is written down in `marks`

bool is_vowel(char32_t letter) { return std::u32string_view(U"aeiouy").find(letter) != std::u32string_view::npos; }

// Adds the folded letters of one code point that is no mark.
void add_letters(SpelledWord& word, UChar32 point) {
  constexpr UChar32 kAfricanD = 0x256, kEth = 0xf0, kLetterStroke = 0x111;
  icu::UnicodeString folded(point);
  folded.foldCase();
  for (std::int32_t at = 0; at < folded.length();) {
    UChar32 const letter = folded.char32At(at);
    at += U16_LENGTH(letter);
    bool const stroke = letter == kLetterStroke || letter == kEth || letter == kAfricanD;
    word.letters.push_back(stroke ? U'd' : static_cast<char32_t>(letter));
    word.marks.push_back(stroke ? kStroke : 0);
  }
}

void append(icu::UnicodeString& text, char32_t point) { text.append(static_cast<UChar32>(point)); }

}  // namespace

std::vector<SpelledWord> spell(std::string_view utf8) {
  std::vector<SpelledWord> words;
  UErrorCode status = U_ZERO_ERROR;
  auto const text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  auto const apart = icu::Normalizer2::getNFDInstance(status)->normalize(text, status);
  if (U_FAILURE(status)) return words;

  bool inside = false;
  for (std::int32_t at = 0; at < apart.length();) {
    UChar32 const point = apart.char32At(at);
    at += U16_LENGTH(point);
    bool const mark = (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
    if (mark && inside) {
      auto& word = words.back();
      if (is_tone(point))
        word.tone = static_cast<char32_t>(point);
      else
        word.marks.back() = static_cast<char32_t>(point);
    } else if (u_isalnum(point)) {
      if (!inside) words.emplace_back();
      inside = true;
      add_letters(words.back(), point);
    } else if (!mark && u_charType(point) != U_FORMAT_CHAR) {
      inside = false;
    }
  }
  return words;
}

std::string canonical(SpelledWord const& word) {
  auto last_vowel = word.letters.size();
  for (std::size_t i = 0; i < word.letters.size(); ++i)
    if (is_vowel(word.letters[i])) last_vowel = i;
  if (last_vowel == word.letters.size() && last_vowel > 0) --last_vowel;

  icu::UnicodeString text;
  for (std::size_t i = 0; i < word.letters.size(); ++i) {
    bool const stroke = word.marks[i] == kStroke && word.letters[i] == U'd';
    append(text, stroke ? U'đ' : word.letters[i]);
    if (word.marks[i] != 0 && !stroke) append(text, word.marks[i]);
    if (i == last_vowel && word.tone != 0) append(text, word.tone);
  }
  std::string out;
  return to_nfc(text.toUTF8String(out));
}

std::string same_name_key(std::string_view name) {
  std::string key;
  for (auto const& word : spell(name)) {
    if (!key.empty()) key.push_back(' ');
    key += canonical(word);
  }
  return key;
}

}  // namespace dga::text
