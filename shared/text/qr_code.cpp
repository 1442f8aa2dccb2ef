#include "shared/text/qr_code.h"

#include <fmt/format.h>

#include <qrcodegen/QrCode.hpp>

#include "shared/text/web_page.h"

namespace dga::text {

base::Result<QrCode> QrCode::of(std::string_view text) {
  try {
    auto const code = qrcodegen::QrCode::encodeText(std::string(text).c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
    QrCode made;
    made.side_ = code.getSize();
    for (int row = 0; row < made.side_; ++row)
      for (int column = 0; column < made.side_; ++column) made.modules_.push_back(code.getModule(column, row));
    return made;
  } catch (std::length_error const&) {
    return base::refused("qr.too_long", fmt::format("{} characters do not fit into one QR code", text.size()),
                         "Hand it over as a file");
  }
}

std::string qr_svg(QrCode const& code, std::string_view title) {
  // One stretch of dark modules is one stroke of the path: a fifth of the size that single squares would have.
  std::string path;
  for (int row = 0; row < code.side(); ++row) {
    for (int column = 0; column < code.side(); ++column) {
      if (!code.dark(column, row)) continue;
      int const from = column;
      while (column < code.side() && code.dark(column, row)) ++column;
      path +=
          fmt::format("M{} {}h{}v1H{}z", from + kQrQuietZone, row + kQrQuietZone, column - from, from + kQrQuietZone);
    }
  }
  int const whole = code.side() + 2 * kQrQuietZone;
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" role="img" shape-rendering="crispEdges">)"
      R"(<title>{1}</title><path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>)",
      whole, html_text(title), path);
}

std::string qr_blocks(QrCode const& code) {
  auto const light = [&](int column, int row) {
    bool const inside = column >= 0 && row >= 0 && column < code.side() && row < code.side();
    return !inside || !code.dark(column, row);
  };
  std::string blocks;
  int const end = code.side() + kQrQuietZone;
  for (int row = -kQrQuietZone; row < end; row += 2) {
    for (int column = -kQrQuietZone; column < end; ++column) {
      bool const above = light(column, row), below = row + 1 < end && light(column, row + 1);
      blocks += above && below ? "█" : above ? "▀" : below ? "▄" : " ";
    }
    blocks += '\n';
  }
  return blocks;
}

}  // namespace dga::text
