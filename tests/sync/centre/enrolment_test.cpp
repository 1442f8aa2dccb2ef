#include "shared/text/digit_code.h"
#include "sync/protocol/certificate.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

struct Ready : House {
  Ready() { demo_class(); }
  nlohmann::json new_code(std::uint64_t class_id = 1, int status = 201) {
    return post("/api/v1/enrolment-codes",
                {{"name", "cửa 1"}, {"class", class_id}, {"address", "http://127.0.0.1:8080"}}, status);
  }
  centre::Response confirm(nlohmann::json const& code, std::uint32_t digits) {
    char text[8];
    std::snprintf(text, sizeof text, "%06u", digits);
    return coordinator("POST", "/api/v1/enrolments/" + code["code_id"].get<std::string>() + "/confirm",
                       nlohmann::json{{"digits", text}}.dump(), "application/json");
  }
  bool active(Kiosk const& kiosk) {
    auto const known = get("/api/v1/devices");
    for (auto const& each : known["devices"])
      if (each["device"] == kiosk.device().hex()) return each["active"].get<bool>();
    return false;
  }
  Kiosk kiosk{*this};
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "a kiosk is active once its six digits were typed at the centre") {
  auto const code = new_code();
  CHECK(code["expires_ms"] == clock.wall_ms() + 600'000);
  CHECK(get("/api/v1/enrolments")["pending"].empty());
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  CHECK(enrolled.certificate.name() == "cửa 1");
  auto const pending = get("/api/v1/enrolments")["pending"];
  REQUIRE(pending.size() == 1);
  CHECK(pending[0]["code_id"] == code["code_id"]);
  CHECK(pending[0]["device"] == kiosk.device().hex());
  CHECK_FALSE(active(kiosk));

  CHECK(confirm(code, enrolled.six_digits).status == 200);
  CHECK(active(kiosk));
  CHECK(get("/api/v1/enrolments")["pending"].empty());
  CHECK(get("/api/v1/devices")["devices"][0]["classes"] == nlohmann::json{1});
}

TEST_CASE_FIXTURE(Ready, "a code serves one request, and the same request again gets the same answer") {
  auto const code = new_code();
  auto const question = kiosk.enrolment_question(code["ticket"]);
  auto const first = device("/api/v1/enrol", question.bytes);
  CHECK(first.status == 200);
  CHECK(device("/api/v1/enrol", question.bytes).body == first.body);
  CHECK(House::error_code(device("/api/v1/enrol", kiosk.enrolment_question(code["ticket"]).bytes)) == "enrolment.used");
  Kiosk thief(*this, 66);
  CHECK(device("/api/v1/enrol", thief.enrolment_question(code["ticket"]).bytes).status == 409);
}

TEST_CASE_FIXTURE(Ready, "a code is over after ten minutes of the centre's clock, asked or confirmed") {
  auto const late = new_code();
  clock.advance(std::chrono::minutes(10) + std::chrono::milliseconds(1));
  CHECK(House::error_code(device("/api/v1/enrol", kiosk.enrolment_question(late["ticket"]).bytes)) ==
        "enrolment.expired");

  auto const code = new_code();
  clock.advance(std::chrono::minutes(10));
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  clock.advance(std::chrono::minutes(10) + std::chrono::milliseconds(1));
  CHECK(get("/api/v1/enrolments")["pending"].empty());
  CHECK(House::error_code(confirm(code, enrolled.six_digits)) == "enrolment.expired");
  CHECK_FALSE(active(kiosk));
}

TEST_CASE_FIXTURE(Ready, "three wrong tries kill the code, and the certificate with it") {
  auto const code = new_code();
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  auto const wrong = (enrolled.six_digits + 1) % 1'000'000;
  CHECK(House::error_code(confirm(code, wrong)) == "enrolment.wrong_digits");
  CHECK(House::error_code(confirm(code, wrong)) == "enrolment.wrong_digits");
  CHECK(House::error_code(confirm(code, wrong)) == "enrolment.too_many_tries");
  CHECK(House::error_code(confirm(code, enrolled.six_digits)) == "enrolment.not_pending");
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 403);
  CHECK(House::error_code(kiosk.post(kiosk.batch(1, 1))) == "device.rejected");

  // A new code puts the same kiosk into service after all.
  kiosk.enrol();
  CHECK(active(kiosk));
}

TEST_CASE_FIXTURE(Ready, "two wrong tries and the right digits are fine, also across a restart") {
  auto const code = new_code();
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  (void)confirm(code, (enrolled.six_digits + 1) % 1'000'000);
  open();
  (void)confirm(code, (enrolled.six_digits + 2) % 1'000'000);
  CHECK(confirm(code, enrolled.six_digits).status == 200);
}

