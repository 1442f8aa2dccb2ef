#include <algorithm>

#include "shared/store/database.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

constexpr char kList[] = "/api/v1/classes/1/attendance?format=json&at=2024-11-12T18:00:00+07:00";

struct Ready : House {
  Ready() {
    demo_class();
    roster(1, 6);
    first.enrol(1, "1");
    second.enrol(1, "2");
  }
  Kiosk first{*this, 7}, second{*this, 8};
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "the list says who attended which session, in the form that was agreed") {
  first.check_in(1, 1);
  first.send_all();
  auto const body = coordinator("GET", kList).body;
  CHECK(body.starts_with(
      "{\"class\":1,\"participants\":[{\"participant\":1,\"name\":\"Nguyễn Văn B\",\"units\":2,\"percent\":16,"
      "\"eligible\":false,\"standing\":\"at_risk\",\"sessions\":[{\"session\":1,\"units\":2,\"late\":false,"
      "\"at\":\"2024-11-12T07:55:00+07:00\"},{\"session\":2,\"units\":0,\"late\":false,\"at\":null},"));
}

TEST_CASE_FIXTURE(Ready, "two kiosks give the same list whatever arrives first, and however often") {
  for (std::uint64_t person = 1; person <= 4; ++person) first.check_in(person);
  clock.advance(std::chrono::minutes(3));
  for (std::uint64_t person = 3; person <= 6; ++person) second.check_in(person);
  second.void_record(first.log(), 3);  // person 2; arrives before what it voids
  second.send_all();
  CHECK(coordinator("GET", kList).status == 200);
  first.send(1, 2);
  first.send_all();
  auto const list = coordinator("GET", kList).body;
  open();
  CHECK(coordinator("GET", kList).body == list);
  second.send_all();
  first.send_all();
  CHECK(coordinator("GET", kList).body == list);
  auto const people = nlohmann::json::parse(list)["participants"];
  REQUIRE(people.size() == 6);
  CHECK(people[0]["units"] == 2);
  CHECK(people[1]["units"] == 0);                                        // voided
  CHECK(people[2]["sessions"][0]["at"] == "2024-11-12T07:55:00+07:00");  // the earlier of two kiosks
  CHECK(people[5]["sessions"][0]["at"] == "2024-11-12T07:58:00+07:00");
}

TEST_CASE_FIXTURE(Ready,
                  "a badge that no roster knew yet joins its person, and an unknown number is listed without a name") {
  CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(2), "application/json").status == 201);
  CHECK(House::json_of(coordinator("POST", "/api/v1/classes/2/roster?confirm=1",
                                   "Họ và tên,Số điện thoại\nĐặng Thị Mới,0903999888\n", "text/csv"),
                       200)["imported"] == 1);
  first.check_in(7);    // exists at the centre, in another class
  first.check_in(500);  // exists nowhere
  first.send_all();
  auto const people = get(kList)["participants"];
  REQUIRE(people.size() == 8);
  CHECK(people[6]["name"] == "Đặng Thị Mới");
  CHECK(people[6]["units"] == 2);
  CHECK(people[7]["participant"] == 500);
  CHECK(people[7]["name"] == "");
  CHECK(people[7]["units"] == 2);
}

TEST_CASE_FIXTURE(Ready, "the same list as CSV has one row a person and session") {
  first.check_in(1, 1);
  first.send_all();
  auto const response = coordinator("GET", "/api/v1/classes/1/attendance?format=csv&at=2024-11-12T18:00:00+07:00");
  CHECK(response.content_type == "text/csv; charset=utf-8");
  CHECK(std::count(response.body.begin(), response.body.end(), '\n') == 1 + 6 * 6);
  CHECK(
      response.body.starts_with("participant,name,session,units,late,at,units_total,percent,eligible,standing,"
                                "at_by_kiosk,within_ms,not_counted_at\n"
                                "1,Nguyễn Văn B,1,2,false,2024-11-12T07:55:00+07:00,2,16,false,at_risk,,,\n"
                                "1,Nguyễn Văn B,2,0,false,,2,16,false,at_risk,,,\n"));
}

