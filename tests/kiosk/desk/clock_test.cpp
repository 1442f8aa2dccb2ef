// A desk whose own clock is not to be believed lets people in all the same: by the centre's time, or by the staff's
// word.
#include "tests/kiosk/desk/small_class.h"

using namespace dga;
using desk_test::at_hour;
using desk_test::badge;
using desk_test::Door;
using flow::Verdict;
using Source = flow::ClockView::Source;

namespace {

constexpr std::int64_t kEmptyBattery = 946'684'920'000;  // 2000-01-01, as computers wake without one

// The centre's word as a sync leaves it in the log.
void hear_centre(Door& door, std::int64_t centre_ms) {
  v1::Record draft;
  auto& sample = *draft.mutable_time_sample();
  sample.set_boot(door.kiosk->store.boot_now(door.clock).value_or(0));
  sample.set_mono_sent(door.clock.mono - 20);
  sample.set_mono_received(door.clock.mono);
  sample.set_centre_ms(centre_ms);
  REQUIRE(door.kiosk->store.append({draft}, door.clock).ok());
  REQUIRE(door.desk->look_at_clock().ok());
}

void pass(Door& door, int minutes) {
  door.clock.wall += minutes * 60'000LL;
  door.clock.mono += static_cast<std::uint64_t>(minutes) * 60'000;
}

std::vector<v1::Record> check_ins(Door& door) {
  std::vector<v1::Record> found;
  for (auto const& record : door.log())
    if (record.has_check_in()) found.push_back(record);
  return found;
}

struct DeadBattery : Door {
  DeadBattery() {
    clock.wall = kEmptyBattery;
    v1::Record started;
    started.mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
    REQUIRE(kiosk->store.append({started}, clock).ok());
  }
};

}  // namespace

TEST_CASE_FIXTURE(DeadBattery,
                  "staff say which session it is: people are let in, and the stamps stay as the clock gave them") {
  CHECK(scan(badge(101)).verdict == Verdict::kNotOpen);
  REQUIRE(desk->tell_time(1, at_hour(7, 50), 2).ok());
  pass(*this, 2);
  auto const came = scan(badge(101));
  CHECK(came.verdict == Verdict::kCheckedIn);
  CHECK(came.session == 1);
  CHECK(came.at_ms == at_hour(7, 52));
  CHECK(came.attended == 1);
  auto const again = scan(badge(101));
  CHECK(again.verdict == Verdict::kAlready);
  CHECK(again.at_ms == at_hour(7, 52));
  CHECK(desk->presence().in_session == 1);
  pass(*this, 30);
  CHECK(scan(badge(102)).verdict == Verdict::kLate);

  auto const recorded = check_ins(*this);
  REQUIRE(recorded.size() == 2);
  CHECK(recorded[0].at().wall_ms() == kEmptyBattery + 2 * 60'000);
  CHECK(recorded[0].check_in().session() == 1);
  bool on_record = false;
  for (auto const& record : log())
    if (record.has_session_control() && record.session_control().action() == v1::SessionControl::SESSION_OVERRIDE) {
      CHECK(record.staff() == 2);
      CHECK(record.session_control().session() == 1);
      CHECK(record.session_control().told_ms() == at_hour(7, 50));
      CHECK(record.seq() < recorded[0].seq());
      on_record = true;
    }
  CHECK(on_record);
}

TEST_CASE_FIXTURE(DeadBattery, "by the time that staff said the next session follows by itself, and none in between") {
  REQUIRE(desk->tell_time(1, at_hour(11, 20), 2).ok());
  CHECK(scan(badge(101)).session == 1);
  pass(*this, 30);  // 11:50
  CHECK(scan(badge(102)).verdict == Verdict::kNotOpen);
  pass(*this, 60);  // 12:50
  auto const afternoon = scan(badge(101));
  CHECK(afternoon.verdict == Verdict::kCheckedIn);
  CHECK(afternoon.session == 2);
}

TEST_CASE_FIXTURE(DeadBattery, "what staff said holds after the program starts again, and not after the computer did") {
  REQUIRE(desk->tell_time(1, at_hour(8, 0), 2).ok());
  REQUIRE(scan(badge(101)).verdict == Verdict::kCheckedIn);
  open();
  CHECK(desk->clock().source == Source::kStaff);
  CHECK(scan(badge(101)).verdict == Verdict::kAlready);
  CHECK(scan(badge(102)).verdict == Verdict::kCheckedIn);

  close();
  clock.boot = "second boot";
  clock.mono = 500;
  clock.wall = kEmptyBattery;
  open();
  CHECK(desk->clock().source == Source::kOwn);
  CHECK(scan(badge(103)).verdict == Verdict::kNotOpen);  // nobody knows how long it was off
  REQUIRE(desk->tell_time(1, at_hour(9, 0), 2).ok());
  CHECK(scan(badge(101)).verdict == Verdict::kAlready);
  CHECK(scan(badge(103)).verdict == Verdict::kLate);
}

TEST_CASE_FIXTURE(DeadBattery, "once the centre was heard its time decides, for those who came before as well") {
  REQUIRE(desk->tell_time(2, at_hour(13, 30), 2).ok());  // a slip: it is the morning
  CHECK(scan(badge(101)).session == 2);
  pass(*this, 5);
  hear_centre(*this, at_hour(8, 20));
  CHECK(desk->clock().source == Source::kCentre);
  auto const came = scan(badge(101));
  CHECK(came.verdict == Verdict::kLate);
  CHECK(came.session == 1);
  CHECK(came.at_ms == at_hour(8, 20));
  // The centre would count nobody whom another word of the staff's let in now.
  auto const before = records();
  auto const refused = desk->tell_time(2, at_hour(13, 0), 2);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == "session.not_now");
  CHECK(records() == before);
  CHECK(scan(badge(102)).session == 1);
  open();
  CHECK(desk->clock().source == Source::kCentre);
  CHECK(desk->tell_time(2, at_hour(13, 0), 2).error().code == "session.not_now");
}

