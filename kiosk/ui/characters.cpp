#include "kiosk/ui/characters.h"

namespace dga::ui {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Every Vietnamese letter beyond ASCII, then the signs of our texts.
constexpr std::string_view kVietnamese =
    "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợ"
    "ỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ";
constexpr std::string_view kSigns = "…“”‘’–—•₫✓→·‹›";

std::size_t bytes_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view utf8) {
  std::vector<char32_t> points;
  points.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    auto const first = static_cast<unsigned char>(utf8[at]);
    std::size_t const size = bytes_of(first);
    if (size == 0 || at + size > utf8.size()) {
      points.push_back(kReplacement);
      ++at;
      continue;
    }
    char32_t point = size == 1 ? first : first & (0xFFU >> (size + 1));
    bool whole = true;
    for (std::size_t i = 1; i < size; ++i) {
      auto const next = static_cast<unsigned char>(utf8[at + i]);
      whole = whole && (next & 0xC0U) == 0x80U;
      point = (point << 6U) | (next & 0x3FU);
    }
    points.push_back(whole ? point : kReplacement);
    at += whole ? size : 1;
  }
  return points;
}

std::string to_utf8(char32_t point) {
  std::string text;
  auto const put = [&](char32_t bits) { text.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
  return text;
}

CharacterSet::CharacterSet() {
  for (char32_t ascii = 0x20; ascii < 0x7F; ++ascii) held_.set(ascii);
  add(kVietnamese);
  add(kSigns);
}

void CharacterSet::add(std::string_view utf8) {
  for (char32_t const point : code_points(utf8)) {
    bool const control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    if (point < kMost && !control) held_.set(point);
  }
}

std::vector<char32_t> CharacterSet::all() const {
  std::vector<char32_t> points;
  for (std::size_t point = 0; point < kMost; ++point) {
    if (held_.test(point)) points.push_back(static_cast<char32_t>(point));
  }
  return points;
}

}  // namespace dga::ui
