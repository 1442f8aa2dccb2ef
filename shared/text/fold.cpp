#include "shared/text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace dga::text {
namespace {

// True for text made of ASCII and the letters U+00C0 .. U+01BF and U+1E80 .. U+1EFF only, as nearly every name is: such
// text is NFC already, and a hundred thousand names need no tables then.
bool is_plain(std::string_view text) {
  auto octet = [&](std::size_t place) { return place < text.size() ? static_cast<unsigned char>(text[place]) : 0U; };
  auto follows = [&](std::size_t place) { return (octet(place) & 0xc0) == 0x80; };
  for (std::size_t at = 0; at < text.size();) {
    unsigned const first = octet(at);
    if (first < 0x80)
      ++at;
    else if (first >= 0xc3 && first <= 0xc6 && follows(at + 1))
      at += 2;
    else if (first == 0xe1 && (octet(at + 1) == 0xba || octet(at + 1) == 0xbb) && follows(at + 2))
      at += 3;
    else
      return false;
  }
  return true;
}

// No spaces to join or to trim, no control characters.
bool is_tidy_ascii(std::string_view text) {
  if (text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos) return false;
  return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

enum class Form { kNfc, kNfd };

icu::Normalizer2 const& normalizer(Form form) {
  UErrorCode status = U_ZERO_ERROR;
  auto const* instance =
      form == Form::kNfc ? icu::Normalizer2::getNFCInstance(status) : icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) std::abort();  // its tables are compiled into the library: only a broken one lacks them
  return *instance;
}

icu::UnicodeString normalized(icu::UnicodeString const& text, Form form) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out = normalizer(form).normalize(text, status);
  return U_FAILURE(status) ? text : out;
}

icu::UnicodeString from_utf8(std::string_view utf8) {
  return icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
}

// Calls `take` with each code point.
template <typename Take>
void each_code_point(icu::UnicodeString const& text, Take take) {
  for (std::int32_t at = 0; at < text.length();) {
    UChar32 const point = text.char32At(at);
    at += U16_LENGTH(point);
    take(point);
  }
}

bool is_mark(UChar32 point) { return (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0; }
// Zero-width spaces and joiners, direction and byte order marks, soft hyphens.
bool is_invisible(UChar32 point) { return u_charType(point) == U_FORMAT_CHAR; }
bool is_space(UChar32 point) { return u_isUWhiteSpace(point) != 0; }

// Spaces to one, none at either end.
class Spaced {
 public:
  void add(UChar32 point) {
    if (is_space(point)) {
      waiting_ = !out_.isEmpty();
      return;
    }
    if (waiting_) out_.append(u' ');
    waiting_ = false;
    out_.append(point);
  }
  icu::UnicodeString const& text() const { return out_; }

 private:
  icu::UnicodeString out_;
  bool waiting_ = false;
};

icu::UnicodeString without_marks(icu::UnicodeString const& text) {
  icu::UnicodeString out;
  each_code_point(normalized(text, Form::kNfd), [&](UChar32 point) {
    if (!is_mark(point) && !is_invisible(point)) out.append(point);
  });
  return out;
}

// đ has no decomposition, and fonts and keyboards of other languages bring letters that look the same.
UChar32 without_stroke(UChar32 point) {
  constexpr UChar32 kStroke = 0x111, kEth = 0xf0, kAfricanD = 0x256;
  return point == kStroke || point == kEth || point == kAfricanD ? 0x64 : point;
}

}  // namespace

std::string to_nfc(std::string_view utf8) {
  if (is_plain(utf8)) return std::string(utf8);
  std::string out;
  return normalized(from_utf8(utf8), Form::kNfc).toUTF8String(out);
}

std::string tidy(std::string_view utf8) {
  if (is_plain(utf8) && is_tidy_ascii(utf8)) return std::string(utf8);
  Spaced spaced;
  each_code_point(from_utf8(utf8), [&](UChar32 point) {
    if (is_space(point) || !(is_invisible(point) || u_iscntrl(point))) spaced.add(point);
  });
  std::string out;
  return normalized(spaced.text(), Form::kNfc).toUTF8String(out);
}

std::string fold(std::string_view utf8) {
  // Folding case may bring marks back (İ), so marks are dropped before and after it.
  auto plain = without_marks(without_marks(from_utf8(utf8)).foldCase());
  Spaced spaced;
  each_code_point(plain, [&](UChar32 point) { spaced.add(without_stroke(point)); });
  std::string out;
  return spaced.text().toUTF8String(out);
}

bool is_valid_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    auto octet = [&](std::size_t place) {
      return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0U;
    };
    unsigned const first = octet(at);
    std::size_t const more = first < 0x80 ? 0 : (first < 0xe0 ? 1 : (first < 0xf0 ? 2 : 3));
    // Unicode, table 3-7: no overlong forms, no surrogates, nothing past U+10FFFF.
    if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) return false;
    for (std::size_t i = 1; i <= more; ++i)
      if ((octet(at + i) & 0xc0) != 0x80) return false;
    unsigned const second = octet(at + 1);
    if (first == 0xe0 && second < 0xa0) return false;
    if (first == 0xed && second > 0x9f) return false;
    if (first == 0xf0 && second < 0x90) return false;
    if (first == 0xf4 && second > 0x8f) return false;
    at += more + 1;
  }
  return true;
}

}  // namespace dga::text
