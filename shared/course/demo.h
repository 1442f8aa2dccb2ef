#pragma once

#include <cstdint>
#include <string>

namespace dga::course {

// A roster of generated people as CSV, the same for the same seed: names, agencies, positions, provinces, groups
// (1 .. 5), phones, some namesakes. No real person.
[[nodiscard]] std::string demo_roster_csv(std::uint32_t participants, std::uint64_t seed);

}  // namespace dga::course
