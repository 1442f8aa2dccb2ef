#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

struct Ready : House {
  Ready() {
    demo_class();
    CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(2), "application/json").status == 201);
    roster(1, 3);
    kiosk.enrol(1);
    kiosk.enrol(2);
  }
  // The reason of the kiosk's last record, 0 where it was accepted.
  std::uint32_t verdict() {
    auto const receipt = kiosk.send_all();
    CHECK(receipt.received_through() == kiosk.head());
    if (receipt.quarantined_total() == 0) return 0;
    auto const& last = receipt.quarantined(receipt.quarantined_size() - 1);
    return last.seq() == kiosk.head() ? last.reason() : 0;
  }
  std::uint32_t verdict_on(v1::Record record) {
    kiosk.add(std::move(record));
    return verdict();
  }
  static v1::Record in_class(std::uint64_t id) {
    v1::Record record;
    record.set_class_id(id);
    return record;
  }
  Kiosk kiosk{*this};
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "a simulated stamp counts in a rehearsal and is quarantined in a real class") {
  kiosk.check_in(1, 1, 1, true);
  CHECK(verdict() == 0);
  kiosk.check_in(1, 1, 2, true);
  CHECK(verdict() == v1::SIMULATED);
  kiosk.check_in(1, 1, 2, false);
  CHECK(verdict() == 0);
}

TEST_CASE_FIXTURE(Ready, "a session or a class that the device does not serve is quarantined") {
  kiosk.check_in(1, 7, 1);
  CHECK(verdict() == v1::UNKNOWN_SESSION);
  kiosk.check_in(1, 1, 3);
  CHECK(verdict() == v1::NOT_ASSIGNED);
  kiosk.check_in(1, 1, 0);
  CHECK(verdict() == v1::RULE_BROKEN);
}

TEST_CASE_FIXTURE(Ready,
                  "what was quarantined before its device was revoked keeps its reason when it is judged again") {
  kiosk.check_in(1, 7, 1);
  CHECK(verdict() == v1::UNKNOWN_SESSION);
  auto const before = kiosk.head();
  post("/api/v1/devices/" + kiosk.device().hex() + "/revoke", nlohmann::json::object());
  kiosk.check_in(2, 7, 1);
  CHECK(verdict() == v1::DEVICE_REVOKED);
  post("/api/v1/quarantine/replay", nlohmann::json::object());

  auto const receipt = kiosk.send_all();
  REQUIRE(receipt.quarantined_size() == 2);
  CHECK(receipt.quarantined(0).seq() == before);
  CHECK(receipt.quarantined(0).reason() == v1::UNKNOWN_SESSION);
  CHECK(receipt.quarantined(1).reason() == v1::DEVICE_REVOKED);
}

TEST_CASE_FIXTURE(Ready, "a decision from a kiosk and a void without staff are quarantined on sight") {
  auto decision = in_class(1);
  decision.mutable_decision()->set_participant(1);
  decision.mutable_decision()->set_kind(v1::Decision::GRANT);
  CHECK(verdict_on(decision) == v1::DECISION_ELSEWHERE);
  kiosk.void_record(kiosk.log(), 2, 0);
  CHECK(verdict() == v1::VOID_WITHOUT_STAFF);
  kiosk.void_record(kiosk.log(), 2, 1);
  CHECK(verdict() == 0);
}

TEST_CASE_FIXTURE(Ready, "what is not understood yet is kept with its reason and blocks nothing") {
  kiosk.add_bytes("\xff\xff not a record");
  CHECK(verdict() == v1::NOT_UNDERSTOOD);
  CHECK(verdict_on(in_class(1)) == v1::NOT_UNDERSTOOD);  // of a kind that this centre does not know
  kiosk.check_in(1);
  CHECK(verdict() == 0);
  CHECK(get("/api/v1/reconciliation")["quarantined"] == 2);
  CHECK(get("/api/v1/reconciliation")["closes"] == true);
}

TEST_CASE_FIXTURE(Ready, "a record that is not in its place is quarantined") {
  auto record = in_class(1);
  record.mutable_check_in()->set_participant(1);
  record.mutable_check_in()->set_session(1);
  record.set_seq(kiosk.head() + 5);
  kiosk.add_bytes(record.SerializeAsString());
  CHECK(verdict() == v1::WRONG_SEQ);
}

