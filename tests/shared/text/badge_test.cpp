#include "shared/text/badge.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("badges are written and read as the vectors say") {
  auto const cases = test::vectors("badges.json");
  REQUIRE(cases.at("good").size() > 10);
  for (auto const& one : cases.at("good")) {
    text::BadgeCode const code{one.at("participant"), one.at("tag")};
    auto const badge = one.at("badge").get<std::string>();
    CHECK(text::write_badge(code) == badge);
    auto const read = text::read_badge(badge);
    REQUIRE(read);
    CHECK(read->participant == code.participant);
    CHECK(read->tag == code.tag);
  }
  for (auto const& one : cases.at("bad")) {
    CAPTURE(one);
    CHECK_FALSE(text::read_badge(one.get<std::string>()));
  }
}

TEST_CASE("one wrong digit or two exchanged ones never make another badge") {
  auto const badge = text::write_badge({4217, 905113});
  for (std::size_t place = 0; place < badge.size(); ++place) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto wrong = badge;
      wrong[place] = digit;
      CHECK(text::read_badge(wrong).has_value() == (wrong == badge));
    }
    for (std::size_t other = place + 1; other < badge.size(); ++other) {
      auto wrong = badge;
      std::swap(wrong[place], wrong[other]);
      if (other == place + 1) CHECK(text::read_badge(wrong).has_value() == (wrong == badge));
    }
  }
}

TEST_CASE("check digits that no writer makes are refused") {
  // The remainder alone would take 02 + 97 = 99 for 02 as well.
  for (int number = 0; number < 1000; ++number) {
    auto const digits = std::to_string(number);
    int agreeing = 0;
    for (int check = 0; check < 100; ++check) {
      auto const both = digits + (check < 10 ? "0" : "") + std::to_string(check);
      if (text::check_digits_agree(both)) ++agreeing;
    }
    CHECK(agreeing == 1);
  }
  CHECK_FALSE(text::check_digits_agree(""));
  CHECK_FALSE(text::check_digits_agree("01"));
  CHECK_FALSE(text::check_digits_agree("8a4"));
}