TEST_CASE_FIXTURE(DeadBattery,
                  "where the centre was heard the staff name a session that it is, and the time stays its") {
  hear_centre(*this, at_hour(8, 20));
  REQUIRE(desk->tell_time(1, at_hour(10, 0), 2).ok());
  CHECK(desk->clock().source == Source::kCentre);
  CHECK(desk->clock().session == 1);
  CHECK(scan(badge(101)).at_ms == at_hour(8, 20));
  REQUIRE(desk->name_no_session(2).ok());
  CHECK(desk->clock().source == Source::kCentre);
  CHECK(desk->clock().session == 0);
}

TEST_CASE_FIXTURE(DeadBattery, "when the staff name no session any more the kiosk goes by its own clock") {
  REQUIRE(desk->tell_time(1, at_hour(8, 0), 2).ok());
  REQUIRE(scan(badge(101)).verdict == Verdict::kCheckedIn);
  REQUIRE(desk->name_no_session(2).ok());
  CHECK(desk->clock() == flow::ClockView());
  CHECK(scan(badge(103)).verdict == Verdict::kNotOpen);
  open();
  CHECK(desk->clock() == flow::ClockView());
}

TEST_CASE_FIXTURE(DeadBattery,
                  "a clock that the centre corrects counts who came before the correction in the right session") {
  clock.wall = at_hour(8, 20) - 31 * 60'000LL;  // 07:49 by its own: on time, and in truth late
  CHECK(scan(badge(101)).verdict == Verdict::kCheckedIn);
  hear_centre(*this, at_hour(8, 20));
  auto const again = scan(badge(101));
  CHECK(again.verdict == Verdict::kAlready);
  CHECK(again.at_ms == at_hour(8, 20));
  open();
  CHECK(scan(badge(101)).at_ms == at_hour(8, 20));
  CHECK(desk->presence().lines.at(0).late);
}

