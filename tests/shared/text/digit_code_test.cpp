#include "shared/text/digit_code.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"
#include "shared/text/badge.h"
#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("digit codes are written and read as the protocol's vectors say") {
  auto const cases = test::vectors("protocol.json").at("qr");
  REQUIRE(cases.size() >= 4);
  for (auto const& one : cases) {
    char const prefix = one.at("prefix").get<std::string>().front();
    auto const data = base::from_hex(one.at("data").get<std::string>());
    REQUIRE(data);
    auto const digits = one.at("digits").get<std::string>();
    CHECK(text::write_digit_code(prefix, *data) == digits);
    CHECK(text::read_digit_code(prefix, digits) == data);
    CHECK_FALSE(text::read_digit_code('9', digits));
  }
}

TEST_CASE("any bytes come back from their digits and damaged digits bring none of them back") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    base::Bytes bytes(random->below(60), '\0');
    random->fill(bytes.data(), bytes.size());
    auto digits = text::write_digit_code('7', bytes);
    CHECK(text::read_digit_code('7', digits) == bytes);
    auto& digit = digits[1 + random->below(digits.size() - 1)];
    digit = digit == '9' ? '0' : static_cast<char>(digit + 1);
    CHECK_FALSE(text::read_digit_code('7', digits));
  }
}

TEST_CASE("digits that stand for no bytes are refused though their check agrees") {
  for (std::string body : {"765536", "7256", "799999", "71", "712", "71234"}) {
    CAPTURE(body);
    CHECK_FALSE(text::read_digit_code('7', body + text::check_digits(body)));
  }
  CHECK_FALSE(text::read_digit_code('7', ""));
  CHECK_FALSE(text::read_digit_code('7', "7"));
  CHECK_FALSE(text::read_digit_code('7', "7abc74"));
}
