#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dga::text {

// Nineteen digits on a badge: 9, number (10), tag (6), check (2). The tag is verified by whoever holds the badge key.
struct BadgeCode {
  std::uint64_t participant = 0;  // 1 .. 9,999,999,999
  std::uint32_t tag = 0;          // 0 .. 999,999
};

// Nothing unless it has the layout and its check digits agree.
[[nodiscard]] std::optional<BadgeCode> read_badge(std::string_view scan);
// REQUIRES: both numbers in range.
[[nodiscard]] std::string write_badge(BadgeCode code);

// ISO 7064 MOD 97-10 check digits of a string of digits: two digits that make the whole leave 1.
[[nodiscard]] std::string check_digits(std::string_view digits);
[[nodiscard]] bool check_digits_agree(std::string_view digits_with_check);

}  // namespace dga::text
