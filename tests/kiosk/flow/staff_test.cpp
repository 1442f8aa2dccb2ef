#include "tests/kiosk/flow/person.h"

using namespace dga::flow_test;

TEST_CASE("a PIN is digits, handed over once, and gone from the screen") {
  Kiosk kiosk;
  kiosk.tell(event::OpenStaff{});
  kiosk.type("24a6 8");
  CHECK(kiosk.on<screen::Pin>()->typed == "2468");
  kiosk.tell(event::KeyErase{});
  CHECK(kiosk.on<screen::Pin>()->typed == "246");
  kiosk.tell(event::Submit{});
  kiosk.tell(event::Submit{});
  REQUIRE(kiosk.caused<effect::CheckPin>().size() == 1);
  CHECK(kiosk.caused<effect::CheckPin>()[0].pin == "246");
  CHECK(kiosk.on<screen::Pin>()->typed.empty());
  CHECK(kiosk.on<screen::Pin>()->checking);
  kiosk.type("9");
  CHECK(kiosk.on<screen::Pin>()->typed.empty());
}

TEST_CASE("a wrong PIN tells the tries that are left") {
  Kiosk kiosk;
  kiosk.tell(event::OpenStaff{});
  kiosk.type("1111");
  kiosk.tell(event::Submit{});
  kiosk.tell(event::PinRefused{4, 0});
  REQUIRE(kiosk.on<screen::Pin>());
  CHECK(kiosk.on<screen::Pin>()->error_code == "pin.wrong");
  CHECK(kiosk.on<screen::Pin>()->tries_left == 4);
  kiosk.type("2");
  CHECK(kiosk.on<screen::Pin>()->error_code.empty());
}

TEST_CASE("a locked pad takes no digits until its time is over, also when it is opened anew") {
  Kiosk kiosk;
  kiosk.tell(event::OpenStaff{});
  kiosk.type("1111");
  kiosk.tell(event::Submit{});
  kiosk.tell(event::PinRefused{0, 60'000});
  CHECK(kiosk.on<screen::Pin>()->error_code == "pin.locked");
  kiosk.type("2222");
  kiosk.tell(event::Submit{});
  CHECK(kiosk.caused<effect::CheckPin>().size() == 1);

  kiosk.tell(event::Back{});
  kiosk.wait(10'000);
  kiosk.tell(event::OpenStaff{});
  REQUIRE(kiosk.on<screen::Pin>()->locked_until_ms.has_value());
  CHECK(*kiosk.on<screen::Pin>()->locked_until_ms - kiosk.now_ms == 50'000);

  for (int i = 0; i < 5; ++i) {
    kiosk.wait(10'000);
    kiosk.tell(event::Tapped{});
  }
  REQUIRE(kiosk.on<screen::Pin>());
  CHECK_FALSE(kiosk.on<screen::Pin>()->locked_until_ms.has_value());
  CHECK(kiosk.on<screen::Pin>()->error_code.empty());
  kiosk.type("3");
  CHECK(kiosk.on<screen::Pin>()->typed == "3");
}

TEST_CASE("a trainer sees who is here, a coordinator sees all") {
  SUBCASE("trainer") {
    Kiosk kiosk;
    kiosk.sign_in(dga::v1::TRAINER);
    REQUIRE(kiosk.on<screen::Staff>());
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kPresent);
    CHECK(kiosk.caused<effect::ListPresent>().size() == 1);
    kiosk.tell(event::StaffPageChosen{screen::StaffPage::kSync});
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kPresent);
  }
  SUBCASE("coordinator") {
    Kiosk kiosk;
    kiosk.sign_in(dga::v1::COORDINATOR);
    REQUIRE(kiosk.on<screen::Staff>());
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kSync);
    kiosk.tell(event::SyncNow{});
    CHECK(kiosk.caused<effect::SyncNow>().size() == 1);
    kiosk.tell(event::CarryNow{});  // not from here
    CHECK(kiosk.caused<effect::CarryNow>().empty());
    kiosk.tell(event::StaffPageChosen{screen::StaffPage::kCourier});
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kCourier);
    kiosk.tell(event::CarryNow{});
    CHECK(kiosk.caused<effect::CarryNow>().size() == 1);
    kiosk.tell(event::Back{});
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kSync);
    kiosk.tell(event::StaffPageChosen{screen::StaffPage::kDevice});
    CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kDevice);
  }
}

TEST_CASE("signing out goes home and takes the list away") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::TRAINER);
  kiosk.tell(event::PresentChanged{1, {{"Trần Thị Bình", "Sở Nội vụ", kMorningMs, false}}, {1}});
  CHECK(kiosk.state.present.size() == 1);
  kiosk.tell(event::SignOut{});
  CHECK(kiosk.on<screen::Home>());
  CHECK(kiosk.state.present.empty());
  CHECK(kiosk.caused<effect::StaffSignedOut>().size() == 1);
}

