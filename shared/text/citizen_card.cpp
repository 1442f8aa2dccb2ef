#include "shared/text/citizen_card.h"

#include <algorithm>
#include <array>

#include "shared/text/fold.h"

namespace dga::text {
namespace {

// A real card's code holds some 200 bytes; longer texts are no card, and are not looked into.
constexpr std::size_t kLongestScan = 2048;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kFields = 7;

enum Field { kNumber, kOldNumber, kName, kBorn, kSex, kAddress, kIssued };

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int two(std::string_view digits) { return (digits[0] - '0') * 10 + (digits[1] - '0'); }

// ddmmyyyy. Of some elders only the year is known: their cards say 0000yyyy.
bool is_date(std::string_view text) {
  if (text.size() != 8 || !is_digits(text)) return false;
  int const day = two(text), month = two(text.substr(2)), year = two(text.substr(4)) * 100 + two(text.substr(6));
  if (year < 1800) return false;
  if (day == 0 && month == 0) return true;
  static constexpr std::array<int, 12> kDays{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || day > kDays[static_cast<std::size_t>(month - 1)]) return false;
  bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return !(month == 2 && day == 29 && !leap);
}

// Nam or Nữ. A scanner that types as a keyboard may not know ữ, so the second word is taken however it arrives.
bool is_sex(std::string_view text) { return text == "Nam" || (text.starts_with('N') && text.size() <= 6); }

}  // namespace

std::optional<CitizenCard> read_citizen_card(std::string_view scan) {
  if (scan.size() > kLongestScan) return std::nullopt;
  std::array<std::string_view, kFields> fields;
  std::size_t found = 0;
  for (std::string_view rest = scan; found < kFields; ++found) {
    auto const bar = rest.find('|');
    fields[found] = rest.substr(0, bar);
    if (bar == std::string_view::npos) {
      ++found;
      break;
    }
    rest.remove_prefix(bar + 1);
  }
  if (found < kFields) return std::nullopt;
  // A scanner's line end belongs to no field.
  while (fields[kIssued].ends_with('\r') || fields[kIssued].ends_with('\n')) fields[kIssued].remove_suffix(1);

  bool const good = fields[kNumber].size() == 12 && is_digits(fields[kNumber]) && fields[kOldNumber].size() <= 12 &&
                    is_digits(fields[kOldNumber]) && is_date(fields[kBorn]) && is_sex(fields[kSex]) &&
                    is_date(fields[kIssued]);
  if (!good) return std::nullopt;
  CitizenCard card{std::string(fields[kNumber]), tidy(fields[kName])};
  if (card.name.empty() || card.name.size() > kLongestName) return std::nullopt;
  return card;
}

}  // namespace dga::text