TEST_CASE_FIXTURE(Ready, "digits that are not six digits are refused and cost no try") {
  auto const code = new_code();
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  auto const path = "/api/v1/enrolments/" + code["code_id"].get<std::string>() + "/confirm";
  for (auto const* digits : {"", "12345", "1234567", "12a456", "-12345", " 12345"})
    CHECK(House::error_code(coordinator("POST", path, nlohmann::json{{"digits", digits}}.dump(), "application/json")) ==
          "enrolment.digits");
  CHECK(confirm(code, enrolled.six_digits).status == 200);
}

TEST_CASE_FIXTURE(Ready, "an enrolment that does not know the code is refused") {
  auto const code = new_code();
  auto question = kiosk.enrolment_question(code["ticket"]).bytes;
  question.back() = static_cast<char>(question.back() ^ 1);  // the proof
  CHECK(House::error_code(device("/api/v1/enrol", question)) == "enrolment.bad_proof");
  CHECK(House::error_code(device("/api/v1/enrol", "nonsense")) == "enrolment.malformed");
  kiosk.ask_enrolment(code["ticket"]);  // and the code still serves
}

TEST_CASE_FIXTURE(Ready, "codes are made only for classes that exist, with a name and an address") {
  CHECK(new_code(9, 404)["error"]["code"] == "class.not_found");
  CHECK(post("/api/v1/enrolment-codes", {{"name", ""}, {"class", 1}, {"address", "http://127.0.0.1:1"}},
             400)["error"]["code"] == "enrolment.bad_name");
  CHECK(post("/api/v1/enrolment-codes", {{"name", "1"}, {"class", 1}, {"address", "ftp://x"}}, 400)["error"]["code"] ==
        "enrolment.bad_address");
  CHECK(post("/api/v1/enrolment-codes", {{"name", "1"}, {"class", "1"}, {"address", "http://127.0.0.1:1"}},
             400)["error"]["code"] == "http.field");
}

TEST_CASE_FIXTURE(Ready, "a certificate neither confirms a pending device nor forgives a revoked one") {
  auto const code = new_code();
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  CHECK(House::error_code(device("/api/v1/devices", kiosk.certificate)) == "device.pending");
  CHECK_FALSE(active(kiosk));
  CHECK(confirm(code, enrolled.six_digits).status == 200);
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
  CHECK(coordinator("POST", "/api/v1/devices/" + kiosk.device().hex() + "/revoke").status == 200);
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
  CHECK_FALSE(active(kiosk));
  CHECK(kiosk.ask_pack(1, 0).status == 403);
}

TEST_CASE_FIXTURE(
    Ready, "a centre that forgot a device learns it from its certificate, and its records count once it is confirmed") {
  auto const before = beside("backup");
  std::filesystem::copy(path(), before, std::filesystem::copy_options::recursive);
  kiosk.enrol();
  kiosk.check_in(1);

  centre.reset();  // restored from the backup
  std::filesystem::remove_all(path());
  std::filesystem::rename(before, path());
  open();
  CHECK(kiosk.post(kiosk.batch(1, 2)).status == 404);
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
  auto const receipt = kiosk.send_all();
  CHECK(receipt.received_through() == 2);
  REQUIRE(receipt.quarantined_total() == 2);
  CHECK(receipt.quarantined(0).reason() == v1::DEVICE_UNCONFIRMED);

  auto const its = "/api/v1/devices/" + kiosk.device().hex() + "/confirm";
  CHECK(post(its, {{"class", 1}, {"keys", kiosk.mark()}})["class"] == 1);
  auto const after = get("/api/v1/reconciliation");
  CHECK(after["quarantined"] == 0);
  CHECK(after["accepted"] == 2);
}

