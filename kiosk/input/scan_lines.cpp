#include "kiosk/input/scan_lines.h"

#include <utility>

namespace dga::input {

void ScanLines::keep(std::string_view part) {
  // One byte more than a scan may have: it tells a cut from an exact fit, and holds the CR of a line that just fits.
  line_.append(part.substr(0, kMostScanBytes + 1 - line_.size()));
}

Scan ScanLines::take() {
  Scan scan{std::exchange(line_, {})};
  if (scan.text.ends_with('\r')) scan.text.pop_back();
  if (scan.text.size() > kMostScanBytes) {
    scan.text.resize(kMostScanBytes);
    scan.cut = true;
  }
  return scan;
}

std::vector<Scan> ScanLines::feed(std::string_view bytes) {
  std::vector<Scan> scans;
  for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
    keep(bytes.substr(0, end));
    scans.push_back(take());
  }
  keep(bytes);
  return scans;
}

std::vector<Scan> ScanLines::finish() {
  if (line_.empty()) return {};
  return {take()};
}

}  // namespace dga::input
