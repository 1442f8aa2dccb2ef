#include <algorithm>

#include "shared/crypto/keys.h"
#include "shared/text/badge.h"
#include "sync/centre/classes/forms.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

std::string const kRoster =
    "Họ và tên,Đơn vị công tác,Chức vụ,Số điện thoại,Nhóm\n"
    "Nguyễn Văn Đức,Sở Nội vụ,Chuyên viên,0903123456,1\n"
    "\"=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",Sở Y tế,Bác sĩ,0903123457,2\n"
    "Trần Thị Hoa,Sở Y tế,Bác sĩ,,3\n"
    "Trần Thị Hoa,Sở Y tế,Y tá,,9\n";

struct Ready : House {
  nlohmann::json import(std::string const& csv, std::string const& query = "?confirm=1") {
    return House::json_of(coordinator("POST", "/api/v1/classes/1/roster" + query, csv, "text/csv"), 200);
  }
  nlohmann::json classes() { return get("/api/v1/classes")["classes"]; }
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "a class is made once from its file") {
  auto const made =
      House::json_of(coordinator("POST", "/api/v1/classes", support::demo_class_file(), "application/json"), 201);
  CHECK(made ==
        nlohmann::json{{"class", 1}, {"sessions", 6}, {"rehearsal", true}, {"notices", nlohmann::json::array()}});
  auto const again = coordinator("POST", "/api/v1/classes", support::demo_class_file(), "application/json");
  CHECK(again.status == 409);
  CHECK(House::error_code(again) == "class.exists");
  REQUIRE(classes().size() == 1);
  CHECK(classes()[0]["name_vi"] == "Chiến lược chuyển đổi Chính phủ số");
  CHECK(classes()[0]["participants"] == 0);
}

TEST_CASE_FIXTURE(Ready, "a class of four counted sessions is told that it allows no absence") {
  auto file = nlohmann::json::parse(support::demo_class_file());
  file["sessions"].erase(5);
  auto with_five = file;
  with_five["id"] = 5;
  CHECK(post("/api/v1/classes", with_five, 201)["notices"].empty());
  file["sessions"].erase(4);
  CHECK(post("/api/v1/classes", file, 201)["notices"] == nlohmann::json{"no_absence_allowed"});
}

TEST_CASE_FIXTURE(Ready,
                  "a group stays with its class: it may be renamed and others may come, but it can't be left out") {
  demo_class();
  auto file = nlohmann::json::parse(support::demo_class_file());
  file["groups"][1]["name"] = "Nhóm B";
  file["groups"].push_back({{"id", 9}, {"name", "Nhóm 9"}});
  post("/api/v1/classes/1", file);
  file["groups"].erase(1);
  auto const refused = post("/api/v1/classes/1", file, 409)["error"];
  CHECK(refused["code"] == "class.group_gone");
  CHECK(refused["what"].get<std::string>().find("group 2") != std::string::npos);
  Kiosk kiosk(*this);
  kiosk.enrol();
  CHECK(kiosk.pack().class_().groups_size() == 6);
  CHECK(kiosk.pack().class_().groups(1).name() == "Nhóm B");
}

TEST_CASE_FIXTURE(Ready, "a class file that is none is refused by field, and nothing is made") {
  CHECK(coordinator("POST", "/api/v1/classes", "{\"id\":1}", "application/json").status == 400);
  CHECK(coordinator("POST", "/api/v1/classes", "not json", "application/json").status == 400);
  CHECK(coordinator("POST", "/api/v1/classes", support::demo_class_file(), "text/plain").status == 415);
  CHECK(classes().empty());
}

TEST_CASE_FIXTURE(Ready, "a preview brings nothing in, a confirmation does, and the same file twice changes nothing") {
  demo_class();
  auto const preview = import(kRoster, "");
  CHECK(preview["rows"] == 4);
  CHECK(preview["imported"] == 0);
  CHECK(preview["confirmed"] == false);
  CHECK(classes()[0]["participants"] == 0);

  auto const confirmed = import(kRoster);
  CHECK(confirmed["imported"] == 4);
  CHECK(confirmed["added"] == 4);
  CHECK(classes()[0]["participants"] == 4);
  CHECK(confirmed["problems"] == preview["problems"]);
  bool unknown_group = false;
  for (auto const& problem : confirmed["problems"])
    unknown_group |= problem == nlohmann::json{{"line", 5}, {"weight", "notice"}, {"code", "group_unknown"}};
  CHECK(unknown_group);

  auto const badges = coordinator("GET", "/api/v1/classes/1/badges").body;
  auto const again = import(kRoster);
  CHECK(again["imported"] == 4);
  CHECK(again["added"] == 0);
  CHECK(again["updated"] == 0);
  CHECK(coordinator("GET", "/api/v1/classes/1/badges").body == badges);
}