TEST_CASE_FIXTURE(Ready,
                  "a stranger's box key under a kiosk's id is not confirmed, and a new enrolment puts it right") {
  auto const before = beside("backup");
  std::filesystem::copy(path(), before, std::filesystem::copy_options::recursive);
  kiosk.enrol();
  kiosk.check_in(1);
  // He had a code for once, and a kiosk's public key; nobody ever typed his digits.
  auto stranger = kiosk;
  stranger.take_new_box_key();
  (void)stranger.ask_enrolment(post(
      "/api/v1/enrolment-codes", {{"name", "2"}, {"class", 1}, {"address", "http://127.0.0.1:8080"}}, 201)["ticket"]);

  centre.reset();  // restored from the backup
  std::filesystem::remove_all(path());
  std::filesystem::rename(before, path());
  open();
  CHECK(device("/api/v1/devices", stranger.certificate).status == 204);
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
  CHECK(kiosk.send_all().quarantined_total() == 2);
  auto const refused =
      post("/api/v1/devices/" + kiosk.device().hex() + "/confirm", {{"class", 1}, {"keys", kiosk.mark()}}, 403);
  CHECK(refused["error"]["code"] == "device.other_keys");
  CHECK_FALSE(active(kiosk));
  CHECK(kiosk.ask_pack(1, 0).status == 403);

  kiosk.enrol();
  CHECK(active(kiosk));
  CHECK(kiosk.ask_head().quarantined_total() == 0);
  CHECK_FALSE(kiosk.pack().trust_list().empty());  // sealed to its own key
}

TEST_CASE_FIXTURE(Ready, "a kiosk in service keeps its key and name until a new enrolment's digits were compared") {
  kiosk.enrol(1, "1");
  auto const name = [&] { return get("/api/v1/devices")["devices"][0]["name"]; };
  auto renewed = kiosk;
  renewed.take_new_box_key();
  auto const code = new_code();
  auto const enrolled = renewed.ask_enrolment(code["ticket"]);
  CHECK(name() == "1");
  CHECK(kiosk.pack().roster_size() == 0);  // it still opens what is sealed for it

  CHECK(House::error_code(confirm(code, (enrolled.six_digits + 1) % 1'000'000)) == "enrolment.wrong_digits");
  CHECK(kiosk.pack().roster_size() == 0);
  CHECK(confirm(code, enrolled.six_digits).status == 200);
  CHECK(name() == "cửa 1");
  CHECK(renewed.pack().roster_size() == 0);
}

TEST_CASE_FIXTURE(Ready, "the key that counts is the one whose digits were compared, not the last that was sent") {
  auto const code = new_code();
  auto const enrolled = kiosk.ask_enrolment(code["ticket"]);
  auto other = kiosk;
  other.take_new_box_key();
  other.ask_enrolment(new_code()["ticket"]);
  CHECK(confirm(code, enrolled.six_digits).status == 200);
  CHECK(kiosk.pack().roster_size() == 0);
}

TEST_CASE_FIXTURE(Ready, "what a kiosk sent for a class counts as soon as it is enrolled for it") {
  CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(2), "application/json").status == 201);
  kiosk.enrol(2);
  kiosk.check_in(1);
  CHECK(kiosk.send_all().quarantined_total() == 1);
  kiosk.enrol(1);
  CHECK(kiosk.ask_head().quarantined_total() == 0);
  CHECK(get("/api/v1/reconciliation")["quarantined"] == 0);
}

TEST_CASE_FIXTURE(Ready, "a certificate of another centre teaches nothing") {
  House other(77);
  other.demo_class();
  Kiosk theirs(other, 8);
  theirs.enrol();
  CHECK(device("/api/v1/devices", theirs.certificate).status == 403);
  CHECK(device("/api/v1/devices", "nonsense").status == 403);
  CHECK(get("/api/v1/devices")["devices"].empty());
}

TEST_CASE_FIXTURE(Ready, "a revocation raises the trust list, which needs the root's key") {
  kiosk.enrol();
  Kiosk witness(*this, 8);
  witness.enrol();
  auto const list_of = [&](v1::ClassPack const& pack) {
    return protocol::verify_trust_list(pack.trust_list(), keys().root).value();
  };
  auto const before = list_of(witness.pack());
  CHECK(before.revoked_devices_size() == 0);

  auto const root_file = path() / centre::kRootFile;
  std::filesystem::rename(root_file, beside("safe"));
  auto const path_to_it = "/api/v1/devices/" + kiosk.device().hex() + "/revoke";
  auto const unsigned_yet = House::json_of(coordinator("POST", path_to_it), 200);
  CHECK(unsigned_yet["revoked"] == true);
  CHECK(unsigned_yet["trust_list_signed"] == false);
  CHECK(kiosk.ask_pack(1, 0).status == 403);
  CHECK(list_of(witness.pack()).version() == before.version());

  std::filesystem::rename(beside("safe"), root_file);
  CHECK(House::json_of(coordinator("POST", path_to_it), 200)["trust_list_signed"] == true);
  auto const after = list_of(witness.pack());
  CHECK(after.version() > before.version());
  REQUIRE(after.revoked_devices_size() == 1);
  CHECK(after.revoked_devices(0) == kiosk.device().view());
  CHECK(coordinator("POST", "/api/v1/devices/" + std::string(32, '0') + "/revoke").status == 404);
}
