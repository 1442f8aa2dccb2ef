#include <doctest/doctest.h>

#include "kiosk/ui/theme.h"

using namespace dga::ui;

TEST_CASE("contrast is measured as WCAG measures it") {
  CHECK(contrast(Colour::hex(0x000000), Colour::hex(0xFFFFFF)) == doctest::Approx(21));
  CHECK(contrast(Colour::hex(0xFFFFFF), Colour::hex(0x000000)) == doctest::Approx(21));
  CHECK(contrast(Colour::hex(0x777777), Colour::hex(0xFFFFFF)) == doctest::Approx(4.48).epsilon(0.01));
  CHECK(contrast(Colour::hex(0x123456), Colour::hex(0x123456)) == doctest::Approx(1));
}

TEST_CASE("every text of every theme stands out seven to one from its ground") {
  for (auto const name : {ThemeName::kLight, ThemeName::kDark, ThemeName::kHighContrast}) {
    auto const pairs = theme(name).pairs();
    REQUIRE(pairs.size() >= 30);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      INFO("theme ", static_cast<int>(name), " pair ", i);
      CHECK(contrast(pairs[i].first, pairs[i].second) >= kLeastContrast);
    }
  }
}

TEST_CASE("signs and edges that carry a meaning stand out three to one") {
  for (auto const name : {ThemeName::kLight, ThemeName::kDark, ThemeName::kHighContrast}) {
    Theme const& each = theme(name);
    CHECK(contrast(each.good, each.paper) >= 3);
    CHECK(contrast(each.attention, each.paper) >= 3);
    CHECK(contrast(each.action, each.card) >= 3);
  }
}

TEST_CASE("mixing goes from one colour to the other") {
  CHECK(mixed(Colour::hex(0x000000), Colour::hex(0xFFFFFF), 0) == Colour::hex(0x000000));
  CHECK(mixed(Colour::hex(0x000000), Colour::hex(0xFFFFFF), 1) == Colour::hex(0xFFFFFF));
  CHECK(mixed(Colour::hex(0x000000), Colour::hex(0xFFFFFF), 0.5F) == Colour::hex(0x808080));
}
