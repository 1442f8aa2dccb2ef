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
