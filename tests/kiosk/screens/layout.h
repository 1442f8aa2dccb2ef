#pragma once

#include <string>
#include <vector>

#include "kiosk/ui/metrics.h"
#include "kiosk/ui/widget.h"

namespace dga::test {

// What is wrong with what a screen shows: overlaps, text outside of its box or cut off, targets and letters that are
// too small for their panel, contrast under 7:1, an id used twice. Each fault names its widgets. Empty when all is
// well.
[[nodiscard]] std::vector<std::string> faults_of(std::vector<ui::Widget> const& widgets, ui::Metrics const& metrics);

}  // namespace dga::test