TEST_CASE_FIXTURE(Ready, "a person who is in the class is updated, and what the file leaves blank stays") {
  demo_class();
  import(kRoster);
  auto const report = import("Họ và tên,Số điện thoại,Chức vụ\nNGUYỄN VĂN ĐỨC,+84903123456,Trưởng phòng\n");
  CHECK(report["added"] == 0);
  CHECK(report["updated"] == 1);
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const pack = kiosk.pack();
  REQUIRE(pack.roster_size() == 4);
  CHECK(pack.roster(0).participant() == 1);
  CHECK(pack.roster(0).position() == "Trưởng phòng");
  CHECK(pack.roster(0).agency() == "Sở Nội vụ");
}

TEST_CASE_FIXTURE(Ready, "a citizen's number joins two spellings of a person and is nowhere kept") {
  demo_class();
  import("Họ và tên,Số CCCD\nLê Thị Bích,079203001234\n");
  CHECK(import("Họ và tên,Số CCCD,Số điện thoại\nLê Thị Bích Ngọc,079203001234,0903111222\n")["updated"] == 1);
  CHECK(classes()[0]["participants"] == 1);
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const pack = kiosk.pack();
  CHECK(pack.roster(0).citizen_hash() == crypto::citizen_hash(pack.citizen_key(), "079203001234").view());
  CHECK(pack.SerializeAsString().find("079203001234") == std::string::npos);
}

TEST_CASE_FIXTURE(Ready, "two rows that share a citizen's number are two persons, and the number stays with one") {
  demo_class();
  std::string const shared = "Họ và tên,Số CCCD\nLê Thị Bích,079203001234\nPhạm Văn Long,079203001234\n";
  auto const report = import(shared);
  CHECK(report["added"] == 2);
  auto const notice = nlohmann::json{{"line", 3}, {"weight", "notice"}, {"code", "citizen_number_shared"}};
  CHECK(std::count(report["problems"].begin(), report["problems"].end(), notice) == 1);
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const pack = kiosk.pack();
  REQUIRE(pack.roster_size() == 2);
  CHECK(pack.roster(0).name() == "Lê Thị Bích");
  CHECK(pack.roster(0).citizen_hash() == crypto::citizen_hash(pack.citizen_key(), "079203001234").view());
  CHECK(pack.roster(1).name() == "Phạm Văn Long");
  CHECK(pack.roster(1).citizen_hash().empty());

  auto const again = import(shared);
  CHECK(again["added"] == 0);
  CHECK(again["updated"] == 0);
  // In another order the number still belongs to whom the class knows it by.
  auto const turned = import("Họ và tên,Số CCCD\nPhạm Văn Long,079203001234\nLê Thị Bích,079203001234\n");
  CHECK(turned["added"] == 0);
  CHECK(turned["updated"] == 0);
}

TEST_CASE_FIXTURE(Ready, "two rows with one name and phone are two persons, also the second time") {
  demo_class();
  std::string const twins =
      "Họ và tên,Đơn vị công tác,Số điện thoại\n"
      "Nguyễn Văn An,Sở Y tế,0903123456\nNguyễn Văn An,Sở Nội vụ,0903123456\n";
  CHECK(import(twins)["added"] == 2);
  auto const again = import(twins);
  CHECK(again["added"] == 0);
  CHECK(again["updated"] == 0);
  CHECK(classes()[0]["participants"] == 2);
}

