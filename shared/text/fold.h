#pragma once

#include <string>
#include <string_view>

namespace dga::text {

// Unicode NFC. Invalid UTF-8 becomes U+FFFD. Names are stored so.
[[nodiscard]] std::string to_nfc(std::string_view utf8);

// NFC as it is stored and shown: trimmed, every run of spaces (non-breaking ones and line ends too) one space,
// zero-width and control characters dropped. tidy("  Lê\u00a0 Đức ") == "Lê Đức".
[[nodiscard]] std::string tidy(std::string_view utf8);

// What a name is searched by: no marks, no case, d for đ and its look-alikes, single spaces (domain.md, "Name").
// fold("Nguyễn  Văn Đức") == "nguyen van duc".
[[nodiscard]] std::string fold(std::string_view utf8);

[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

}  // namespace dga::text
