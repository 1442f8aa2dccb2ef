#include <doctest/doctest.h>

#include "kiosk/screens/screens.h"
#include "kiosk/ui/stage.h"
#include "tests/kiosk/screens/layout.h"
#include "tests/kiosk/screens/states.h"

namespace {

using namespace dga;
namespace event = flow::event;

// A stage with a state on it, touched by the names of its widgets and by fingers. No window.
struct Bench {
  ui::Stage stage = ui::Stage::open({}).value();
  ui::Lang lang = test::words_in(flow::Language::kVietnamese);
  std::vector<test::NamedState> states = test::all_states();
  flow::State state;

  explicit Bench(std::string const& name) : state(test::state_named(states, name)) {
    ui::CharacterSet set;
    lang.add_characters(set);
    screens::add_characters(*test::class_view(), set);
    stage.use_characters(set);
    CHECK(frame().empty());
  }
  std::vector<flow::Event> frame() {
    REQUIRE(stage.prepare(screens::look_of(state)));
    std::vector<flow::Event> events;
    stage.frame([&](ui::Canvas& canvas) { events = screens::draw(state, canvas, lang); });
    return events;
  }
  std::vector<flow::Event> tap(std::string const& id) {
    INFO(id);
    REQUIRE(stage.canvas().tap(id));
    return frame();
  }
  // The only event of a tap.
  template <typename Wanted>
  Wanted answer(std::string const& id) {
    auto const events = tap(id);
    INFO(id);
    REQUIRE(events.size() == 1);
    REQUIRE(std::holds_alternative<Wanted>(events.front()));
    return std::get<Wanted>(events.front());
  }
  bool has(std::string const& id) { return stage.canvas().find(id) != nullptr; }
  std::string label(std::string const& id) {
    auto const* widget = stage.canvas().find(id);
    return widget == nullptr ? "" : widget->label;
  }
};

}  // namespace

TEST_CASE("home leads to the name search, to the staff and to another look") {
  Bench bench("home");
  bench.answer<event::FindMyName>("home.find");
  bench.answer<event::OpenStaff>("home.staff");
  bench.answer<event::ToggleLanguage>("header.language");
  bench.answer<event::ToggleLargeText>("header.large_text");
  bench.answer<event::ToggleTheme>("header.theme");
}

TEST_CASE("home invites to scan while a session is open, and says when the next one opens") {
  Bench open("home");
  CHECK(open.label("home.title") == open.lang("home.scan"));
  Bench early("home-not-open");
  CHECK(early.label("home.title") == early.lang("home.not_open"));
  CHECK(early.label("home.line.0") == "Mở điểm danh lúc 07:00 ngày 12/11");
  CHECK(early.label("header.clock") == "15:52");
  Bench over("home-closed");
  CHECK(over.label("home.title") == over.lang("home.closed"));
  CHECK_FALSE(over.has("header.session"));
}

TEST_CASE("a finger taps what it went down and came up on, and nothing when it slid away") {
  Bench bench("home");
  auto const box = bench.stage.canvas().find("home.find")->rectangle;
  bench.stage.canvas().finger_down(box.centre());
  CHECK(bench.frame().empty());
  CHECK(bench.stage.canvas().pressed("home.find"));
  bench.stage.canvas().finger_up(box.centre());
  auto const tapped = bench.frame();
  REQUIRE(tapped.size() == 1);
  CHECK(std::holds_alternative<event::FindMyName>(tapped.front()));

  bench.stage.canvas().finger_down(box.centre());
  bench.stage.canvas().finger_up({box.centre().x, box.bottom() + 60});
  CHECK(bench.frame().empty());
}

TEST_CASE("a touch of nothing in particular tells that somebody is there") {
  Bench bench("is-this-you");
  bench.stage.canvas().finger_down({3, 790});
  auto const events = bench.frame();
  REQUIRE(events.size() == 1);
  CHECK(std::holds_alternative<event::Tapped>(events.front()));
}

TEST_CASE("the keyboard types what its keys show") {
  Bench bench("find");
  CHECK(bench.answer<event::KeyTyped>("key.q").text == "q");
  CHECK(bench.answer<event::KeyTyped>("key.space").text == " ");
  bench.answer<event::KeyErase>("key.erase");
  bench.answer<event::KeyShift>("key.shift");
  bench.answer<event::KeyDigits>("key.digits");
  bench.answer<event::KeyTelex>("key.telex");
  bench.answer<event::Back>("key.back");
  bench.answer<event::Submit>("key.submit");
  Bench shifted("find-page-2");
  CHECK(shifted.answer<event::KeyTyped>("key.q").text == "Q");
  Bench digits("find-digits");
  CHECK(digits.answer<event::KeyTyped>("key.7").text == "7");
  CHECK_FALSE(digits.has("key.q"));
}