TEST_CASE_FIXTURE(Ready, "a phone that was added or left out later makes nobody new") {
  demo_class();
  std::string const bare = "Họ và tên,Đơn vị công tác\nTrần Thị Hoa,Sở Y tế\n";
  std::string const full = "Họ và tên,Đơn vị công tác,Số điện thoại\nTrần Thị Hoa,Sở Y tế,0903123456\n";
  import(bare);
  auto const added = import(full);
  CHECK(added["added"] == 0);
  CHECK(added["updated"] == 1);
  auto const left_out = import(bare);
  CHECK(left_out["added"] == 0);
  CHECK(left_out["updated"] == 0);
  CHECK(classes()[0]["participants"] == 1);
  // Another phone, and another citizen's number, are other people.
  CHECK(import("Họ và tên,Đơn vị công tác,Số điện thoại\nTrần Thị Hoa,Sở Y tế,0903999999\n")["added"] == 1);
  CHECK(import("Họ và tên,Đơn vị công tác,Số CCCD\nĐỗ Lan,Sở Y tế,079203001234\n")["added"] == 1);
  CHECK(import("Họ và tên,Đơn vị công tác,Số CCCD\nĐỗ Lan,Sở Y tế,079203001235\n")["added"] == 1);
}

TEST_CASE_FIXTURE(Ready, "a member goes to the row that names it best, not to the first row that might") {
  demo_class();
  import("Họ và tên,Đơn vị công tác\nTrần Thị Hoa,Sở Y tế\n");
  auto const report = import(
      "Họ và tên,Đơn vị công tác,Chức vụ,Số điện thoại\n"
      "Trần Thị Hoa,Sở Y tế,Bác sĩ,0903123456\nTrần Thị Hoa,Sở Y tế,Y tá,\n");
  CHECK(report["added"] == 1);
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const pack = kiosk.pack();
  REQUIRE(pack.roster_size() == 2);
  CHECK(pack.roster(0).position() == "Y tá");
  CHECK(pack.roster(1).phone_tail() == "456");
}

TEST_CASE_FIXTURE(
    Ready, "a class has 200 forms at most: one more is refused, alone or with a class file, and nothing changes") {
  demo_class();
  auto const form = [](std::size_t number) {
    nlohmann::json const question{{"id", "q"}, {"kind", "text"}, {"vi", "Q"}, {"en", "Q"}};
    return nlohmann::json{{"id", "f" + std::to_string(number)}, {"vi", "F"}, {"en", "F"}, {"questions", {question}}};
  };
  auto const keep = [&](std::size_t number) { return post("/api/v1/classes/1/forms", form(number), 201); };
  auto file = nlohmann::json::parse(support::demo_class_file());
  for (std::size_t number = 1; number < centre::kMostForms; ++number) file["forms"].push_back(form(number));
  post("/api/v1/classes/1", file);
  keep(centre::kMostForms);
  auto const before = get("/api/v1/classes/1/forms")["forms"];
  CHECK(before.size() == centre::kMostForms);

  auto const one_more = form(centre::kMostForms + 1);
  CHECK(post("/api/v1/classes/1/forms", one_more, 400)["error"]["code"] == "form.too_many");
  file["forms"] = {one_more};
  file["venue"] = "elsewhere";
  CHECK(post("/api/v1/classes/1", file, 400)["error"]["code"] == "form.too_many");
  CHECK(get("/api/v1/classes/1/forms")["forms"] == before);
  Kiosk kiosk(*this);
  kiosk.enrol();
  CHECK(kiosk.pack().class_().venue() != "elsewhere");
  CHECK(kiosk.pack().forms_size() == static_cast<int>(centre::kMostForms));
  // One that is known takes nobody's place.
  keep(1);
  CHECK(get("/api/v1/classes/1/forms")["forms"] == before);

  file["id"] = 2;
  file["forms"] = nlohmann::json::array();
  for (std::size_t number = 0; number <= centre::kMostForms; ++number) file["forms"].push_back(form(number));
  CHECK(post("/api/v1/classes", file, 400)["error"]["code"] == "form.too_many");
  CHECK(classes().size() == 1);
}

TEST_CASE_FIXTURE(Ready, "a roster that is a picture, or has no names, or is for no class is refused") {
  demo_class();
  auto const picture = std::string("\xff\xd8\xff\xe0\x00\x10JFIF\x00", 11) + std::string(1000, '\x01');
  auto const path = "/api/v1/classes/1/roster?confirm=1";
  CHECK(House::error_code(coordinator("POST", path, picture, "text/csv")) == "roster.not_csv");
  CHECK(House::error_code(coordinator("POST", path, "a,b\n1,2\n", "text/csv")) == "roster.no_heading");
  CHECK(coordinator("POST", "/api/v1/classes/2/roster", kRoster, "text/csv").status == 404);
  CHECK(coordinator("POST", "/api/v1/classes/x/roster", kRoster, "text/csv").status == 400);
  CHECK(coordinator("POST", "/api/v1/classes/1/roster?confirm=yes", kRoster, "text/csv").status == 400);
  CHECK(classes()[0]["participants"] == 0);
}

