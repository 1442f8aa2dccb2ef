// What the staff said of session and time, where class, log or clock become others under it.
#include "tests/kiosk/desk/small_class.h"

using namespace dga;
using desk_test::at_hour;
using desk_test::badge;
using desk_test::Door;
using flow::Verdict;
using Source = flow::ClockView::Source;

namespace {

constexpr std::int64_t kEmptyBattery = 946'684'920'000;  // 2000-01-01, as computers wake without one

// The first session's last three hours are the second's, too.
v1::ClassPack overlapping(std::uint64_t version, std::uint64_t class_id = 1) {
  auto pack = desk_test::small_pack(version);
  pack.mutable_class_()->set_id(class_id);
  pack.mutable_class_()->mutable_sessions(1)->set_start_ms(at_hour(8, 30));
  return pack;
}

void bring(Door& door, v1::ClassPack const& pack) {
  REQUIRE(door.kiosk->store.keep_pack(pack.pack_version(), pack.SerializeAsString()).ok());
  REQUIRE(door.desk->reload_pack().ok());
}

void open_child(Door& door) {
  auto const salt = base::seeded_random(7)->draw<base::LogSalt>();
  REQUIRE(door.kiosk->store.open_child(salt, "0.1.0", door.clock).ok());
}

std::vector<v1::Record> words_in(std::vector<v1::Record> const& log) {
  std::vector<v1::Record> found;
  for (auto const& record : log)
    if (record.has_session_control()) found.push_back(record);
  return found;
}

}  // namespace

TEST_CASE("the session that staff named is named again when its class comes back, and meanwhile none of the other's") {
  Door door{overlapping(5)};
  REQUIRE(door.scan(badge(101)).session == 1);
  REQUIRE(door.desk->tell_time(2, at_hour(7, 55), 2).ok());
  bring(door, overlapping(6, 2));
  CHECK(door.desk->clock().session == 0);
  CHECK(door.scan(badge(102)).session == 1);
  bring(door, overlapping(7));
  CHECK(door.desk->clock().session == 2);
  CHECK(door.scan(badge(103)).session == 2);
}

TEST_CASE("the time that staff said under another class can be taken back, on record for that class") {
  Door door;
  door.clock.wall = kEmptyBattery;
  REQUIRE(door.desk->tell_time(1, at_hour(8, 0), 2).ok());
  REQUIRE(door.scan(badge(101)).verdict == Verdict::kCheckedIn);
  bring(door, overlapping(6, 2));
  CHECK(door.desk->clock().source == Source::kStaff);
  CHECK(door.desk->clock().session == 0);
  REQUIRE(door.desk->name_no_session(3).ok());
  CHECK(door.desk->clock() == flow::ClockView());
  auto const words = words_in(door.log());
  REQUIRE(words.size() == 2);
  CHECK(words[1].session_control().action() == v1::SessionControl::OVERRIDE_ENDED);
  CHECK(words[1].session_control().session() == 1);
  CHECK(words[1].session_control().told_ms() == 0);
  CHECK(words[1].class_id() == 1);
  CHECK(words[1].staff() == 3);
}

TEST_CASE("a session that staff named changes nothing about a clock that is right") {
  Door door{overlapping(5)};
  REQUIRE(door.scan(badge(101)).session == 1);
  REQUIRE(door.desk->tell_time(2, at_hour(7, 55), 2).ok());
  CHECK(door.desk->clock() == flow::ClockView{Source::kOwn, 0, 0, 2});
}

TEST_CASE("a child log begins with what the staff said, before anybody whom it lets in") {
  Door door;
  door.clock.wall = kEmptyBattery;
  REQUIRE(door.desk->tell_time(1, at_hour(7, 50), 2).ok());
  door.clock.wall += 120'000;
  door.clock.mono += 120'000;
  open_child(door);
  SUBCASE("when somebody comes") {}
  SUBCASE("when the kiosk looks at its clock") { REQUIRE(door.desk->look_at_clock().ok()); }
  SUBCASE("after the program started again") { door.open(); }
  CHECK(door.scan(badge(101)).at_ms == at_hour(7, 52));
  CHECK(door.scan(badge(102)).verdict == Verdict::kCheckedIn);
  auto const log = door.log();
  REQUIRE(log.size() == 4);  // LogOpened, the word, two who came
  REQUIRE(log[1].has_session_control());
  CHECK(log[1].session_control().action() == v1::SessionControl::SESSION_OVERRIDE);
  CHECK(log[1].session_control().session() == 1);
  CHECK(log[1].session_control().told_ms() == at_hour(7, 52));
  CHECK(log[1].staff() == 2);
  CHECK(log[1].class_id() == 1);
}

TEST_CASE("a child log hears nothing of what the staff took back, or said in another boot") {
  Door door;
  door.clock.wall = kEmptyBattery;
  REQUIRE(door.desk->tell_time(1, at_hour(7, 50), 2).ok());
  SUBCASE("taken back") { REQUIRE(door.desk->name_no_session(2).ok()); }
  SUBCASE("another boot") {
    door.clock.boot = "second boot";
    door.clock.wall = at_hour(8, 0);
    REQUIRE(door.scan(badge(103)).verdict == Verdict::kCheckedIn);
  }
  open_child(door);
  REQUIRE(door.desk->look_at_clock().ok());
  CHECK(words_in(door.log()).empty());
}
