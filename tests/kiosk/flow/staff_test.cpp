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

TEST_CASE("a coordinator sets a limit on data, the store's word on it is shown, and the sync's own use of it") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::COORDINATOR);
  kiosk.tell(event::LimitChosen{5'000'000});  // not from here
  CHECK(kiosk.caused<effect::LimitData>().empty());
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kLimit});
  kiosk.tell(event::LimitChosen{5'000'000});
  REQUIRE(kiosk.caused<effect::LimitData>().size() == 1);
  CHECK(kiosk.caused<effect::LimitData>().front().most_bytes == 5'000'000);
  CHECK_FALSE(kiosk.state.sync.budget);  // not before it is kept
  kiosk.tell(event::LimitKept{SyncView::Budget{5'000'000, 100}});
  SyncView told;
  told.budget = SyncView::Budget{5'000'000, 700};
  kiosk.tell(event::SyncChanged{told});
  CHECK(kiosk.state.sync.budget->used_bytes == 700);
  told.budget = SyncView::Budget{20'000'000, 90'000};  // of a sync that began under another limit
  kiosk.tell(event::SyncChanged{told});
  CHECK(kiosk.state.sync.budget->most_bytes == 5'000'000);
  kiosk.tell(event::LimitKept{});
  kiosk.tell(event::SyncChanged{told});
  CHECK_FALSE(kiosk.state.sync.budget);
  kiosk.tell(event::Back{});
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kSync);
}

TEST_CASE("back from a page leads to the one that it was opened from, and from there out") {
  Kiosk kiosk;
  kiosk.tell(event::ClassReplaced{small_class()});
  kiosk.sign_in(dga::v1::COORDINATOR);
  auto const back_from = [&](screen::StaffPage page) {
    kiosk.tell(event::StaffPageChosen{page});
    REQUIRE(kiosk.on<screen::Staff>()->page == page);
    kiosk.tell(event::Back{});
    REQUIRE(kiosk.on<screen::Staff>());
    CHECK(kiosk.on<screen::Staff>()->role == dga::v1::COORDINATOR);
    return kiosk.on<screen::Staff>()->page;
  };
  CHECK(back_from(screen::StaffPage::kPhone) == screen::StaffPage::kCourier);
  CHECK(back_from(screen::StaffPage::kCourier) == screen::StaffPage::kSync);
  CHECK(back_from(screen::StaffPage::kLimit) == screen::StaffPage::kSync);
  auto const listed = kiosk.caused<effect::ListPresent>().size();
  CHECK(back_from(screen::StaffPage::kSession) == screen::StaffPage::kPresent);
  CHECK(kiosk.caused<effect::ListPresent>().size() == listed + 1);
  CHECK(kiosk.caused<effect::StaffSignedOut>().empty());
  kiosk.tell(event::Back{});
  CHECK(kiosk.on<screen::Home>());
  CHECK(kiosk.caused<effect::StaffSignedOut>().size() == 1);
}

TEST_CASE("on a new day the sync's report of what was used stands, also where it is less than yesterday's") {
  Kiosk kiosk;
  kiosk.tell(event::LimitKept{SyncView::Budget{5'000'000, 4'900'000}});
  SyncView told;
  told.budget = SyncView::Budget{5'000'000, 1'200};
  kiosk.tell(event::SyncChanged{told});
  REQUIRE(kiosk.state.sync.budget);
  CHECK(kiosk.state.sync.budget->used_bytes == 1'200);
}

TEST_CASE("a limit that could not be kept says why, until another one is chosen") {
  Kiosk kiosk;
  kiosk.sign_in(dga::v1::COORDINATOR);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kLimit});
  kiosk.tell(event::LimitChosen{5'000'000});
  kiosk.tell(event::LimitKept{SyncView::Budget{1'000'000, 100}, "store.full"});
  CHECK(kiosk.on<screen::Staff>()->error_code == "store.full");
  CHECK(kiosk.state.sync.budget->most_bytes == 1'000'000);
  kiosk.tell(event::LimitChosen{5'000'000});
  CHECK(kiosk.on<screen::Staff>()->error_code.empty());
  kiosk.tell(event::LimitKept{SyncView::Budget{5'000'000, 100}});
  CHECK(kiosk.on<screen::Staff>()->error_code.empty());
}

namespace {

std::shared_ptr<ClassView> two_sessions() {
  auto view = std::make_shared<ClassView>(*small_class());
  view->timetable.sessions.push_back({2, kMorningMs + 335 * 60'000, kMorningMs + 545 * 60'000, true, false});
  return view;
}

}  // namespace