TEST_CASE_FIXTURE(Ready, "badges verify under the class's key, and a name cannot run as a formula") {
  demo_class();
  import(kRoster);
  auto const response = coordinator("GET", "/api/v1/classes/1/badges");
  CHECK(response.content_type == "text/csv; charset=utf-8");
  std::istringstream lines(response.body);
  std::string line;
  std::getline(lines, line);
  CHECK(line == "badge,participant,name");
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const key = kiosk.pack().badge_key();
  std::getline(lines, line);
  auto const badge = text::read_badge(line.substr(0, 19));
  REQUIRE(badge);
  CHECK(badge->participant == 1);
  CHECK(badge->tag == crypto::badge_tag(key, 1));
  CHECK(line.substr(19) == ",1,Nguyễn Văn Đức");
  std::getline(lines, line);
  CHECK(line.find(",2,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"") == 19);
}

TEST_CASE_FIXTURE(Ready, "staff get a number and a PIN that only its hash remembers") {
  demo_class();
  auto const first = post("/api/v1/classes/1/staff", {{"name", "Cô Hà"}, {"role", "trainer"}}, 201);
  CHECK(first["number"] == 1);
  CHECK(first["pin"].get<std::string>().size() == 6);
  auto const second =
      post("/api/v1/classes/1/staff", {{"name", "Thầy Nam"}, {"role", "coordinator"}, {"pin", "4821"}}, 201);
  CHECK(second["number"] == 2);
  CHECK(second["pin"] == "4821");
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const pack = kiosk.pack();
  REQUIRE(pack.staff_size() == 2);
  CHECK(pack.staff(1).role() == v1::COORDINATOR);
  CHECK(crypto::pin_matches(pack.staff(0).pin_hash(), first["pin"].get<std::string>()));
  CHECK_FALSE(crypto::pin_matches(pack.staff(1).pin_hash(), "4822"));
}

TEST_CASE_FIXTURE(Ready, "staff without a name, with another role or with a weak PIN are refused") {
  demo_class();
  CHECK(post("/api/v1/classes/1/staff", {{"name", ""}, {"role", "trainer"}}, 400)["error"]["code"] == "staff.name");
  CHECK(post("/api/v1/classes/1/staff", {{"name", "Hà"}, {"role", "boss"}}, 400)["error"]["code"] == "http.field");
  CHECK(post("/api/v1/classes/1/staff", {{"name", "Hà"}, {"role", "trainer"}, {"pin", "12a4"}}, 400)["error"]["code"] ==
        "staff.pin");
  CHECK(post("/api/v1/classes/1/staff", {{"name", "Hà"}, {"role", "trainer"}, {"pin", "123"}}, 400)["error"]["code"] ==
        "staff.pin");
  CHECK(post("/api/v1/classes/9/staff", {{"name", "Hà"}, {"role", "trainer"}}, 404)["error"]["code"] ==
        "class.not_found");
}

TEST_CASE_FIXTURE(Ready, "coordinators' addresses need the token, and every refusal says what and what next") {
  demo_class();
  for (auto const* bearer : {"", "wrong"}) {
    auto const response = ask("GET", "/api/v1/classes", {}, {}, bearer);
    CHECK(response.status == 401);
    auto const error = nlohmann::json::parse(response.body)["error"];
    CHECK(error["code"] == "http.token");
    CHECK(error["fault"] == "refused");
    CHECK_FALSE(error["what"].get<std::string>().empty());
    CHECK_FALSE(error["next"].get<std::string>().empty());
  }
  CHECK(coordinator("GET", "/api/v1/nothing").status == 404);
  auto const method = coordinator("DELETE", "/api/v1/classes");
  CHECK(method.status == 405);
  CHECK(method.headers.at("Allow") == "POST, GET");
}

TEST_CASE_FIXTURE(Ready, "health is told to anyone, readiness after a look and a write") {
  CHECK(nlohmann::json::parse(ask("GET", "/healthz").body)["status"] == "ok");
  CHECK(ask("GET", "/readyz").body == "{\"status\":\"ready\"}");
}
