#pragma once

#include <functional>

#include "kiosk/input/scan.h"

namespace dga::input {

// A scanner on a line of its own (a pipe; later serial or evdev). Reads on its own thread from its making to its end.
// The keyboard wedge is none: its keys come through the window.
class Scanner {
 public:
  virtual ~Scanner() = default;
};

// Where scans go, on the scanner's thread, one after the other. It may wait: the scanner then reads no further, so that
// nothing is dropped. False: nobody takes them any more.
using DeliverScan = std::function<bool(Scan)>;

}  // namespace dga::input
