#include "shared/text/fold.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"
#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("names fold as the vectors say") {
  auto const cases = test::vectors("names.json").at("fold");
  REQUIRE(cases.size() > 20);
  for (auto const& one : cases) {
    std::string const given = one.at("text");
    CAPTURE(given);
    CHECK(text::fold(given) == one.at("fold").get<std::string>());
  }
}

TEST_CASE("look-alikes of d fold to d and every kind of space to one") {
  CHECK(text::fold("ĐđÐðƉɖ") == "dddddd");
  CHECK(text::fold("\u00a0Lê\u00a0\u3000\tĐức\r\n") == "le duc");
  CHECK(text::fold("Ng\u200buyễn\ufeff") == "nguyen");
  CHECK(text::fold("\u200b \u00a0").empty());
}

TEST_CASE("folding twice changes nothing and any bytes are taken") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::string bytes(random->below(40), '\0');
    random->fill(bytes.data(), bytes.size());
    auto const once = text::fold(bytes);
    CHECK(text::is_valid_utf8(once));
    CHECK(text::fold(once) == once);
    auto const stored = text::tidy(bytes);
    CHECK(text::is_valid_utf8(stored));
    CHECK(text::tidy(stored) == stored);
    CHECK(text::to_nfc(stored) == stored);
  }
  // Capitals whose folding brings marks or several letters.
  CHECK(text::fold("İSTANBUL STRASSE Straße") == "istanbul strasse strasse");
}

TEST_CASE("NFC joins what came apart and marks what is no UTF-8") {
  CHECK(text::to_nfc("e\u0302\u0301") == "ế");
  CHECK(text::to_nfc("plain") == "plain");
  CHECK(text::to_nfc("a\xff\x62") == "a\ufffd\x62");
}

TEST_CASE("every letter that is taken for NFC without a look at the tables is NFC") {
  // A text with one letter of another script goes through the tables: nothing else of it may change.
  for (char32_t point = 0xc0; point < 0x1f00; ++point) {
    std::string letter;
    if (point < 0x800)
      letter = {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
    else
      letter = {static_cast<char>(0xe0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3f)),
                static_cast<char>(0x80 | (point & 0x3f))};
    if (point == 0x1c0)
      point = 0x1e7f;  // on to the second block
    else
      CHECK(text::to_nfc(letter + " \u20ab") == text::to_nfc(letter) + " \u20ab");
  }
}

TEST_CASE("a stored name has single spaces and its marks and case as they were") {
  CHECK(text::tidy("  Lê\u00a0\u200b Đức \n") == "Lê Đức");
  CHECK(text::tidy("a\x01\x7f"
                   "b") == "ab");
}

TEST_CASE("valid UTF-8 is told from what only looks like it") {
  for (auto good : {"", "abc", "Đặng", "\u20ab", "\U0001f600", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    CAPTURE(good);
    CHECK(text::is_valid_utf8(good));
  }
  for (auto bad : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                   "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xe2\x28\xa1"}) {
    CAPTURE(base::to_hex(bad));
    CHECK_FALSE(text::is_valid_utf8(bad));
  }
}