TEST_CASE("who was found is told apart by agency and the end of the telephone number, and can be chosen") {
  Bench bench("find");
  auto const& find = std::get<flow::screen::FindName>(bench.state.screen);
  REQUIRE(find.found.size() == 7);
  auto const chosen = bench.answer<event::PersonChosen>("find.person.2");
  CHECK(chosen.roster_place == find.found[2]);
  auto const& entry = bench.state.a_class->pack.roster(static_cast<int>(find.found[2]));
  CHECK(bench.label("find.person.2") == entry.name() + " · " + entry.agency() + " · …" + entry.phone_tail());
  CHECK_FALSE(bench.has("find.person.4"));
  CHECK_FALSE(bench.has("find.previous"));
  bench.answer<event::NextPage>("find.next");
  std::get<flow::screen::FindName>(bench.state.screen).page = 1;
  bench.frame();
  CHECK(bench.label("find.page") == "2/2");
  CHECK_FALSE(bench.has("find.next"));
  bench.answer<event::PreviousPage>("find.previous");
}

TEST_CASE("in large text everybody found is reached one by one") {
  Bench bench("find");
  bench.state.large_text = true;
  bench.frame();
  auto const& find = std::get<flow::screen::FindName>(bench.state.screen);
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < find.found.size(); ++i) {
    seen.push_back(bench.answer<event::PersonChosen>("find.person.0").roster_place);
    CHECK(bench.label("find.page") == std::to_string(i + 1) + "/7");
    if (!bench.has("find.next")) break;
    auto const events = bench.tap("find.next");
    REQUIRE(events.size() == 1);
    if (std::holds_alternative<event::NextPage>(events.front()))
      ++std::get<flow::screen::FindName>(bench.state.screen).page;
    bench.frame();
  }
  CHECK(seen == find.found);
}

TEST_CASE("whoever is asked may say yes or no, and reads the privacy notice the first time") {
  Bench bench("is-this-you");
  bench.answer<event::Confirmed>("you.yes");
  bench.answer<event::Declined>("you.no");
  CHECK(bench.label("you.notice.text") == bench.state.a_class->pack.notice().vi());
  Bench again("is-this-you-again");
  CHECK_FALSE(again.has("you.notice.text"));
}

TEST_CASE("a privacy notice that does not fit beside the question is read on pages of its own to its last word") {
  Bench bench("is-this-you");
  bench.state.large_text = true;
  bench.frame();
  CHECK_FALSE(bench.has("you.notice.text"));
  bench.tap("you.notice.read");
  std::string read;
  for (int page = 0; page < 20; ++page) {
    bench.frame();
    CHECK(test::faults_of(bench.stage.canvas().widgets(), bench.stage.canvas().metrics()) ==
          std::vector<std::string>{});
    read += (read.empty() ? "" : " ") + bench.label("you.notice.text");
    if (!bench.has("you.notice.next")) break;
    bench.tap("you.notice.next");
  }
  CHECK(read == bench.state.a_class->pack.notice().vi());
  CHECK_FALSE(bench.has("you.yes"));
  while (bench.has("you.notice.back")) {
    bench.tap("you.notice.back");
    bench.frame();
  }
  CHECK(bench.has("you.yes"));
}

TEST_CASE("a result says what happened and how the course stands, and a tap skips it") {
  Bench bench("result-checked-in");
  CHECK(bench.label("result.title") == "Điểm danh thành công");
  CHECK(bench.label("result.attended") == "Đã tham gia 3/6 buổi");
  CHECK(bench.label("result.standing") == bench.lang("standing.on_course"));
  bench.answer<event::Tapped>("result.skip");
  CHECK(bench.stage.canvas().moving());
  CHECK(Bench("result-already").label("result.title") == "Anh/chị đã điểm danh lúc 07:48");
  CHECK(Bench("result-not-open").label("result.line.1") == "Mở điểm danh lúc 12:30");
  for (auto const* nobody : {"result-unknown", "result-bad-badge", "result-not-a-badge"}) {
    Bench refused(nobody);
    CHECK_FALSE(refused.has("result.name"));
    CHECK_FALSE(refused.has("result.attended"));
    CHECK(refused.has("result.line.0"));  // what to do instead
  }
}

