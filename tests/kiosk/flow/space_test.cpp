#include "tests/kiosk/flow/person.h"

using namespace dga::flow_test;
using Level = SpaceView::Level;

TEST_CASE("a disk that is nearly full changes what home says and nothing that people do") {
  Kiosk kiosk;
  kiosk.tell(event::SpaceChanged{{Level::kLow, 6'600, 40, {}}});
  CHECK(kiosk.state.space.level == Level::kLow);
  CHECK(kiosk.state.space.check_ins_left == 6'600);
  CHECK(std::holds_alternative<screen::Home>(kiosk.state.screen));
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::SpaceChanged{{Level::kReserve, 5'000, 0, {}}});
  CHECK(std::holds_alternative<screen::FindName>(kiosk.state.screen));
}

TEST_CASE("a kiosk out of service for a full disk comes back when there is room, and only then") {
  Kiosk kiosk;
  kiosk.tell(event::Scanned{"9"});
  kiosk.tell(event::StoreFailed{"store.full"});
  kiosk.tell(event::SpaceChanged{{Level::kFull, 0, 0, {}}});
  REQUIRE(std::holds_alternative<screen::OutOfService>(kiosk.state.screen));
  kiosk.tell(event::SpaceChanged{{Level::kPlenty, 6'600, 9'000, {}}});
  CHECK(std::holds_alternative<screen::Home>(kiosk.state.screen));
}

TEST_CASE("room on the disk mends no other trouble") {
  Kiosk kiosk;
  kiosk.tell(event::StoreFailed{"store.damaged"});
  kiosk.tell(event::SpaceChanged{{Level::kPlenty, 6'600, 9'000, {}}});
  CHECK(std::holds_alternative<screen::OutOfService>(kiosk.state.screen));
}

TEST_CASE("news of the disk is nobody's touch") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  auto const touched = kiosk.state.last_touch_ms;
  kiosk.now_ms += 5'000;
  kiosk.tell(event::SpaceChanged{{Level::kLow, 6'600, 40, {}}});
  CHECK(kiosk.state.last_touch_ms == touched);
}
