#pragma once

#include <string>
#include <string_view>

namespace dga::text {

// What the Telex keys typed so far stand for, NFC, word by word: telex("nguyeenx") == "nguyễn".
// Tone marks in the traditional place; a doubled mark undoes it and types the letter; z removes the tone.
[[nodiscard]] std::string telex(std::string_view keys);

}  // namespace dga::text
