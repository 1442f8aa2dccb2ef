#include <doctest/doctest.h>

#include "kiosk/ui/keyboard.h"
#include "kiosk/ui/stage.h"

using namespace dga;
using ui::Canvas;

namespace {

struct Bench {
  ui::Stage stage = ui::Stage::open({}).value();
  Bench() { REQUIRE(stage.prepare({})); }
  void frame(std::function<void(Canvas&)> const& draw) { stage.frame(draw); }
};

constexpr ui::Rect kLeft{40, 40, 300, 130}, kRight{400, 40, 300, 130};

// Two buttons; which were tapped, as letters.
std::string two_buttons(Bench& bench) {
  std::string tapped;
  bench.frame([&](Canvas& canvas) {
    if (canvas.button("left", kLeft, "Left", ui::ButtonLook::kPrimary)) tapped += 'l';
    if (canvas.button("right", kRight, "Right", ui::ButtonLook::kQuiet)) tapped += 'r';
  });
  return tapped;
}

}  // namespace

TEST_CASE("taps that come at once are answered one a frame and in order") {
  Bench bench;
  Canvas& canvas = bench.stage.canvas();
  for (auto const& at : {kRight, kLeft, kRight}) {
    canvas.finger_down(at.centre());
    canvas.finger_up(at.centre());
  }
  CHECK(two_buttons(bench) == "r");
  CHECK(canvas.moving());  // two more wait
  CHECK(two_buttons(bench) == "l");
  CHECK(two_buttons(bench) == "r");
  CHECK(two_buttons(bench).empty());
  CHECK_FALSE(canvas.moving());
}

TEST_CASE("a finger that went down on a widget which is gone taps nothing") {
  Bench bench;
  bench.stage.canvas().finger_down(kLeft.centre());
  two_buttons(bench);
  bench.frame([](Canvas&) {});
  bench.stage.canvas().finger_up(kLeft.centre());
  CHECK(two_buttons(bench).empty());
}

TEST_CASE("the keyboard walks through what can be touched and touches it") {
  Bench bench;
  two_buttons(bench);
  bench.stage.canvas().focus_activate();
  CHECK(two_buttons(bench).empty());
  bench.stage.canvas().focus_next();
  bench.stage.canvas().focus_activate();
  CHECK(two_buttons(bench) == "l");
  bench.stage.canvas().focus_next();
  bench.stage.canvas().focus_activate();
  CHECK(two_buttons(bench) == "r");
  bench.stage.canvas().focus_next();
  bench.stage.canvas().focus_activate();
  CHECK(two_buttons(bench) == "l");
}

TEST_CASE("only what is there can be tapped by its name") {
  Bench bench;
  two_buttons(bench);
  CHECK(bench.stage.canvas().tap("left"));
  CHECK_FALSE(bench.stage.canvas().tap("middle"));
  CHECK(two_buttons(bench) == "l");
}

TEST_CASE("wrapped headlines have lines of about one length, and data is shortened with an ellipsis") {
  Bench bench;
  bench.frame([&](Canvas& canvas) {
    auto const drawn = canvas.text("title", {0, 0, 700, 300}, "Hold the QR code on your badge to the scanner",
                                   {.style = ui::TextStyle::kTitle, .ink = {}, .ground = {}, .fit = ui::Fit::kWrap});
    CHECK(drawn.h == doctest::Approx(2 * canvas.line_height(ui::TextStyle::kTitle)).epsilon(0.01));
    canvas.text("name", {0, 300, 200, 60}, "Tôn Nữ Hoàng Phương Thảo",
                {.style = ui::TextStyle::kButton, .ink = {}, .ground = {}, .fit = ui::Fit::kShorten});
  });
  auto const* name = bench.stage.canvas().find("name");
  CHECK(name->shortened);
  CHECK(name->text.w <= 200);
  CHECK(name->label == "Tôn Nữ Hoàng Phương Thảo");
}

TEST_CASE("the first words that fit are taken, and the last when none do") {
  Bench bench;
  bench.frame([&](Canvas& canvas) {
    CHECK(canvas.fitting(ui::TextStyle::kBody, 2000, {"a long way to say it", "short"}) == "a long way to say it");
    CHECK(canvas.fitting(ui::TextStyle::kBody, 150, {"a long way to say it", "short"}) == "short");
    CHECK(canvas.fitting(ui::TextStyle::kBody, 1, {"a long way to say it", "short"}) == "short");
  });
}

TEST_CASE("what a list was leafed through is kept while it is shown and forgotten after") {
  Bench bench;
  bench.frame([](Canvas& canvas) { canvas.leaf("list") = 3; });
  bench.frame([](Canvas& canvas) { CHECK(canvas.leaf("list") == 3); });
  bench.frame([](Canvas&) {});
  bench.frame([](Canvas& canvas) { CHECK(canvas.leaf("list") == 0); });
}

TEST_CASE("an upright ten inch panel has keys of six in a row, all letters, none smaller than asked for") {
  auto stage = ui::Stage::open({800, 1280, {135.9F, 217.5F}}).value();
  REQUIRE(stage.prepare({}));
  ui::KeyboardLook look;
  look.submit = "OK";
  look.space_label = "space";
  stage.frame([&](Canvas& canvas) { CHECK_FALSE(ui::keyboard(canvas, look).has_value()); });
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    auto const* key = stage.canvas().find(std::string("key.") + letter);
    REQUIRE(key != nullptr);
    CHECK(key->rectangle.w >= ui::kSmallestKeyWidth);
    CHECK(key->rectangle.h >= ui::kSmallestKeyHeight);
  }
  REQUIRE(stage.canvas().tap("key.m"));
  stage.frame([&](Canvas& canvas) {
    auto const touched = ui::keyboard(canvas, look);
    REQUIRE(touched.has_value());
    CHECK(touched->text == "m");
  });
}
