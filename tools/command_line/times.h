#pragma once

#include <cstdint>
#include <string>

namespace dga::command_line {

// When a kiosk was last heard, as coordinators read clocks: "2024-11-12T07:55:00+07:00"; "never" for 0.
[[nodiscard]] std::string heard(std::int64_t utc_ms);

}  // namespace dga::command_line
