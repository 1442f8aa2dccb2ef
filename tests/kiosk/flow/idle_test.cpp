#include "tests/kiosk/flow/person.h"

using namespace dga::flow_test;

TEST_CASE("after twenty seconds the kiosk asks, after fifteen more everything typed is wiped") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("nguyen");
  kiosk.wait(kIdleMs - 1);
  CHECK(kiosk.on<screen::FindName>());
  kiosk.wait(1);
  REQUIRE(kiosk.on<screen::StillThere>());
  kiosk.wait(kStillThereMs - 1);
  CHECK(kiosk.on<screen::StillThere>());
  kiosk.wait(1);
  CHECK(kiosk.on<screen::Home>());
  CHECK_FALSE(kiosk.state.covered.has_value());
  kiosk.tell(event::FindMyName{});
  CHECK(kiosk.on<screen::FindName>()->text.empty());
}

TEST_CASE("a tap says that somebody is there, and everything is as it was") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("binh");
  kiosk.wait(kIdleMs + 5'000);
  REQUIRE(kiosk.on<screen::StillThere>());
  kiosk.tell(event::Tapped{});
  REQUIRE(kiosk.on<screen::FindName>());
  CHECK(kiosk.on<screen::FindName>()->text == "binh");
  kiosk.wait(kIdleMs - 1);
  CHECK(kiosk.on<screen::FindName>());
}

TEST_CASE("typing on answers the question and is not lost") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("bi");
  kiosk.wait(kIdleMs + 1'000);
  kiosk.type("n");
  REQUIRE(kiosk.on<screen::FindName>());
  CHECK(kiosk.on<screen::FindName>()->text == "bin");
}

TEST_CASE("each touch puts the question off") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  for (int i = 0; i < 10; ++i) {
    kiosk.wait(kIdleMs - 1);
    kiosk.type("a");
  }
  CHECK(kiosk.on<screen::FindName>());
}

TEST_CASE("staff who walk away are signed out") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::COORDINATOR);
  kiosk.wait(kIdleMs + kStillThereMs);
  CHECK(kiosk.on<screen::Home>());
  REQUIRE(kiosk.caused<effect::StaffSignedOut>().size() == 1);
  CHECK(kiosk.caused<effect::StaffSignedOut>()[0].number == 7);
}

TEST_CASE("whoever waits for a stick to be written is asked late") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::COORDINATOR);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kCourier});
  CourierView courier;
  courier.phase = CourierView::Phase::kWriting;
  kiosk.tell(event::CourierChanged{courier});
  kiosk.wait(kIdleAtPhoneMs - 1);
  REQUIRE(kiosk.on<screen::Staff>());
  SUBCASE("where the stick hangs, in the end all the same") {
    kiosk.wait(1);
    CHECK(kiosk.on<screen::StillThere>());
    return;
  }
  courier.phase = CourierView::Phase::kDone;
  kiosk.tell(event::CourierChanged{courier});
  kiosk.wait(kIdleMs - 1);
  CHECK(kiosk.on<screen::Staff>());
  kiosk.wait(1);
  CHECK(kiosk.on<screen::StillThere>());
}

TEST_CASE("home asks nobody") {
  Kiosk kiosk;
  kiosk.wait(3'600'000);
  CHECK(kiosk.on<screen::Home>());
}

TEST_CASE("the next person finds the usual language and letters again") {
  Kiosk kiosk;
  kiosk.tell(event::ToggleLanguage{});
  kiosk.tell(event::ToggleLargeText{});
  kiosk.tell(event::ToggleTheme{});
  CHECK(kiosk.state.language == Language::kEnglish);
  CHECK(kiosk.state.large_text);
  CHECK(kiosk.state.theme == Theme::kDark);
  kiosk.wait(kIdleMs + kStillThereMs - 1);
  CHECK(kiosk.state.language == Language::kEnglish);
  kiosk.wait(1);
  CHECK(kiosk.state.language == Language::kVietnamese);
  CHECK_FALSE(kiosk.state.large_text);
  CHECK(kiosk.state.theme == Theme::kLight);
}

TEST_CASE("a half-typed passphrase does not stay on the screen") {
  Kiosk kiosk;
  kiosk.state.screen = screen::Unlock{};
  kiosk.type("hunter");
  kiosk.wait(kIdleMs + kStillThereMs);
  REQUIRE(kiosk.on<screen::Unlock>());
  CHECK(kiosk.on<screen::Unlock>()->typed.empty());
}

TEST_CASE("the clock's minute is the only thing an idle kiosk wakes for") {
  Kiosk kiosk;
  kiosk.wait(123);
  std::uint64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    auto const next = next_tick_ms(kiosk.state);
    REQUIRE(next.has_value());
    kiosk.now_ms = *next;
    kiosk.tell(event::Tick{});
    CHECK(kiosk.state.wall_ms % 60'000 == 0);
    if (last != 0) CHECK(*next - last == 60'000);
    last = *next;
  }
}

TEST_CASE("the open session follows the clock") {
  Kiosk kiosk;
  CHECK(kiosk.state.session_now.open == 1);
  kiosk.wait(216 * 60'000);
  CHECK_FALSE(kiosk.state.session_now.open.has_value());
  CHECK(kiosk.state.session_now.all_over);
}
