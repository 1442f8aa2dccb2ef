#include "shared/text/spelling.h"

#include <doctest/doctest.h>

using namespace dga;

TEST_CASE("names spelled alike share a key and others do not") {
  CHECK(text::same_name_key("Trần Thị HOÀ") == text::same_name_key("Trần  Thị Hòa"));
  CHECK(text::same_name_key("Trần Thị Hoa") != text::same_name_key("Trần Thị Hòa"));
  CHECK(text::same_name_key("Lê Đức") != text::same_name_key("Lê Dức"));
  CHECK(text::same_name_key("Lê Đức") == "lê đức");
}

TEST_CASE("a word is taken apart into letters, marks and one tone") {
  auto const words = text::spell("Nguyễn ĐỨC");
  REQUIRE(words.size() == 2);
  CHECK(words[0].letters == U"nguyen");
  CHECK(words[0].tone == 0x303);
  CHECK(words[0].marks[4] == 0x302);
  CHECK(words[1].letters == U"duc");
  CHECK(words[1].marks[0] != 0);
  CHECK(text::canonical(words[1]) == "đức");
  CHECK(text::spell("hoà") == text::spell("hòa"));
  CHECK(text::spell("hoà") != text::spell("hoá"));
  CHECK(text::spell(" -'.\u00a0").empty());
}
