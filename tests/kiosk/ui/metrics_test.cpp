#include <doctest/doctest.h>

#include "kiosk/ui/metrics.h"

using namespace dga::ui;

namespace {

constexpr Panel kReference{1280, 800, {217.5F, 135.9F}};

}  // namespace

TEST_CASE("on the reference panel a unit is a pixel") {
  Metrics const metrics(kReference);
  CHECK(metrics.pixels_per_unit() == doctest::Approx(1).epsilon(0.001));
  CHECK(metrics.width() == doctest::Approx(1280).epsilon(0.001));
  CHECK(metrics.height() == doctest::Approx(800).epsilon(0.001));
}

TEST_CASE("the smallest targets are 20 mm and keys 19.5 by 15 mm") {
  Metrics const metrics(kReference);
  CHECK(kSmallestTarget / metrics.units_per_mm() >= 20);
  CHECK(kSmallestKeyWidth / metrics.units_per_mm() >= 19.5);
  CHECK(kSmallestKeyHeight / metrics.units_per_mm() >= 15);
}

TEST_CASE("a picture on a large panel grows to fill it") {
  Metrics const metrics(Panel{1920, 1080, {487, 274}});
  CHECK(metrics.height() == doctest::Approx(800));
  CHECK(metrics.width() == doctest::Approx(1422).epsilon(0.01));
  CHECK(kSmallestTarget / metrics.units_per_mm() > 20);
}

TEST_CASE("a panel of fewer pixels keeps its millimetres and has less room") {
  Metrics const metrics(Panel{1024, 600, {222, 130}});
  CHECK(kSmallestTarget / metrics.units_per_mm() >= 20);
  CHECK(metrics.height() < 790);
}

TEST_CASE("a panel smaller than ten inches shrinks its units rather than losing the picture") {
  Metrics const metrics(Panel{1280, 800, {150, 94}});
  CHECK(metrics.height() >= 740);
}

TEST_CASE("letters are seen under the angles that were asked for at 60 cm") {
  CHECK(capital_angle(10.08) == doctest::Approx(0.7).epsilon(0.002));
  for (auto const panel : {kReference, Panel{800, 1280, {135.9F, 217.5F}}, Panel{1920, 1080, {487, 274}}}) {
    Metrics const normal(panel), large(panel, TextScale::kLarge);
    auto const angle = [](Metrics const& metrics, TextStyle style) {
      return capital_angle(static_cast<double>(metrics.em(style) / metrics.units_per_mm()));
    };
    for (auto const style :
         {TextStyle::kResult, TextStyle::kTitle, TextStyle::kHeading, TextStyle::kButton, TextStyle::kBody}) {
      CHECK(angle(normal, style) >= 0.45);
    }
    CHECK(angle(normal, TextStyle::kStrong) >= 0.3);
    CHECK(angle(normal, TextStyle::kSecondary) >= 0.3);
    for (int style = 0; style < kTextStyles; ++style) CHECK(angle(large, static_cast<TextStyle>(style)) >= 0.7);
  }
}
