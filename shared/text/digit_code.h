#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/base/bytes.h"

namespace dga::text {

// Bytes as digits only, since scanners and input methods garble letters (protocol.md, "QR"): a prefix, each two
// bytes as five digits (big-endian), a last odd byte as three, two check digits.
[[nodiscard]] std::string write_digit_code(char prefix, base::ByteView bytes);
// Nothing for another prefix, a wrong check, or digits that stand for no bytes.
[[nodiscard]] std::optional<base::Bytes> read_digit_code(char prefix, std::string_view digits);

}  // namespace dga::text
