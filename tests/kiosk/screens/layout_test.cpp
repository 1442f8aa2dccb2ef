#include <doctest/doctest.h>

#include <iostream>
#include <set>

#include "kiosk/screens/screens.h"
#include "kiosk/ui/stage.h"
#include "tests/kiosk/screens/layout.h"
#include "tests/kiosk/screens/states.h"

namespace {

using namespace dga;

struct Panel {
  char const* name;
  ui::Panel panel;
};

// The reference panel, the same upright, a cheap 10.1" one with fewer lines, and 22".
constexpr Panel kPanels[] = {
    {"1280x800", {1280, 800, {217.5F, 135.9F}}},
    {"800x1280", {800, 1280, {135.9F, 217.5F}}},
    {"1024x600", {1024, 600, {222.0F, 130.0F}}},
    {"1920x1080", {1920, 1080, {487.0F, 274.0F}}},
};

ui::CharacterSet characters() {
  ui::CharacterSet set;
  for (auto const language : {flow::Language::kVietnamese, flow::Language::kEnglish})
    test::words_in(language).add_characters(set);
  screens::add_characters(*test::class_view(), set);
  return set;
}

// Every screen in every language, theme and text size on one panel; the faults found, with the screen's name before
// them.
std::vector<std::string> faults_on(Panel const& panel) {
  auto stage = ui::Stage::open(panel.panel).value();
  stage.use_characters(characters());
  std::vector<std::string> all;
  for (bool const large : {false, true}) {
    for (auto const language : {flow::Language::kVietnamese, flow::Language::kEnglish}) {
      auto const lang = test::words_in(language);
      for (auto& [name, state] : test::all_states()) {
        for (auto const theme : {flow::Theme::kLight, flow::Theme::kDark, flow::Theme::kHighContrast}) {
          state.language = language;
          state.theme = theme;
          state.large_text = large;
          REQUIRE(stage.prepare(screens::look_of(state)));
          stage.frame([&](ui::Canvas& canvas) { CHECK(screens::draw(state, canvas, lang).empty()); });
          for (auto const& fault : test::faults_of(stage.canvas().widgets(), stage.canvas().metrics())) {
            all.push_back(std::string(panel.name) + " " + name + " " + lang.language() + (large ? " large" : "") +
                          ": " + fault);
          }
        }
      }
    }
  }
  return all;
}

void expect_no_faults(Panel const& panel) {
  auto const faults = faults_on(panel);
  for (auto const& fault : std::set(faults.begin(), faults.end())) std::cerr << fault << '\n';
  CHECK(faults.empty());
}

}  // namespace

TEST_CASE("nothing overlaps, is cut off, too small or too pale on a 10 inch panel") { expect_no_faults(kPanels[0]); }
TEST_CASE("nothing overlaps, is cut off, too small or too pale on a 10 inch panel held upright") {
  expect_no_faults(kPanels[1]);
}
TEST_CASE("nothing overlaps, is cut off, too small or too pale on a 10 inch panel of 600 lines") {
  expect_no_faults(kPanels[2]);
}
TEST_CASE("nothing overlaps, is cut off, too small or too pale on a 22 inch panel") { expect_no_faults(kPanels[3]); }

TEST_CASE("the check of layouts finds what is planted") {
  ui::Metrics const metrics(kPanels[0].panel);
  ui::Widget good;
  good.id = "a";
  good.role = ui::Role::kButton;
  good.label = "A";
  good.rectangle = {100, 100, 200, 130};
  good.text = {120, 120, 100, 48};
  good.em = 39;
  good.ink = {0, 0, 0};
  good.ground = {255, 255, 255};
  REQUIRE(test::faults_of({good}, metrics).empty());

  auto const with = [&](auto change) {
    ui::Widget bad = good;
    change(bad);
    return test::faults_of({bad}, metrics).size();
  };
  CHECK(with([](ui::Widget& w) { w.rectangle.h = 110; }) == 1);      // 18.7 mm
  CHECK(with([](ui::Widget& w) { w.em = 36; }) == 1);                // 0.42 degrees
  CHECK(with([](ui::Widget& w) { w.ink = {120, 120, 120}; }) == 1);  // 4.4:1
  CHECK(with([](ui::Widget& w) { w.text.w = 190; }) == 1);           // over its box
  CHECK(with([](ui::Widget& w) { w.shortened = true; }) == 1);
  CHECK(with([](ui::Widget& w) { w.shortened = w.may_shorten = true; }) == 1);  // our own words
  CHECK(with([](ui::Widget& w) {
          w.shortened = w.may_shorten = true;
          w.id = "present.3.name";
        }) == 0);
  CHECK(with([](ui::Widget& w) { w.label = ""; }) == 1);
  CHECK(with([](ui::Widget& w) { w.rectangle.x = w.text.x = 1200; }) >= 1);  // off the screen
  ui::Widget other = good;
  other.id = "b";
  other.rectangle = other.rectangle.moved(150, 0);
  other.text = other.text.moved(150, 0);
  CHECK(test::faults_of({good, other}, metrics).size() == 1);
  CHECK(test::faults_of({good, good}, metrics).size() == 2);  // overlaps, and the id twice
}

TEST_CASE("a rehearsal says so on every screen that shows a class, and an ordinary class does not") {
  auto stage = ui::Stage::open(kPanels[0].panel).value();
  stage.use_characters(characters());
  auto const lang = test::words_in(flow::Language::kVietnamese);
  for (auto& [name, state] : test::all_states()) {
    if (!state.a_class) continue;
    INFO(name);
    for (bool const rehearsal : {true, false}) {
      state.a_class = test::class_view(rehearsal);
      state.simulated_clock = false;
      REQUIRE(stage.prepare(screens::look_of(state)));
      stage.frame([&](ui::Canvas& canvas) { static_cast<void>(screens::draw(state, canvas, lang)); });
      CHECK((stage.canvas().find("banner") != nullptr) == rehearsal);
    }
  }
}