TEST_CASE("the PIN pad types digits, and is gone while it is locked") {
  Bench bench("pin-typed");
  CHECK(bench.answer<event::KeyTyped>("pin.7").text == "7");
  CHECK(bench.answer<event::KeyTyped>("pin.0").text == "0");
  bench.answer<event::KeyErase>("pin.erase");
  bench.answer<event::Submit>("pin.confirm");
  bench.answer<event::Back>("pin.back");
  for (auto const& widget : bench.stage.canvas().widgets()) CHECK(widget.label.find("8362") == std::string::npos);
  Bench locked("pin-locked");
  CHECK_FALSE(locked.has("pin.7"));
  CHECK(locked.label("pin.message") == "Tạm khóa 5 phút");
  Bench wrong("pin-wrong");
  CHECK(wrong.label("pin.message") == "Mã PIN không đúng. Còn 3 lần thử.");
}

TEST_CASE("the passphrase is nowhere to be read") {
  Bench bench("unlock-typed");
  for (auto const& widget : bench.stage.canvas().widgets()) CHECK(widget.label.find("horse") == std::string::npos);
  bench.answer<event::Submit>("key.submit");
}

TEST_CASE("a coordinator reaches sync and device, a trainer only who is here") {
  Bench bench("staff-sync-offline");
  CHECK(bench.answer<event::StaffPageChosen>("staff.present").page == flow::screen::StaffPage::kPresent);
  CHECK(bench.answer<event::StaffPageChosen>("staff.device").page == flow::screen::StaffPage::kDevice);
  CHECK(bench.answer<event::StaffPageChosen>("sync.courier").page == flow::screen::StaffPage::kCourier);
  bench.answer<event::SyncNow>("sync.now");
  bench.answer<event::SignOut>("staff.sign_out");
  CHECK(bench.label("sync.problem") == bench.lang("error.net.no_dns"));
  Bench trainer("staff-present-trainer");
  CHECK_FALSE(trainer.has("staff.sync"));
  CHECK_FALSE(trainer.has("staff.device"));
  CHECK(trainer.has("staff.sign_out"));
}

TEST_CASE("by hand: to a stick once one is there, and to a phone") {
  Bench without("staff-courier-no-stick");
  CHECK_FALSE(without.has("courier.write"));
  CHECK(without.answer<event::StaffPageChosen>("courier.phone").page == flow::screen::StaffPage::kPhone);
  without.answer<event::Back>("courier.back");
  Bench ready("staff-courier-ready");
  ready.answer<event::CarryNow>("courier.write");
  CHECK(Bench("staff-courier-done").label("courier.phase") == "Đã ghi 3.128 bản ghi ra USB");
}

TEST_CASE("in large text the sync page turns over to what went wrong") {
  Bench bench("staff-sync-offline");
  bench.state.large_text = true;
  bench.frame();
  CHECK_FALSE(bench.has("sync.problem"));
  bench.tap("sync.turn");
  bench.frame();
  CHECK(bench.label("sync.problem") == bench.lang("error.net.no_dns"));
  CHECK(test::faults_of(bench.stage.canvas().widgets(), bench.stage.canvas().metrics()) == std::vector<std::string>{});
}

TEST_CASE("an error without words of its own still says what to do and shows its code") {
  Bench bench("staff-sync-offline");
  bench.state.sync.problem_code = "net.never_heard_of";
  bench.frame();
  CHECK(bench.label("sync.problem") == bench.lang("error.other"));
  CHECK(bench.label("sync.code") == "Mã: net.never_heard_of");
}

TEST_CASE("an idle kiosk counts down and takes a touch for an answer") {
  Bench bench("still-there");
  CHECK(bench.label("still.seconds") == "9");
  bench.answer<event::Tapped>("still.here");
}

TEST_CASE("a kiosk without a class can be told to sync") {
  Bench bench("out-no-pack");
  bench.answer<event::SyncNow>("out.sync");
  Bench damaged("out-damaged");
  CHECK_FALSE(damaged.has("out.sync"));
  CHECK(damaged.label("out.call") == "Vui lòng gọi: Nguyễn Minh Châu · 0903 123 456");
  CHECK(damaged.label("out.code") == "Mã: store.damaged");
}

TEST_CASE("a screen comes in within 150 ms and then rests") {
  Bench bench("home");
  CHECK_FALSE(bench.stage.canvas().moving());
  bench.state.screen_since_ms = bench.state.mono_ms - 60;
  bench.frame();
  CHECK(bench.stage.canvas().moving());
  bench.state.screen_since_ms = bench.state.mono_ms - 150;
  bench.frame();
  CHECK_FALSE(bench.stage.canvas().moving());
}

TEST_CASE("a picture stays right until the minute ends, or the second where something counts down") {
  Bench bench("home");
  bench.state.wall_ms += 20'500;
  CHECK(screens::stays_right_for(bench.state).count() == 39'500);
  Bench counting("still-there");
  counting.state.wall_ms += 20'250;
  CHECK(screens::stays_right_for(counting.state).count() == 750);
}