TEST_CASE_FIXTURE(Ready, "a second opening of the log, and one that disagrees with its header, are quarantined") {
  v1::Record opened;
  opened.mutable_log_opened()->set_device_id(kiosk.device().bytes());
  CHECK(verdict_on(opened) == v1::BAD_LOG_OPENED);

  Kiosk other(*this, 21);
  other.enrol(1);
  other.forget_after(0);
  opened.mutable_log_opened()->set_log_salt(std::string(16, 'x'));
  other.add(opened);
  other.check_in(2);
  auto const receipt = other.send_all();
  REQUIRE(receipt.quarantined_total() == 1);
  CHECK(receipt.quarantined(0).reason() == v1::BAD_LOG_OPENED);
}

TEST_CASE_FIXTURE(Ready, "fields that are missing or out of range break a rule") {
  auto nobody = in_class(1);
  nobody.mutable_check_in()->set_session(1);
  CHECK(verdict_on(nobody) == v1::RULE_BROKEN);
  auto both = in_class(1);
  both.mutable_check_in()->set_session(1);
  both.mutable_check_in()->set_participant(1);
  both.mutable_check_in()->set_walk_in(std::string(32, 'w'));
  CHECK(verdict_on(both) == v1::RULE_BROKEN);
  auto beyond = in_class(1);
  beyond.mutable_check_in()->set_session(1);
  beyond.mutable_check_in()->set_participant(10'000'000'000);
  CHECK(verdict_on(beyond) == v1::RULE_BROKEN);
  auto walk_in = in_class(1);
  walk_in.mutable_check_in()->set_session(1);
  walk_in.mutable_check_in()->set_walk_in(std::string(32, 'w'));
  CHECK(verdict_on(walk_in) == 0);
}

TEST_CASE_FIXTURE(Ready, "records about the kiosk itself need no class") {
  v1::Record event;
  event.mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
  CHECK(verdict_on(event) == 0);
  v1::Record sample;
  sample.mutable_time_sample()->set_mono_sent(5);
  sample.mutable_time_sample()->set_mono_received(6);
  CHECK(verdict_on(sample) == 0);
}

TEST_CASE_FIXTURE(Ready, "a receipt lists at most a hundred quarantined records and counts all") {
  for (int i = 0; i < 130; ++i) kiosk.check_in(1, 9);
  auto const receipt = kiosk.send_all();
  CHECK(receipt.quarantined_total() == 130);
  CHECK(receipt.quarantined_size() == 100);
  CHECK(receipt.quarantined(0).seq() == 2);
}

TEST_CASE_FIXTURE(Ready, "quarantined records are accepted once their cause is mended, and the list follows") {
  Kiosk other(*this, 21);
  other.enrol(2);
  other.check_in(1, 1, 1);
  other.check_in(2, 1, 1);
  CHECK(other.send_all().quarantined_total() == 2);
  CHECK(get("/api/v1/classes/1/attendance")["participants"][0]["units"] == 0);
  CHECK(House::json_of(coordinator("POST", "/api/v1/quarantine/replay"), 200)["accepted"] == 0);

  post("/api/v1/devices/" + other.device().hex() + "/classes", {{"class", 1}});
  CHECK(get("/api/v1/classes/1/attendance")["participants"][0]["units"] == 2);
  CHECK(other.ask_head().quarantined_total() == 0);
}

TEST_CASE_FIXTURE(Ready, "the quarantine is listed with kiosk, reason and what mends it, by class and by log") {
  Kiosk other(*this, 21);
  other.enrol(1, "Cửa B");
  other.check_in(1, 1, 2);
  other.send_all();
  kiosk.check_in(1, 9, 1);
  kiosk.check_in(1, 1, 3);
  kiosk.send_all();
  auto const all = get("/api/v1/quarantine");
  CHECK(all["total"] == 3);
  REQUIRE(all["records"].size() == 3);
  auto const of_other = get("/api/v1/quarantine?log=" + other.log().hex());
  REQUIRE(of_other["total"] == 1);
  auto const& row = of_other["records"][0];
  CHECK(row["name"] == "Cửa B");
  CHECK(row["device"] == other.device().hex());
  CHECK(row["seq"] == 2);
  CHECK(row["class"] == 2);
  CHECK(row["reason"] == "NOT_ASSIGNED");
  CHECK(row["next"].get<std::string>().find("dga kiosk assign") != std::string::npos);
  auto const of_class = get("/api/v1/quarantine?class=1");
  REQUIRE(of_class["total"] == 1);
  CHECK(of_class["records"][0]["reason"] == "UNKNOWN_SESSION");
  CHECK(get("/api/v1/quarantine?class=1&log=" + other.log().hex())["total"] == 0);
  CHECK(coordinator("GET", "/api/v1/quarantine?class=x").status == 400);
  CHECK(coordinator("GET", "/api/v1/quarantine?log=12").status == 400);
  CHECK(ask("GET", "/api/v1/quarantine").status == 401);
}

TEST_CASE_FIXTURE(Ready, "a replay judges what it is asked for and leaves the rest") {
  // A third class: its records wait for it, and for the assignment.
  for (int i = 0; i < 3; ++i) kiosk.check_in(1, 1, 3);
  kiosk.check_in(1, 1, 4);
  kiosk.send_all();
  for (std::uint64_t id : {3, 4})
    CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(id), "application/json").status == 201);
  Kiosk other(*this, 21);
  auto const replay = [&](std::string const& query) {
    return House::json_of(coordinator("POST", "/api/v1/quarantine/replay" + query), 200)["accepted"];
  };
  CHECK(replay("") == 0);  // not assigned yet
  post("/api/v1/devices/" + kiosk.device().hex() + "/classes", {{"class", 3}});
  CHECK(get("/api/v1/quarantine")["total"] == 1);
  CHECK(replay("?class=4") == 0);
  CHECK(replay("?log=" + std::string(32, 'a')) == 0);
}

