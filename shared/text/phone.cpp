#include "shared/text/phone.h"

#include "shared/text/fold.h"

namespace dga::text {
namespace {

// Its digits, with what people put between them left out; nothing for letters, or a plus that isn't in front.
std::optional<std::string> digits_of(std::string_view text) {
  std::string digits;
  for (char c : text) {
    bool const between = std::string_view(" .-()/").find(c) != std::string_view::npos || (c == '+' && digits.empty());
    if (c >= '0' && c <= '9')
      digits.push_back(c);
    else if (!between)
      return std::nullopt;
  }
  return digits;
}

// Since 2018 every mobile number has nine digits after the 0 and begins with 3, 5, 7, 8 or 9; a fixed line has ten
// and begins with 2 (Circular 22/2014/TT-BTTTT and the re-numbering of 2017-2018).
bool is_national(std::string_view number) {
  if (number.size() == 9) return std::string_view("35789").find(number.front()) != std::string_view::npos;
  return number.size() == 10 && number.front() == '2';
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text) {
  std::string plain = tidy(text);
  bool const plus = plain.starts_with('+');
  // A spreadsheet that took it for a number may also have written it as one.
  if (plain.ends_with(".0")) plain.resize(plain.size() - 2);
  auto const digits = digits_of(plain);
  if (!digits) return std::nullopt;

  std::string_view national = *digits;
  if (plus && !national.starts_with("84")) return std::nullopt;  // another country's
  if (!plus && is_national(national)) return "+84" + *digits;    // the 0 was eaten: 849031234 is 0849 031 234
  if (!plus && national.starts_with("0084")) national.remove_prefix(2);
  if (national.starts_with("84")) national.remove_prefix(2);
  if (national.starts_with('0')) national.remove_prefix(1);
  if (!is_national(national)) return std::nullopt;
  return "+84" + std::string(national);
}

}  // namespace dga::text
