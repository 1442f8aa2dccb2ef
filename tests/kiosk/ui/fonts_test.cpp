#include <doctest/doctest.h>

#include "kiosk/ui/fonts.h"
#include "kiosk/ui/lang.h"
#include "kiosk/ui/stage.h"

using namespace dga;
using ui::TextStyle;

namespace {

ui::CharacterSet everything() {
  ui::CharacterSet set;
  for (auto const* language : {"vi", "en"})
    ui::Lang::load(std::string(DGA_SOURCE_DIR) + "/assets/lang", language, {}).value().add_characters(set);
  return set;
}

bool figures_only(TextStyle style) { return style == TextStyle::kNumber || style == TextStyle::kClock; }

}  // namespace

TEST_CASE("code points are read, and malformed bytes become one sign each") {
  CHECK(ui::code_points("aạ₫") == std::vector<char32_t>{U'a', U'ạ', U'₫'});
  CHECK(ui::code_points("\xF0\x9F\x98\x80") == std::vector<char32_t>{0x1F600});
  CHECK(ui::code_points("a\xFFz") == std::vector<char32_t>{U'a', 0xFFFD, U'z'});
  CHECK(ui::code_points("\xE1\xBA") == std::vector<char32_t>{0xFFFD, 0xFFFD});
  CHECK(ui::to_utf8(U'ạ') == "ạ");
  CHECK(ui::to_utf8(0x1F600) == "\xF0\x9F\x98\x80");
}

TEST_CASE("the basic set holds ASCII, every Vietnamese letter and our signs, and grows by names") {
  ui::CharacterSet set;
  for (char32_t const each : ui::code_points("azAZ09?~ăâđêôơưẮẰẲẴẶấầẩẫậẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲÝỶỸỴ…“”‘’–—•₫✓→·‹›"))
    CHECK(set.contains(each));
  CHECK_FALSE(set.contains(U'Ж'));
  set.add("Жак\n");
  CHECK(set.contains(U'Ж'));
  CHECK_FALSE(set.contains(U'\n'));
}

TEST_CASE("every character of both catalogues and of Vietnamese has a glyph in every size") {
  auto const set = everything();
  auto stage = ui::Stage::open({}).value();
  stage.use_characters(set);
  REQUIRE(stage.prepare({}).value());
  for (int i = 0; i < ui::kTextStyles; ++i) {
    auto const style = static_cast<TextStyle>(i);
    for (char32_t const each : set.all()) {
      if (figures_only(style) && each > 0x7E) continue;
      INFO("style ", i, " character ", ui::to_utf8(each));
      CHECK(stage.fonts().has(style, each));
    }
  }
  CHECK_FALSE(stage.fonts().has(TextStyle::kBody, U'Ж'));  // the check can fail
}

TEST_CASE("figures of clocks and numbers have one width") {
  auto stage = ui::Stage::open({}).value();
  REQUIRE(stage.prepare({}));
  for (auto const style : {TextStyle::kNumber, TextStyle::kClock}) {
    CHECK(stage.fonts().width(style, "11:11") == doctest::Approx(stage.fonts().width(style, "00:00")));
  }
  CHECK(stage.fonts().width(TextStyle::kBody, "11:11") < stage.fonts().width(TextStyle::kBody, "00:00"));
}

TEST_CASE("fonts are rebuilt when the scale or the characters change, and only then") {
  auto stage = ui::Stage::open({}).value();
  CHECK(stage.prepare({}).value());
  CHECK_FALSE(stage.prepare({}).value());
  CHECK_FALSE(stage.prepare({ui::ThemeName::kDark, ui::TextScale::kNormal}).value());
  CHECK(stage.prepare({ui::ThemeName::kDark, ui::TextScale::kLarge}).value());
  auto set = everything();
  stage.use_characters(set);
  CHECK(stage.prepare({ui::ThemeName::kDark, ui::TextScale::kLarge}).value());
  stage.use_characters(set);
  CHECK_FALSE(stage.prepare({ui::ThemeName::kDark, ui::TextScale::kLarge}).value());
  stage.resize({1920, 1080, {487, 274}});
  CHECK(stage.prepare({ui::ThemeName::kDark, ui::TextScale::kLarge}).value());
}

TEST_CASE("a machine without Inter is told which package to install") {
  auto const stage = ui::Stage::open({}, "/nowhere");
  REQUIRE_FALSE(stage.ok());
  CHECK(stage.error().code == "font.not_found");
  CHECK(stage.error().next.find("fonts-inter") != std::string::npos);
}

TEST_CASE("a line is tall enough for marks over capitals and dots below") {
  auto stage = ui::Stage::open({}).value();
  REQUIRE(stage.prepare({}));
  for (int i = 0; i < ui::kTextStyles; ++i) {
    auto const style = static_cast<TextStyle>(i);
    auto const& face = stage.fonts().face(style);
    auto const [above, below] = stage.fonts().reach(style, figures_only(style) ? "0189:/" : "ẾỐẮÂỘẶẨgyjợ");
    INFO("style ", i);
    // From the top of one line to the foot of the next, nothing meets.
    CHECK(above + below <= face.line * 1.06F);
  }
}
