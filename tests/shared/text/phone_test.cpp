#include "shared/text/phone.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("phones become E.164 as the vectors say") {
  for (auto const& one : test::vectors("phones.json")) {
    auto const given = one.at("text").get<std::string>();
    CAPTURE(given);
    auto const got = text::to_e164(given);
    if (one.at("e164").is_null())
      CHECK_FALSE(got);
    else
      CHECK(got == one.at("e164").get<std::string>());
  }
}

TEST_CASE("phones come as spreadsheets and people write them") {
  for (auto good : {"849031234", "0849031234", "+84 849 031 234", "84849031234", "849031234.0", "+84 (0)849.031.234",
                    "0084849031234", "\u00a00849\u00a0031-234 "}) {
    CAPTURE(good);
    CHECK(text::to_e164(good) == "+84849031234");
  }
  CHECK(text::to_e164("2838221234") == "+842838221234");
  for (auto bad : {"+6591234567", "0103123456", "090312345", "0903123456 / 0912345678", "0903 123 45x", "8.4903E+10",
                   "84", "+", "0", "+84", "0903+123456", "113"}) {
    CAPTURE(bad);
    CHECK_FALSE(text::to_e164(bad));
  }
}
