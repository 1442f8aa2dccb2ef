#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "shared/base/result.h"
#include "shared/crypto/slots.h"
#include "tools/command_line/commands.h"

namespace dga::command_line {

struct EnrolmentOrder {
  std::filesystem::path folder;  // made when it is not there
  std::string passphrase;
  std::string ticket;  // digits
  std::string name;
  // For a kiosk that is there already: what opens it, instead of the passphrase. A new one begins with a passphrase.
  std::optional<crypto::SlotSecret> existing = {};
};

// Makes a kiosk's folder where there is none, and introduces it to the centre that the ticket names. Gives the six
// digits to compare. A kiosk made here goes again when the centre
// refuses; whatever else is in the folder stays.
[[nodiscard]] base::Result<std::uint32_t> enrol_kiosk(EnrolmentOrder const& order, Context& context);

}  // namespace dga::command_line
