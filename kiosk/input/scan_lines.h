#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kiosk/input/scan.h"

namespace dga::input {

// Bytes into scans, one a line: LF or CR LF ends a line, a last line may end without either. An empty line is a scan of
// nothing, so that every line has its answer. Keeps little more than kMostScanBytes. Pure.
class ScanLines {
 public:
  // Lines that `bytes` completes, in order.
  [[nodiscard]] std::vector<Scan> feed(std::string_view bytes);
  // At the end of the stream: the last line, where it has no end.
  [[nodiscard]] std::vector<Scan> finish();

 private:
  void keep(std::string_view part);
  [[nodiscard]] Scan take();

  std::string line_;
};

}  // namespace dga::input
