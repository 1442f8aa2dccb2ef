#include "kiosk/input/scan_lines.h"

#include <doctest/doctest.h>

using dga::input::kMostScanBytes;
using dga::input::Scan;
using dga::input::ScanLines;

namespace {
std::vector<std::string> texts(std::vector<Scan> const& scans) {
  std::vector<std::string> all;
  for (Scan const& scan : scans) all.push_back(scan.text);
  return all;
}
using Texts = std::vector<std::string>;
}  // namespace

TEST_CASE("lines come out whole however their bytes arrive") {
  ScanLines lines;
  CHECK(texts(lines.feed("90000")).empty());
  CHECK(texts(lines.feed("00001\n9")) == Texts{"9000000001"});
  CHECK(texts(lines.feed("1\n92\n")) == Texts{"91", "92"});
  CHECK(lines.finish().empty());
}

TEST_CASE("a CR before the line end is no part of a scan, any other is") {
  ScanLines lines;
  CHECK(texts(lines.feed("12\r")).empty());
  CHECK(texts(lines.feed("\n3\r4\n\r\n5\r\r\n")) == Texts{"12", "3\r4", "", "5\r"});
}

TEST_CASE("an empty line is a scan of nothing, so that every line has its answer") {
  ScanLines lines;
  CHECK(texts(lines.feed("\n\n7\n")) == Texts{"", "", "7"});
}

TEST_CASE("a last line without an end counts") {
  ScanLines lines;
  CHECK(lines.feed("123").empty());
  CHECK(texts(lines.finish()) == Texts{"123"});
  CHECK(lines.finish().empty());
}

TEST_CASE("a line of any length is cut to the limit and says so, and the next one is whole") {
  ScanLines lines;
  for (int i = 0; i < 1'000; ++i) CHECK(lines.feed(std::string(10'000, 'x')).empty());
  auto const scans = lines.feed("\n42\n");
  REQUIRE(scans.size() == 2);
  CHECK(scans[0].text.size() == kMostScanBytes);
  CHECK(scans[0].cut);
  CHECK(scans[1].text == "42");
  CHECK_FALSE(scans[1].cut);
}

TEST_CASE("a line that just fits is not cut") {
  ScanLines lines;
  auto const scans =
      lines.feed(std::string(kMostScanBytes, 'x') + "\r\n" + std::string(kMostScanBytes + 1, 'y') + "\n");
  REQUIRE(scans.size() == 2);
  CHECK_FALSE(scans[0].cut);
  CHECK(scans[0].text.size() == kMostScanBytes);
  CHECK(scans[1].cut);
}

TEST_CASE("zero bytes are content") {
  ScanLines lines;
  auto const scans = lines.feed(std::string_view("a\0b\n", 4));
  REQUIRE(scans.size() == 1);
  CHECK(scans[0].text == std::string("a\0b", 3));
}
