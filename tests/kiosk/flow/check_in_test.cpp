#include "tests/kiosk/flow/person.h"

using namespace dga::flow_test;

TEST_CASE("a scan goes to the store at once and its result stays two and a half seconds") {
  Kiosk kiosk;
  kiosk.scan("9000000000112345667");
  REQUIRE(kiosk.caused<effect::CheckInScan>().size() == 1);
  CHECK(kiosk.caused<effect::CheckInScan>()[0].text == "9000000000112345667");
  CHECK(kiosk.on<screen::Waiting>());
  CHECK(kiosk.caused<effect::PlaySound>().empty());  // nothing is green before it is durable

  kiosk.settle(17);
  CHECK(kiosk.shown_participant() == 17);
  CHECK(kiosk.caused<effect::PlaySound>().size() == 1);
  kiosk.wait(2'499);
  CHECK(kiosk.on<screen::Result>());
  kiosk.wait(1);
  CHECK(kiosk.on<screen::Home>());
}

TEST_CASE("a tap skips a result") {
  Kiosk kiosk;
  kiosk.scan("a");
  kiosk.settle(17);
  kiosk.wait(300);
  kiosk.tell(event::Tapped{});
  CHECK(kiosk.on<screen::Home>());
}

TEST_CASE("ten scans a second are all recorded and all shown, in order, none lost and none merged") {
  Kiosk kiosk;
  std::uint64_t answered = 0;
  std::vector<std::uint64_t> shown;
  auto look = [&] {
    if (auto const participant = kiosk.shown_participant();
        participant != 0 && (shown.empty() || shown.back() != participant))
      shown.push_back(participant);
  };
  for (int i = 0; i < 50; ++i) {
    kiosk.scan("same badge");  // even the same one: the desk decides, nobody merges
    kiosk.wait(20);
    while (answered < kiosk.caused<effect::CheckInScan>().size()) kiosk.settle(++answered);
    for (int ms = 0; ms < 8; ++ms) {
      kiosk.wait(10);
      look();
    }
  }
  for (int i = 0; i < 6'000; ++i) {
    kiosk.wait(10);
    look();
  }
  CHECK(answered == 50);
  REQUIRE(shown.size() == 50);
  for (std::uint64_t i = 0; i < 50; ++i) CHECK(shown[i] == i + 1);
  CHECK(kiosk.on<screen::Home>());
}

TEST_CASE("while others wait a result is shorter, but long enough to be seen") {
  Kiosk kiosk;
  kiosk.scan("a");
  kiosk.scan("b");
  kiosk.settle(1);
  kiosk.settle(2);
  CHECK(kiosk.shown_participant() == 1);
  kiosk.wait(999);
  CHECK(kiosk.shown_participant() == 1);
  kiosk.wait(1);
  CHECK(kiosk.shown_participant() == 2);
  kiosk.wait(2'499);
  CHECK(kiosk.shown_participant() == 2);
}

TEST_CASE("when the store is slow scans wait their turn in the kiosk") {
  Kiosk kiosk;
  for (int i = 0; i < 100; ++i) kiosk.scan(std::to_string(i));
  CHECK(kiosk.caused<effect::CheckInScan>().size() == kMostAsked);
  CHECK(kiosk.state.scans.size() == 100 - kMostAsked);
  for (std::uint64_t i = 1; i <= 100; ++i) kiosk.settle(i);
  auto const asked = kiosk.caused<effect::CheckInScan>();
  REQUIRE(asked.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(asked[i].text == std::to_string(i));
}

TEST_CASE("whoever can hold scans back is told when too many wait") {
  Kiosk kiosk;
  std::size_t taken = 0;
  while (has_room_for_scan(kiosk.state) && taken < 10'000) {
    kiosk.scan("x");
    ++taken;
  }
  CHECK(taken == kMostQueuedScans);
}

TEST_CASE("a scan is accepted on every screen that participants see") {
  SUBCASE("home") {
    Kiosk kiosk;
    kiosk.scan("a");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
  }
  SUBCASE("find my name") {
    Kiosk kiosk;
    kiosk.tell(event::FindMyName{});
    kiosk.type("nguyen");
    kiosk.scan("a");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
    kiosk.settle(5);
    kiosk.wait(2'500);
    CHECK(kiosk.on<screen::Home>());  // what was typed may not be theirs
  }
  SUBCASE("is this you") {
    Kiosk kiosk;
    kiosk.tell(event::FindMyName{});
    kiosk.tell(event::PersonChosen{1});
    kiosk.scan("a");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
  }
  SUBCASE("a result") {
    Kiosk kiosk;
    kiosk.scan("a");
    kiosk.settle(1);
    kiosk.scan("b");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 2);
    CHECK(kiosk.shown_participant() == 1);
  }
  SUBCASE("the PIN pad") {
    Kiosk kiosk;
    kiosk.tell(event::OpenStaff{});
    kiosk.type("12");
    kiosk.scan("a");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
  }
  SUBCASE("are you still there") {
    Kiosk kiosk;
    kiosk.tell(event::FindMyName{});
    kiosk.wait(kIdleMs);
    REQUIRE(kiosk.on<screen::StillThere>());
    kiosk.scan("a");
    CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
  }
}

TEST_CASE("a scan while staff are signed in is recorded and shown, and the staff's screen comes back") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::TRAINER);
  kiosk.scan("a");
  kiosk.settle(9);
  CHECK(kiosk.shown_participant() == 9);
  auto const lists = kiosk.caused<effect::ListPresent>().size();
  kiosk.wait(2'500);
  REQUIRE(kiosk.on<screen::Staff>());
  CHECK(kiosk.on<screen::Staff>()->number == 7);
  CHECK(kiosk.caused<effect::ListPresent>().size() == lists + 1);  // there is one more to list
  CHECK(kiosk.caused<effect::StaffSignedOut>().empty());
}

TEST_CASE("nothing is recorded before the kiosk is unlocked, and whoever scans meanwhile is served right after") {
  Kiosk kiosk;
  kiosk.state = State{};
  kiosk.state.screen = screen::Unlock{};
  kiosk.scan("early");
  CHECK(kiosk.caused<effect::CheckInScan>().empty());
  kiosk.type("secret");
  kiosk.tell(event::Submit{});
  kiosk.scan("meanwhile");
  CHECK(kiosk.caused<effect::CheckInScan>().empty());
  kiosk.tell(event::Unlocked{small_class(), "1"});
  REQUIRE(kiosk.caused<effect::CheckInScan>().size() == 1);
  CHECK(kiosk.caused<effect::CheckInScan>()[0].text == "meanwhile");
}

TEST_CASE("a full disk is told, and the next scan tries again") {
  Kiosk kiosk;
  kiosk.scan("a");
  kiosk.tell(event::StoreFailed{"store.full"});
  REQUIRE(kiosk.on<screen::OutOfService>());
  CHECK(kiosk.on<screen::OutOfService>()->reason == OutOfServiceReason::kDiskFull);
  CHECK(kiosk.on<screen::OutOfService>()->short_code == "store.full");
  kiosk.scan("b");
  CHECK(kiosk.caused<effect::CheckInScan>().size() == 2);
  kiosk.settle(4);
  CHECK(kiosk.shown_participant() == 4);
}

TEST_CASE("a damaged store takes no more scans") {
  Kiosk kiosk;
  kiosk.scan("a");
  kiosk.tell(event::StoreFailed{"store.damaged"});
  CHECK(kiosk.on<screen::OutOfService>()->reason == OutOfServiceReason::kStoreDamaged);
  kiosk.scan("b");
  CHECK(kiosk.caused<effect::CheckInScan>().size() == 1);
}

TEST_CASE("a kiosk without a class says so until one comes") {
  Kiosk kiosk;
  kiosk.state = State{};
  kiosk.state.screen = screen::Unlock{};
  kiosk.tell(event::Unlocked{nullptr, "1"});
  REQUIRE(kiosk.on<screen::OutOfService>());
  CHECK(kiosk.on<screen::OutOfService>()->reason == OutOfServiceReason::kNoPack);
  kiosk.tell(event::SyncNow{});
  CHECK(kiosk.caused<effect::SyncNow>().size() == 1);
  kiosk.tell(event::ClassReplaced{small_class()});
  CHECK(kiosk.on<screen::Home>());
}

TEST_CASE("scans that a failed store never took are not recorded hours later") {
  Kiosk kiosk;
  for (int i = 0; i < 100; ++i) kiosk.scan("early");
  auto const given = kiosk.caused<effect::CheckInScan>().size();
  REQUIRE(given < 100);
  kiosk.tell(event::StoreFailed{"store.full"});
  while (kiosk.state.asked > 0) kiosk.tell(event::StoreFailed{"store.full"});
  REQUIRE(kiosk.on<screen::OutOfService>());
  kiosk.wait(3'600'000);
  kiosk.scan("late");
  auto const scans = kiosk.caused<effect::CheckInScan>();
  CHECK(scans.size() == given + 1);
  CHECK(scans.back().text == "late");
}

TEST_CASE("a damaged store stays out of service when an answer that needed no record comes after") {
  Kiosk kiosk;
  kiosk.scan("a");
  kiosk.scan("b");
  kiosk.tell(event::StoreFailed{"store.damaged"});
  kiosk.settle(2, Verdict::kAlready);
  CHECK(kiosk.on<screen::OutOfService>());
  kiosk.wait(10'000);
  CHECK(kiosk.on<screen::OutOfService>());
}
