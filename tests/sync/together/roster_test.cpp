#include "tests/sync/together/door.h"

using namespace dga;
using namespace dga::together;

namespace {

std::string one_person(std::string const& name) { return "Họ và tên,Đơn vị công tác\n" + name + ",Sở Y tế\n"; }

}  // namespace

TEST_CASE_TEMPLATE("a badge of somebody who registered while the kiosk was offline is joined to the person", Maker,
                   EVERY_CENTRE) {
  Ready<Maker> house;
  Door door(house, "1", 21);
  auto const csv = one_person("Lê Thị Đến Sau");
  CHECK(house.coordinator("POST", "/api/v1/classes/1/roster?confirm=1", csv, "text/csv").status == 200);
  auto const outcome = door.scan(13);
  CHECK(outcome.verdict == flow::Verdict::kCheckedIn);
  CHECK_FALSE(outcome.known);
  door.sync();
  CHECK(house.quarantined() == 0);
  CHECK(house.units(13, 0) == 2);
  CHECK(house.get("/api/v1/classes/1/attendance")["participants"][12]["name"] == "Lê Thị Đến Sau");
  CHECK(door.scan(13).name == "Lê Thị Đến Sau");  // the pack came with the same sync
}

TEST_CASE_TEMPLATE("who is in no roster of the centre yet is on the list by number, and by name once known", Maker,
                   EVERY_CENTRE) {
  Ready<Maker> house;
  Door door(house, "1", 22);
  CHECK(door.scan(13).verdict == flow::Verdict::kCheckedIn);
  door.sync();
  CHECK(house.quarantined() == 0);
  CHECK(house.units(13, 0) == 2);
  CHECK(house.get("/api/v1/classes/1/attendance")["participants"][12]["name"] == "");
  auto const csv = one_person("Lê Thị Đến Sau");
  CHECK(house.coordinator("POST", "/api/v1/classes/1/roster?confirm=1", csv, "text/csv").status == 200);
  CHECK(house.get("/api/v1/classes/1/attendance")["participants"][12]["name"] == "Lê Thị Đến Sau");
}

TEST_CASE_TEMPLATE("a session that was moved or cancelled while the kiosk was offline keeps what was recorded in it",
                   Maker, EVERY_CENTRE) {
  Ready<Maker> house;
  Door door(house, "1", 23);
  CHECK(door.scan(1).session == 1);
  auto file = house.class_file();
  // Moved to the evening: the morning's check-in is too early for it, and still there if it is moved back.
  auto moved = file;
  moved["sessions"][0]["start"] = "2024-11-12T18:00:00+07:00";
  moved["sessions"][0]["end"] = "2024-11-12T20:00:00+07:00";
  house.change_class(moved);
  CHECK(door.scan(2).session == 1);  // by what the kiosk knew
  door.sync();
  CHECK(house.quarantined() == 0);
  CHECK(house.units(1, 0) == 0);
  CHECK(door.pack().class_().sessions(0).start_ms() > door.pack().class_().sessions(1).start_ms());
  house.change_class(file);
  CHECK(house.units(1, 0) == 2);
  CHECK(house.units(2, 0) == 2);

  auto cancelled = file;
  cancelled["sessions"][0]["cancelled"] = true;
  house.change_class(cancelled);
  door.record([] {
    v1::Record late;
    late.mutable_check_in()->set_participant(3);
    late.mutable_check_in()->set_session(1);
    late.mutable_check_in()->set_method(v1::STAFF);
    return late;
  }());
  door.sync();
  CHECK(house.quarantined() == 0);
  house.change_class(file);
  CHECK(house.units(3, 0) == 2);
}

TEST_CASE_TEMPLATE("a session is never taken out of a class, and one that is added accepts what waited for it", Maker,
                   EVERY_CENTRE) {
  Ready<Maker> house;
  Door door(house, "1", 24);
  auto file = house.class_file();
  auto less = file;
  less["sessions"].erase(0);
  CHECK(house.change_class(less, 409)["error"]["code"] == "class.session_gone");
  auto real = file;
  real["rehearsal"] = false;
  CHECK(house.change_class(real, 409)["error"]["code"] == "class.rehearsal");
  auto other = file;
  other["id"] = 2;
  CHECK(house.change_class(other, 400)["error"]["code"] == "class.other_number");

  v1::Record added;
  added.mutable_check_in()->set_participant(4);
  added.mutable_check_in()->set_session(9);
  door.record(added);
  door.sync();
  CHECK(house.quarantined() == 1);
  auto more = file;
  more["sessions"].push_back(more["sessions"][0]);
  more["sessions"].back()["id"] = 9;
  CHECK(house.change_class(more)["accepted"] == 1);
  CHECK(house.quarantined() == 0);
}