TEST_CASE_FIXTURE(Ready, "what a revoked kiosk sent is marked, and taken in only by a coordinator's word and so far") {
  kiosk.check_in(1);
  kiosk.check_in(2);
  kiosk.send(1, 2);
  post("/api/v1/devices/" + kiosk.device().hex() + "/revoke", nlohmann::json::object());
  kiosk.check_in(3);
  kiosk.check_in(1, 9);  // of no session
  auto const receipt = kiosk.send_all();
  CHECK(receipt.revoked());
  CHECK(receipt.quarantined_total() == 3);  // what came before stays accepted
  CHECK(get("/api/v1/quarantine")["records"][0]["reason"] == "DEVICE_REVOKED");

  auto const admit = [&](std::uint64_t through, std::uint64_t branch = 0) {
    return coordinator("POST", "/api/v1/quarantine/admit",
                       nlohmann::json{{"log", kiosk.log().hex()}, {"branch", branch}, {"through", through}}.dump(),
                       "application/json");
  };
  CHECK(House::json_of(admit(3), 200)["accepted"] == 1);
  CHECK(get("/api/v1/classes/1/attendance")["participants"][1]["units"] == 2);
  CHECK(House::json_of(admit(5), 200)["accepted"] == 1);  // the other is judged as any kiosk's
  auto const left = get("/api/v1/quarantine");
  REQUIRE(left["total"] == 1);
  CHECK(left["records"][0]["reason"] == "UNKNOWN_SESSION");
  CHECK(House::json_of(admit(5), 200)["accepted"] == 0);
  CHECK(error_code(admit(5, 7)) == "quarantine.no_log");
  CHECK(admit(5, std::uint64_t{1} << 40).status == 400);

  kiosk.check_in(2, 2);
  CHECK(kiosk.send_all().quarantined_total() == 2);  // from here on it is out again
  CHECK(get("/api/v1/reconciliation")["closes"] == true);
}

TEST_CASE_FIXTURE(Ready,
                  "the statement names both lines of a fork, what is parked of how much, and when a kiosk was heard") {
  kiosk.check_in(1);
  kiosk.send_all();
  auto clone = kiosk;
  kiosk.check_in(2);
  clone.check_in(3);
  kiosk.send_all();
  clock.advance(std::chrono::minutes(5));
  clone.send_all();
  for (int i = 0; i < 3; ++i) kiosk.check_in(1);
  kiosk.send(kiosk.head(), kiosk.head());
  auto const lines = get("/api/v1/reconciliation")["logs"];
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["branch"] == 0);
  CHECK(lines[0]["parent"].is_null());
  CHECK(lines[1]["branch"] == 1);
  CHECK(lines[1]["parent"] == 0);
  CHECK(lines[1]["fork_at"] == 3);
  for (auto const& line : lines) {
    CHECK(line["last_heard_ms"] == clock.wall_ms());
    CHECK(line["parked_bytes"] > 0);
    CHECK(line["parked_most"] == 64 * 1024 * 1024);
  }
  CHECK(lines[0]["parked"] == 1);
  CHECK(lines[0]["wanted_from"] == 4);
}