TEST_CASE("whoever of the staff is there says which session it is and what time, within the timetable") {
  Kiosk kiosk;
  kiosk.tell(event::ClassReplaced{two_sessions()});
  kiosk.sign_in(dga::v1::TRAINER);
  kiosk.tell(event::SessionTold{});  // not from here
  CHECK(kiosk.caused<effect::TellTime>().empty());
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kSession});
  auto const& timetable = kiosk.state.a_class->timetable;
  auto const suggested = *kiosk.on<screen::Staff>();
  CHECK(suggested.session == timetable.sessions[0].id);
  kiosk.tell(event::SessionStepped{1});
  CHECK(kiosk.on<screen::Staff>()->session == timetable.sessions[1].id);
  CHECK(kiosk.on<screen::Staff>()->told_ms == timetable.sessions[1].start_ms);
  kiosk.tell(event::TimeStepped{20});
  CHECK(kiosk.on<screen::Staff>()->told_ms == timetable.sessions[1].start_ms + 20 * 60'000);
  kiosk.tell(event::TimeStepped{100'000});
  CHECK(kiosk.on<screen::Staff>()->told_ms == timetable.sessions[1].end_ms);
  kiosk.tell(event::SessionTold{});
  REQUIRE(kiosk.caused<effect::TellTime>().size() == 1);
  auto const told = kiosk.caused<effect::TellTime>().front();
  CHECK(told.session == timetable.sessions[1].id);
  CHECK(told.at_ms == timetable.sessions[1].end_ms);
  CHECK(told.staff != 0);
  kiosk.tell(event::SessionTold{});  // a second tap before the answer
  CHECK(kiosk.caused<effect::TellTime>().size() == 1);
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kSession);
  kiosk.tell(event::TimeTold{});
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kPresent);
}

TEST_CASE("a session that could not be kept leaves the staff on its page with the reason, and may be said again") {
  Kiosk kiosk;
  kiosk.tell(event::ClassReplaced{two_sessions()});
  kiosk.sign_in(dga::v1::TRAINER);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kSession});
  kiosk.tell(event::SessionTold{});
  SUBCASE("on the page itself") {}
  SUBCASE("under a participant's result") {
    kiosk.tell(event::Scanned{"a badge"});
    kiosk.tell(event::Settled{Outcome{}});
    REQUIRE(kiosk.state.covered);
  }
  kiosk.tell(event::TimeTold{"store.full"});
  if (kiosk.state.covered) kiosk.tell(event::Tapped{});
  REQUIRE(kiosk.on<screen::Staff>());
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kSession);
  CHECK(kiosk.on<screen::Staff>()->error_code == "store.full");
  kiosk.tell(event::SessionTold{});
  CHECK(kiosk.caused<effect::TellTime>().size() == 2);
  CHECK(kiosk.on<screen::Staff>()->error_code.empty());
  kiosk.tell(event::Back{});
  kiosk.tell(event::TimeTold{"store.full"});  // whoever left is not fetched back
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kPresent);
}

TEST_CASE("no cancelled session is offered, and none at all where all are cancelled") {
  Kiosk kiosk;
  auto view = two_sessions();
  view->timetable.sessions[0].cancelled = true;
  kiosk.tell(event::ClassReplaced{view});
  kiosk.sign_in(dga::v1::TRAINER);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kSession});
  CHECK(kiosk.on<screen::Staff>()->session == view->timetable.sessions[1].id);
  kiosk.tell(event::Back{});
  view = two_sessions();
  for (auto& session : view->timetable.sessions) session.cancelled = true;
  kiosk.tell(event::ClassReplaced{view});
  CHECK_FALSE(can_choose_session(kiosk.state));
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kSession});
  CHECK(kiosk.on<screen::Staff>()->page == screen::StaffPage::kPresent);
}

TEST_CASE("a word on the time moves the screen's clock and its session, and carries on by the monotonic clock") {
  Kiosk kiosk;
  kiosk.tell(event::ClassReplaced{two_sessions()});
  auto const& timetable = kiosk.state.a_class->timetable;
  auto const start_ms = timetable.sessions[1].start_ms;
  kiosk.tell(event::ClockChanged{{ClockView::Source::kStaff, start_ms, kiosk.state.mono_ms, timetable.sessions[1].id}});
  CHECK(kiosk.state.wall_ms == start_ms);
  CHECK(kiosk.state.session_now.open == timetable.sessions[1].id);
  CHECK_FALSE(clock_is_surely_wrong(kiosk.state));
  auto const mono_ms = kiosk.state.mono_ms;
  kiosk.wait(60'000);
  CHECK(kiosk.state.wall_ms == start_ms + static_cast<std::int64_t>(kiosk.state.mono_ms - mono_ms));
  kiosk.tell(event::ClockChanged{});
  CHECK(kiosk.state.wall_ms == kiosk.state.own_wall_ms);
  CHECK(kiosk.state.session_now.open == timetable.sessions[0].id);
}

TEST_CASE("when the centre was last heard stands as it was told, whatever the kiosk's clock is off by") {
  Kiosk kiosk;
  kiosk.tell(event::ClockChanged{{ClockView::Source::kCentre, kMorningMs + 5 * 3'600'000, kiosk.state.mono_ms, 0}});
  kiosk.tell(event::CountsChanged{9, 9, 0, 0, kMorningMs - 86'400'000, 0});  // yesterday, when the clock was right
  CHECK(kiosk.state.sync.last_receipt_ms == kMorningMs - 86'400'000);
}

TEST_CASE("a session that the staff named stays named while the kiosk's own clock says the time") {
  Kiosk kiosk;
  auto view = two_sessions();
  view->timetable.sessions[1].start_ms = view->timetable.sessions[0].start_ms + 30 * 60'000;
  kiosk.tell(event::ClassReplaced{view});
  REQUIRE(kiosk.state.session_now.open == view->timetable.sessions[0].id);
  kiosk.tell(event::ClockChanged{{ClockView::Source::kOwn, 0, 0, view->timetable.sessions[1].id}});
  CHECK(kiosk.state.session_now.open == view->timetable.sessions[1].id);
  CHECK(kiosk.state.wall_ms == kiosk.state.own_wall_ms);
}
