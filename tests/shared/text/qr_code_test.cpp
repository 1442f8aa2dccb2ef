#include "shared/text/qr_code.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/support/process.h"

namespace {

using namespace dga;

// What zbar, a reader that others wrote, finds in the code's picture of four pixels a module.
std::string read_back(text::QrCode const& code) {
  support::TemporaryFolder const folder;
  std::string const path = folder / "code.pgm";
  int const whole = (code.side() + 2 * text::kQrQuietZone) * 4;
  std::string pixels;
  for (int y = 0; y < whole; ++y) {
    for (int x = 0; x < whole; ++x) {
      int const column = x / 4 - text::kQrQuietZone, row = y / 4 - text::kQrQuietZone;
      bool const inside = column >= 0 && row >= 0 && column < code.side() && row < code.side();
      pixels += inside && code.dark(column, row) ? '\0' : '\xff';
    }
  }
  std::ofstream(path, std::ios::binary) << "P5 " << whole << ' ' << whole << " 255\n" << pixels;
  auto const found = support::run({"/usr/bin/zbarimg", "--quiet", "--raw", path});
  return found.out.substr(0, found.out.find('\n'));
}

}  // namespace

TEST_CASE("a code is read back by a program that others wrote") {
  std::string digits = "8";
  for (int i = 0; i < 460; ++i) digits += static_cast<char>('0' + i * 7 % 10);
  for (auto const& text : {std::string("http://192.168.1.20:41234/00112233445566778899aabbccddeeff"), digits}) {
    auto const code = text::QrCode::of(text);
    REQUIRE(code.ok());
    CHECK(read_back(*code) == text);
  }
}

TEST_CASE("a receipt of 450 digits fits into version 10") {
  CHECK(text::QrCode::of(std::string(450, '1')).value().side() <= 57);
}

TEST_CASE("what does not fit is an error") {
  CHECK(text::QrCode::of(std::string(10'000, '1')).error().code == "qr.too_long");
}

TEST_CASE("the picture has its quiet zone and says what it stands for") {
  auto const code = text::QrCode::of("https://example.org").value();
  auto const svg = text::qr_svg(code, "Kiosk <1>");
  auto const whole = std::to_string(code.side() + 8);
  CHECK(svg.find("viewBox=\"0 0 " + whole + " " + whole + "\"") != std::string::npos);
  CHECK(svg.find("<title>Kiosk &lt;1&gt;</title>") != std::string::npos);
  CHECK(svg.find("M4 4h7v1H4z") != std::string::npos);  // the finder's upper edge
}

TEST_CASE("on a terminal a line holds two rows, the quiet zone is light") {
  auto const code = text::QrCode::of("https://example.org").value();
  auto const blocks = text::qr_blocks(code);
  auto const lines = static_cast<int>(std::count(blocks.begin(), blocks.end(), '\n'));
  CHECK(lines == (code.side() + 8 + 1) / 2);
  CHECK(blocks.starts_with("████"));
}
