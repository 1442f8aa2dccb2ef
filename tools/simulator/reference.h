#pragma once

#include <string>
#include <vector>

#include "tools/simulator/centre.h"

namespace dga::simulator {

// The evening of the day that the class takes place.
inline constexpr char kWhenAllIsOver[] = "2026-03-02T20:00:00+07:00";

// What a coordinator gets out of a centre.
struct Results {
  std::string records;     // the export
  std::string attendance;  // CSV
};
[[nodiscard]] Results results_of(SimulatedCentre& centre);

// What another centre has after the same recordings without a fault: each line of each log comes whole, in one batch,
// in another order than it came here. Revoked devices are revoked after what was accepted from them.
[[nodiscard]] Results perfect_run(World& world, std::vector<StoredRow> const& rows);

}  // namespace dga::simulator
