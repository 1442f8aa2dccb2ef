#include "shared/text/citizen_card.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("citizen cards are read as the vectors say") {
  for (auto const& one : test::vectors("citizen_cards.json")) {
    auto const scan = one.at("scan").get<std::string>();
    CAPTURE(scan);
    auto const card = text::read_citizen_card(scan);
    if (one.at("expect").is_null()) {
      CHECK_FALSE(card);
    } else {
      REQUIRE(card);
      CHECK(card->number == one.at("expect").at("number").get<std::string>());
      CHECK(card->name == one.at("expect").at("name").get<std::string>());
    }
  }
}

TEST_CASE("a citizen card is taken with a line end and an unknown birthday and refused when it is something else") {
  std::string const good = "079201234567||Le Van An|00001950|N?|Hue|01012022\r\n";
  REQUIRE(text::read_citizen_card(good));
  CHECK(text::read_citizen_card(good)->name == "Le Van An");
  for (auto bad : {"079201234567||Le Van An|29021999|Nam|Hue|01012022",
                   "079201234567||Le Van An|02091990|X|Hue|01012022", "079201234567||  |02091990|Nam|Hue|01012022",
                   "079201234567|abc|A|02091990|Nam|Hue|01012022", "079201234567||A|02091990|Nam|Hue|"}) {
    CAPTURE(bad);
    CHECK_FALSE(text::read_citizen_card(bad));
  }
  CHECK_FALSE(text::read_citizen_card(std::string(10'000, '7')));
  CHECK_FALSE(text::read_citizen_card("079201234567||A|02091990|Nam|" + std::string(10'000, 'x') + "|01012022"));
}
