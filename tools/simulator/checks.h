#pragma once

#include <string>
#include <vector>

#include "tools/simulator/world.h"

namespace dga::simulator {

// What must hold once the dust has settled; each under the name that a violation has:
//   arrived      every record that a kiosk keeps, or that was acknowledged, is at the centre, with its bytes
//   once         no place holds a record twice, and nothing is there that nobody wrote
//   forks        every place where a log goes on in two ways is named, and no other
//   statement    the reconciliation statement closes, counts what is there, and nothing of a live kiosk waits
//   export       the export is what it is when everything came at once over a perfect network, byte for byte
//   attendance   so is everybody's attendance
// While it lives the world itself adds "durable" (a kiosk's log keeps what it called durable), "receipts" (a question
// asked again is answered the same; received_through never falls) and "settles" (no kiosk is left with a problem).
void check(World& world);

}  // namespace dga::simulator
