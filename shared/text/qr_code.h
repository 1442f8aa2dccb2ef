#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"

namespace dga::text {

// The light margin that a reader needs on each side, in modules (ISO/IEC 18004).
inline constexpr int kQrQuietZone = 4;

// A QR code as its square of modules, without the margin. Error correction M: a fingerprint on the glass does no harm.
// Digits alone are written in three and a third bits each, everything else as bytes.
class QrCode {
 public:
  // Refused "qr.too_long" beyond what one code holds (5,596 digits or 2,331 bytes).
  [[nodiscard]] static base::Result<QrCode> of(std::string_view text);

  [[nodiscard]] int side() const { return side_; }
  // REQUIRES: 0 <= column, row < side().
  [[nodiscard]] bool dark(int column, int row) const {
    return modules_[static_cast<std::size_t>(row * side_ + column)];
  }
  bool operator==(QrCode const&) const = default;

 private:
  int side_ = 0;
  std::vector<bool> modules_;  // row by row
};

// As an SVG picture with its quiet zone, black on white whatever the page's colours are. `title` is what it stands for,
// for people who do not see it; any UTF-8.
[[nodiscard]] std::string qr_svg(QrCode const& code, std::string_view title);

// As lines of block characters for a terminal with light letters on a dark ground, two rows a line, quiet zone
// included.
[[nodiscard]] std::string qr_blocks(QrCode const& code);

}  // namespace dga::text
