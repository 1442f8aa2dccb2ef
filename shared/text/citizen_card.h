#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dga::text {

// What a citizen card's QR says of its holder. Looks a person up, proves nothing, is never stored.
struct CitizenCard {
  std::string number;  // 12 digits
  std::string name;    // NFC
};

// number|old number or empty|full name|ddmmyyyy|Nam/Nữ|address|ddmmyyyy|...; nothing for anything else.
[[nodiscard]] std::optional<CitizenCard> read_citizen_card(std::string_view scan);

}  // namespace dga::text