TEST_CASE("a PIN that is accepted after its person has gone opens nothing") {
  Kiosk kiosk;
  kiosk.tell(event::OpenStaff{});
  kiosk.type("2468");
  kiosk.tell(event::Submit{});
  kiosk.tell(event::Back{});
  kiosk.tell(event::PinAccepted{dga::v1::COORDINATOR, 7});
  CHECK(kiosk.on<screen::Home>());
  CHECK(kiosk.caused<effect::StaffSignedOut>().size() == 1);
}

TEST_CASE("the list of who is here is paged") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::TRAINER);
  std::vector<PresentLine> lines(kPresentOnAPage + 1);
  kiosk.tell(event::PresentChanged{lines.size(), lines, {}});
  kiosk.tell(event::NextPage{});
  kiosk.tell(event::NextPage{});
  CHECK(kiosk.on<screen::Staff>()->list_page == 1);
  kiosk.tell(event::PreviousPage{});
  kiosk.tell(event::PreviousPage{});
  CHECK(kiosk.on<screen::Staff>()->list_page == 0);
}

TEST_CASE("the sync thread's news and the store's counts do not overwrite each other") {
  Kiosk kiosk;
  kiosk.tell(event::CountsChanged{412, 296, 116, 0, kMorningMs, 38});
  SyncView view;
  view.phase = SyncView::Phase::kSending;
  view.problem_code = "net.timeout";
  kiosk.tell(event::SyncChanged{view});
  CHECK(kiosk.state.sync.waiting == 116);
  CHECK(kiosk.state.sync.recorded == 412);
  CHECK(kiosk.state.present_in_session == 38);
  CHECK(kiosk.state.sync.phase == SyncView::Phase::kSending);
  kiosk.tell(event::CountsChanged{413, 413, 0, 0, kMorningMs, 39});
  CHECK(kiosk.state.sync.phase == SyncView::Phase::kSending);
  CHECK(kiosk.state.sync.waiting == 0);
}

TEST_CASE("a passphrase is handed over once and gone from the screen") {
  Kiosk kiosk;
  kiosk.state.screen = screen::Unlock{};
  kiosk.tell(event::Submit{});
  CHECK(kiosk.caused<effect::Unlock>().empty());
  kiosk.tell(event::KeyShift{});
  kiosk.type("correct horse");
  kiosk.tell(event::Submit{});
  REQUIRE(kiosk.caused<effect::Unlock>().size() == 1);
  CHECK(kiosk.caused<effect::Unlock>()[0].passphrase == "Correct horse");
  CHECK(kiosk.on<screen::Unlock>()->typed.empty());
  CHECK(kiosk.on<screen::Unlock>()->checking);
  kiosk.tell(event::UnlockFailed{"slots.wrong_passphrase"});
  REQUIRE(kiosk.on<screen::Unlock>());
  CHECK(kiosk.on<screen::Unlock>()->error_code == "slots.wrong_passphrase");
  CHECK_FALSE(kiosk.on<screen::Unlock>()->checking);
}

TEST_CASE("why a kiosk is out of service is told apart") {
  auto reason_after = [](std::string const& code) {
    Kiosk kiosk;
    kiosk.state.screen = screen::Unlock{};
    kiosk.tell(event::UnlockFailed{code});
    REQUIRE(kiosk.on<screen::OutOfService>());
    CHECK(kiosk.on<screen::OutOfService>()->short_code == code);
    return kiosk.on<screen::OutOfService>()->reason;
  };
  CHECK(reason_after("store.held") == OutOfServiceReason::kStoreHeld);
  CHECK(reason_after("store.damaged") == OutOfServiceReason::kStoreDamaged);
  CHECK(reason_after("store.chain") == OutOfServiceReason::kStoreDamaged);
  CHECK(reason_after("kiosk.not_found") == OutOfServiceReason::kNotEnrolled);
  CHECK(reason_after("kiosk.not_enrolled") == OutOfServiceReason::kNotEnrolled);
  CHECK(reason_after("store.failed") == OutOfServiceReason::kStoreFailed);
}

TEST_CASE("a staff screen that nobody touches closes while participants go on scanning") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::COORDINATOR);
  for (std::uint64_t person = 1; person <= 4; ++person) {
    kiosk.wait(12'000);
    kiosk.scan("a badge");
    kiosk.settle(person);
    kiosk.tell(event::Tapped{});  // the participant's own finger, on the result
  }
  kiosk.wait(5'000);
  CHECK(kiosk.caused<effect::StaffSignedOut>().size() == 1);
  CHECK(kiosk.on<screen::Home>());
}
