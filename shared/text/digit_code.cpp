#include "shared/text/digit_code.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdint>

#include "shared/text/badge.h"

namespace dga::text {
namespace {

constexpr std::size_t kPairDigits = 5;  // 65535 is the largest of two bytes
constexpr std::size_t kByteDigits = 3;  // 255 is the largest of one

unsigned octet(char byte) { return static_cast<unsigned char>(byte); }

// Nothing when the digits say more than `largest`.
std::optional<unsigned> group(std::string_view digits, unsigned largest) {
  unsigned number = 0;
  for (char digit : digits) number = number * 10 + static_cast<unsigned>(digit - '0');
  if (number > largest) return std::nullopt;
  return number;
}

}  // namespace

std::string write_digit_code(char prefix, base::ByteView bytes) {
  assert(prefix >= '0' && prefix <= '9');
  std::string digits(1, prefix);
  digits.reserve(bytes.size() / 2 * kPairDigits + kByteDigits + 3);
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) digits += fmt::format("{:05}", octet(bytes[at]) * 256 + octet(bytes[at + 1]));
  if (at < bytes.size()) digits += fmt::format("{:03}", octet(bytes[at]));
  return digits + check_digits(digits);
}

std::optional<base::Bytes> read_digit_code(char prefix, std::string_view digits) {
  if (digits.empty() || digits.front() != prefix || !check_digits_agree(digits)) return std::nullopt;
  digits = digits.substr(1, digits.size() - 3);
  base::Bytes bytes;
  for (; digits.size() >= kPairDigits; digits.remove_prefix(kPairDigits)) {
    auto const pair = group(digits.substr(0, kPairDigits), 0xffff);
    if (!pair) return std::nullopt;
    bytes.push_back(static_cast<char>(*pair >> 8));
    bytes.push_back(static_cast<char>(*pair & 0xff));
  }
  if (digits.empty()) return bytes;
  if (digits.size() != kByteDigits) return std::nullopt;
  auto const last = group(digits, 0xff);
  if (!last) return std::nullopt;
  bytes.push_back(static_cast<char>(*last));
  return bytes;
}

}  // namespace dga::text
