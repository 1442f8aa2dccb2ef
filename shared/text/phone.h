#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dga::text {

// A Vietnamese number as E.164 ("+84903123456"), whatever a spreadsheet made of it; nothing when it is unusable.
[[nodiscard]] std::optional<std::string> to_e164(std::string_view text);

}  // namespace dga::text
