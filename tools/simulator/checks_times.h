#pragma once

#include <vector>

#include "tools/simulator/centre.h"

namespace dga::simulator {

// Each looks at what is at the centre (`rows`) once the dust has settled; checks.h says what must hold.
void check_times(World& world, std::vector<StoredRow> const& rows);
void check_merged(World& world, std::vector<StoredRow> const& rows);

}  // namespace dga::simulator