TEST_CASE("two minutes either way the kiosk's clock is believed, and not a millisecond more") {
  for (std::int64_t const sign : {-1, 1}) {
    Door agrees;
    hear_centre(agrees, agrees.clock.wall + sign * 120'000);
    CHECK(agrees.desk->clock().source == Source::kOwn);
    CHECK(agrees.scan(badge(101)).at_ms == agrees.clock.wall);
    Door differs;
    hear_centre(differs, differs.clock.wall + sign * 120'001);
    CHECK(differs.desk->clock().source == Source::kCentre);
    CHECK(differs.scan(badge(101)).at_ms == differs.clock.wall + sign * 120'001);
  }
}

TEST_CASE("who came by a wrong clock is told apart also where it was set right before the centre was heard") {
  Door door;
  door.clock.wall = at_hour(12, 50);  // five hours ahead
  REQUIRE(door.scan(badge(101)).session == 2);
  door.clock.wall = at_hour(7, 50);
  pass(door, 1);
  REQUIRE(door.scan(badge(102)).session == 1);
  hear_centre(door, door.clock.wall);
  CHECK(door.desk->clock().source == Source::kOwn);
  SUBCASE("at once") {}
  SUBCASE("after a start") { door.open(); }  // the last who came is where he was: the first is not
  CHECK(door.scan(badge(102)).verdict == Verdict::kAlready);
  pass(door, 309);  // 13:00
  auto const afternoon = door.scan(badge(101));
  CHECK(afternoon.verdict == Verdict::kCheckedIn);
  CHECK(afternoon.session == 2);
  CHECK(door.desk->count_present() == 1);
}

TEST_CASE("what the centre said while the class could not be read is taken in at the next look") {
  Door door;
  door.clock.wall = at_hour(12, 50);
  REQUIRE(door.scan(badge(101)).session == 2);
  REQUIRE(door.kiosk->store.keep_pack(6, "no pack").ok());
  v1::Record draft;
  draft.mutable_time_sample()->set_boot(door.kiosk->store.boot_now(door.clock).value());
  draft.mutable_time_sample()->set_mono_sent(door.clock.mono);
  draft.mutable_time_sample()->set_mono_received(door.clock.mono);
  draft.mutable_time_sample()->set_centre_ms(at_hour(7, 50));
  REQUIRE(door.kiosk->store.append({draft}, door.clock).ok());
  CHECK(door.desk->look_at_clock().error().code == "pack.damaged");
  CHECK(door.desk->clock().source == Source::kOwn);
  REQUIRE(door.kiosk->store.keep_pack(7, desk_test::small_pack(7).SerializeAsString()).ok());
  REQUIRE(door.desk->look_at_clock().ok());
  CHECK(door.desk->clock().source == Source::kCentre);
  auto const morning = door.scan(badge(101));
  CHECK(morning.verdict == Verdict::kCheckedIn);
  CHECK(morning.session == 1);
}

TEST_CASE("a clock that is right within two minutes is its own master, and wrong words of staff are refused") {
  Door door;
  hear_centre(door, door.clock.wall + 90'000);
  CHECK(door.desk->clock().source == Source::kOwn);
  CHECK(door.scan(badge(101)).at_ms == door.clock.wall);
  auto const before = door.records();
  CHECK(door.desk->tell_time(9, at_hour(8, 0), 2).error().code == "session.unknown");
  CHECK(door.desk->tell_time(1, at_hour(12, 0), 2).error().code == "session.unknown");
  CHECK(door.records() == before);
}

namespace {

// The first session's last hour and a half is the second's, too.
v1::ClassPack overlapping() {
  auto pack = desk_test::small_pack();
  pack.mutable_class_()->mutable_sessions(1)->set_start_ms(at_hour(8, 30));
  return pack;
}

}  // namespace

TEST_CASE("the session that staff named of two that overlap stays named when the centre is heard") {
  Door door{overlapping()};
  CHECK(door.scan(badge(101)).session == 1);
  REQUIRE(door.desk->tell_time(2, at_hour(7, 55), 2).ok());
  CHECK(door.scan(badge(102)).session == 2);
  for (auto const off_ms : {0, 90'000, 600'000}) {  // agrees, is near, and says that the clock is slow
    pass(door, 1);
    hear_centre(door, door.clock.wall + off_ms);
    CHECK(door.desk->clock().session == 2);
    CHECK(door.scan(badge(103)).session == 2);
  }
  door.open();
  CHECK(door.scan(badge(104)).session == 2);
  REQUIRE(door.desk->name_no_session(2).ok());
  pass(door, 1);
  hear_centre(door, door.clock.wall);
  CHECK(door.scan(badge(105)).session == 1);
}

TEST_CASE("who came by a clock that nobody doubted stays where they are when the staff say another time later") {
  Door door;
  auto const came = door.scan(badge(101));
  REQUIRE(came.session == 1);
  pass(door, 5);
  REQUIRE(door.desk->tell_time(2, at_hour(13, 30), 2).ok());  // a slip
  REQUIRE(door.desk->name_no_session(2).ok());
  auto const again = door.scan(badge(101));
  CHECK(again.verdict == Verdict::kAlready);
  CHECK(again.at_ms == came.at_ms);
}
