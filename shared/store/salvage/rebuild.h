#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shared/store/salvage/kiosk.h"
#include "shared/store/salvage/records.h"

namespace dga::salvage {

struct Rebuilt {
  std::uint64_t records = 0, erased = 0;
  // Besides the log: what could be copied, and what could not be read any more.
  std::vector<std::string> copied, lost;
};

// Makes a new kiosk in `folder` of all that was found: the same identity, log, slots and master, so that the kiosk goes
// on, and sends what the centre does not have. A record that was wiped stays wiped.
// Refused "kiosk.exists" when the folder is not empty; "salvage.gaps" when the chain found has a gap, or when its end
// is not known, and
// "salvage.behind" when the centre has more than was found: a log that went on from there would contradict the one that
// was lost. After an error the folder is as before.
[[nodiscard]] base::Result<Rebuilt> rebuild_kiosk(HeldKiosk const& kiosk, FoundRecords const& found,
                                                  std::filesystem::path const& folder);

}  // namespace dga::salvage
