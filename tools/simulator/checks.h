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
//   times        where a check-in's time was corrected, it truly was then, within the bound that is told
//   merged       who checked in on several kiosks was there from the first of the corrected times on
//   wiped        what a kiosk has wiped the centre has, after every restore; when it was wiped it stood in a backup
//   children     a child log is opened where its parent ends and only where that one forked, all of it is at the centre
//                once, and its parent grows no more
//   copies       no log forks by itself: a folder was copied, or put back
//   carried      what kiosks without a network recorded is at the centre, and couriers have no more to do
//   revoked      a revoked device stays out, after a restore, too
//   learned      every other device is in service, one that a restored centre did not know, too, and all it sent counts
// While it lives the world itself adds "durable" (a kiosk's log keeps what it called durable), "receipts" (a question
// asked again is answered the same; received_through never falls), "backups" (what a receipt calls durable stands in
// a backup that was noted in its epoch) and "settles" (no kiosk is left with a problem).
void check(World& world);

}  // namespace dga::simulator