TEST_CASE_FIXTURE(Ready, "a check-in that gives nothing is told, and why") {
  first.check_in(1, 1);
  first.check_in(1, 2);  // the afternoon's, at 07:55
  first.check_in(2, 2);
  first.void_record(first.log(), first.head());
  first.send_all();
  auto const people = get(kList)["participants"];
  CHECK(people[0]["units"] == 2);
  CHECK(people[0]["not_counted"] ==
        nlohmann::json::array({{{"session", 2}, {"at", "2024-11-12T07:55:00+07:00"}, {"why", "not_in_its_time"}}}));
  CHECK_FALSE(people[1].contains("not_counted"));  // voided: somebody took it back
  auto const rows = coordinator("GET", "/api/v1/classes/1/attendance?format=csv&at=2024-11-12T18:00:00+07:00").body;
  CHECK(rows.find("1,Nguyễn Văn B,2,0,false,,2,16,false,at_risk,,,2024-11-12T07:55:00+07:00\n") != std::string::npos);

  auto file = nlohmann::json::parse(support::demo_class_file());
  file["sessions"][0]["cancelled"] = true;
  CHECK(coordinator("POST", "/api/v1/classes/1", file.dump(), "application/json").status == 200);
  auto const told = get(kList)["participants"][0]["not_counted"];
  REQUIRE(told.size() == 2);
  CHECK(told[0]["why"] == "cancelled");
}

TEST_CASE_FIXTURE(Ready, "standing is as of the time that is asked for, by default now") {
  CHECK(get(kList)["participants"][0]["standing"] == "cannot");
  CHECK(get("/api/v1/classes/1/attendance")["participants"][0]["standing"] == "on_course");
  CHECK(coordinator("GET", "/api/v1/classes/1/attendance?at=yesterday").status == 400);
  CHECK(coordinator("GET", "/api/v1/classes/1/attendance?format=xml").status == 400);
  CHECK(coordinator("GET", "/api/v1/classes/3/attendance").status == 404);
}

TEST_CASE_FIXTURE(Ready, "a pack brings the class, and what all kiosks know of who was there") {
  auto const empty = first.pack();
  CHECK(empty.facts_size() == 0);
  CHECK(empty.class_().rehearsal());
  CHECK(empty.class_().sessions_size() == 6);
  CHECK(empty.roster_size() == 6);
  CHECK(empty.roster(0).phone_tail() == "001");
  second.check_in(4);
  second.check_in(5);
  second.void_record(second.log(), 3);
  second.send_all();
  auto const pack = first.pack(1, empty.pack_version());
  REQUIRE(pack.facts_size() == 1);
  CHECK(pack.facts(0).participant() == 4);
  CHECK(pack.facts(0).at_ms() == support::kDemoMorning);
  CHECK(pack.facts(0).log_id() == second.log().view());
  CHECK(pack.facts(0).seq() == 2);
}

TEST_CASE_FIXTURE(Ready, "a pack's version rises only when its content changes, even while the clock stands") {
  auto const one = first.pack();
  CHECK(one.pack_version() == static_cast<std::uint64_t>(support::kDemoMorning));
  CHECK(first.ask_pack(1, one.pack_version()).status == 304);
  clock.advance(std::chrono::hours(1));
  CHECK(first.ask_pack(0, one.pack_version()).status == 304);
  CHECK(second.pack().SerializeAsString() == one.SerializeAsString());
  open();
  CHECK(first.ask_pack(1, one.pack_version()).status == 304);
  second.check_in(1);
  second.send_all();
  auto const two = first.pack(0, one.pack_version());
  CHECK(two.pack_version() == one.pack_version() + 3'600'000);
  roster(1, 7);
  CHECK(first.pack().pack_version() == two.pack_version() + 1);
}

TEST_CASE_FIXTURE(Ready, "a kiosk with a newer pack than a restored centre knows of gets one above its own") {
  auto const one = first.pack();
  auto const above = first.pack(1, one.pack_version() + 1000);  // refused by the kiosk unless it is newer
  CHECK(above.pack_version() == one.pack_version() + 1001);
  CHECK(first.ask_pack(1, UINT64_MAX).status == 304);  // a claim that would use the versions up
}

TEST_CASE_FIXTURE(Ready, "packs are for assigned devices that are known") {
  CHECK(House::error_code(first.ask_pack(2, 0)) == "pack.not_assigned");
  Kiosk stranger(*this, 50);
  CHECK(stranger.ask_pack(1, 0).status == 404);
  CHECK(device("/api/v1/packs", "nonsense").status == 400);
}

TEST_CASE_FIXTURE(Ready, "a statement does not close over a row that is missing") {
  first.check_in(1);
  first.send_all();
  CHECK(get("/api/v1/reconciliation")["closes"] == true);
  auto const key = keys().database;
  centre.reset();
  {
    auto database = store::Database::open(path() / centre::kStoreFile, key, {});
    REQUIRE(database.ok());
    REQUIRE(database->run("DELETE FROM rows WHERE seq = 2").ok());
  }
  open();
  CHECK(get("/api/v1/reconciliation")["closes"] == false);
}
