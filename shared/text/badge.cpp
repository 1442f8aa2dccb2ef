#include "shared/text/badge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace dga::text {
namespace {

constexpr std::size_t kBadgeDigits = 19;
constexpr std::size_t kNumberDigits = 10;
constexpr std::size_t kTagDigits = 6;
constexpr std::uint64_t kLargestNumber = 9'999'999'999;
constexpr std::uint32_t kLargestTag = 999'999;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  for (char digit : digits) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  return number;
}

unsigned remainder_97(std::string_view digits) {
  unsigned remainder = 0;
  for (char digit : digits) remainder = (remainder * 10 + static_cast<unsigned>(digit - '0')) % 97;
  return remainder;
}

}  // namespace

std::string check_digits(std::string_view digits) {
  assert(all_digits(digits));
  return fmt::format("{:02}", 98 - remainder_97(digits) * 100 % 97);
}

bool check_digits_agree(std::string_view digits_with_check) {
  if (digits_with_check.size() < 3 || !all_digits(digits_with_check)) return false;
  // Compared, not only computed: 00 and 97, 01 and 98 leave the same remainder, and one of each is never written.
  auto const body = digits_with_check.substr(0, digits_with_check.size() - 2);
  return check_digits(body) == digits_with_check.substr(body.size());
}

std::optional<BadgeCode> read_badge(std::string_view scan) {
  if (scan.size() != kBadgeDigits || scan.front() != '9' || !check_digits_agree(scan)) return std::nullopt;
  BadgeCode code;
  code.participant = number_of(scan.substr(1, kNumberDigits));
  code.tag = static_cast<std::uint32_t>(number_of(scan.substr(1 + kNumberDigits, kTagDigits)));
  if (code.participant == 0) return std::nullopt;
  return code;
}

std::string write_badge(BadgeCode code) {
  assert(code.participant >= 1 && code.participant <= kLargestNumber && code.tag <= kLargestTag);
  auto const body = fmt::format("9{:010}{:06}", code.participant, code.tag);
  return body + check_digits(body);
}

}  // namespace dga::text
