#include <filesystem>
#include <fstream>

#include "sync/centre/devices/trust.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/protocol/certificate.h"
#include "tests/sync/centre/backed_up.h"

using namespace dga;
using support::AClass;
using support::Kiosk;
namespace files = std::filesystem;

TEST_CASE_FIXTURE(AClass, "a restored centre begins a new epoch, forgets what is durable, and gets all of it again") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  kiosk.check_in(1);
  auto const first = kiosk.send_all();
  auto const backup = back_up("one.db");
  for (std::uint64_t person = 2; person <= 9; ++person) kiosk.check_in(person);
  kiosk.send_all();
  auto const before = reconciled();

  SUBCASE("over a newer database only when told so, and that one is kept") {
    auto const refused = restore(backup, centre::Over::kNothing);
    CHECK(refused.error().code == "restore.exists");
    CHECK(refused.error().what.find("8 records more") != std::string::npos);
    auto const restored = restore(backup);
    REQUIRE_MESSAGE(restored.ok(), restored.error().what);
    REQUIRE(restored->kept);
    CHECK(centre::look_through(*restored->kept, keys())->records == 10);
    CHECK(restored->epoch.epoch == first.centre_epoch() + 1);  // the clock stands still: one more than both
  }
  SUBCASE("after the database was lost while the clock was far behind") {
    centre.reset();
    files::remove(path() / centre::kStoreFile);
    clock.advance(-std::chrono::hours(24 * 365));
    auto const restored = restore(backup, centre::Over::kNothing);
    REQUIRE_MESSAGE(restored.ok(), restored.error().what);
    CHECK(restored->epoch.epoch == first.centre_epoch() + 1);
  }
  SUBCASE("after the database was lost") {
    centre.reset();
    files::remove(path() / centre::kStoreFile);
    clock.advance(std::chrono::hours(24));
    auto const restored = restore(backup, centre::Over::kNothing);
    REQUIRE_MESSAGE(restored.ok(), restored.error().what);
    CHECK_FALSE(restored->kept);
    CHECK(restored->epoch.epoch == static_cast<std::uint64_t>(clock.wall_ms() / 1000));
  }
  SUBCASE("after the database was lost, and the log of what was killed was left") {
    auto const log = (path() / centre::kStoreFile).string() + "-wal";
    files::copy_file(log, log + ".left");
    REQUIRE(files::file_size(log) > 0);
    centre.reset();
    files::remove(path() / centre::kStoreFile);
    files::rename(log + ".left", log);
    clock.advance(std::chrono::hours(24));
    auto const restored = restore(backup, centre::Over::kNothing);
    REQUIRE_MESSAGE(restored.ok(), restored.error().what);
    CHECK_FALSE(files::exists(log));  // it went aside: in the new database it would undo the new epoch
  }
  SUBCASE("over a database that is damaged") {
    centre.reset();
    std::fstream file(path() / centre::kStoreFile, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file << std::string(8000, 'x');
    file.close();
    auto const refused = restore(backup, centre::Over::kNothing);
    CHECK(refused.error().code == "restore.exists");
    REQUIRE(restore(backup).ok());
  }
  open();
  auto const after = kiosk.ask_head();
  CHECK(after.centre_epoch() > first.centre_epoch());
  CHECK(after.received_through() == 2);
  CHECK(after.durable_through() == 0);
  CHECK(reconciled()["closes"] == true);
  CHECK(reconciled()["waiting"] == 8);
  CHECK(kiosk.send_all().received_through() == 10);
  CHECK(kiosk.ask_head().durable_through() == 0);
  back_up("two.db");
  CHECK(kiosk.ask_head().durable_through() == 10);
  auto statement = reconciled();
  CHECK(statement == before);
}

TEST_CASE_FIXTURE(AClass, "devices that came or were revoked after the backup are known again or stay out") {
  Kiosk before(*this, 7), after(*this, 8), revoked_old(*this, 9), revoked_new(*this, 10);
  before.enrol(1, "1");
  revoked_old.enrol(1, "2");
  auto const backup = back_up("one.db");
  after.enrol(1, "3");
  revoked_new.enrol(1, "4");
  for (auto* kiosk : {&before, &after, &revoked_old, &revoked_new}) {
    kiosk->check_in(1);
    kiosk->send_all();
  }
  for (auto* kiosk : {&revoked_old, &revoked_new})
    CHECK(post("/api/v1/devices/" + kiosk->device().hex() + "/revoke", nlohmann::json::object())["trust_list_signed"] ==
          true);
  std::string const list = coordinator("GET", "/api/v1/trust-list").body;
  std::ifstream kept(path() / centre::kTrustFile, std::ios::binary);
  CHECK(std::string((std::istreambuf_iterator<char>(kept)), {}) == list);

  auto const restored = restore(backup, centre::Over::kAnything, list);
  REQUIRE_MESSAGE(restored.ok(), restored.error().what);
  CHECK(restored->epoch.revoked == 2);
  open();
  CHECK(before.ask_head().received_through() == 0);
  // One that is not known shows its certificate.
  for (auto* kiosk : {&after, &revoked_new}) {
    auto const query = kiosk->head_query();
    CHECK(device("/api/v1/logs/" + kiosk->log().hex() + "/head", query).status == 404);
    CHECK(device("/api/v1/devices", kiosk->certificate).status == 204);
  }
  auto const unconfirmed = after.send_all();
  CHECK_FALSE(unconfirmed.revoked());
  CHECK(unconfirmed.received_through() == 2);
  CHECK(unconfirmed.quarantined_total() == 2);
  CHECK(unconfirmed.quarantined(0).reason() == v1::DEVICE_UNCONFIRMED);
  CHECK(revoked_old.send_all().revoked());
  CHECK(revoked_new.send_all().revoked());
  CHECK(revoked_new.ask_pack(1, 0).status == 403);

  // A coordinator has to confirm it again; then what it sent is judged anew.
  auto const statement = reconciled();
  CHECK(statement["closes"] == true);
  auto const its = "/api/v1/devices/" + after.device().hex();
  CHECK(error_code(after.ask_pack(1, 0)) == "device.unconfirmed");
  CHECK(error_code(coordinator("POST", its + "/classes", R"({"class":1})", "application/json")) ==
        "device.unconfirmed");
  (void)post(its + "/confirm", {{"class", 9}, {"keys", after.mark()}}, 404);
  (void)post(its + "/confirm", {{"class", 1}}, 400);
  CHECK(post("/api/v1/devices/" + revoked_new.device().hex() + "/confirm", {{"class", 1}, {"keys", revoked_new.mark()}},
             403)["error"]["code"] == "device.not_unconfirmed");
  CHECK(after.ask_head().quarantined_total() == 2);
  post(its + "/confirm", {{"class", 1}, {"keys", after.mark()}});
  CHECK(after.ask_head().quarantined_total() == 0);
  // Again, as after a crash between the confirmation and its answer: nothing to complain of.
  post(its + "/confirm", {{"class", 1}, {"keys", after.mark()}});
  // But not under another mark: whoever typed it looked at another kiosk.
  CHECK(post(its + "/confirm", {{"class", 1}, {"keys", before.mark()}}, 403)["error"]["code"] == "device.other_keys");
  CHECK(after.ask_pack(1, 0).status == 200);
  CHECK(revoked_new.ask_head().quarantined_total() == 2);

  // The next list still names the one whose row the database had lost, and one more.
  post("/api/v1/devices/" + before.device().hex() + "/revoke", nlohmann::json::object());
  auto const next = protocol::verify_trust_list(coordinator("GET", "/api/v1/trust-list").body, keys().root);
  CHECK(next->revoked_devices_size() == 3);
}

TEST_CASE_FIXTURE(AClass, "a kiosk that nobody confirmed is not let in by a restore, whenever its enrolment failed") {
  Kiosk early(*this, 7), late(*this, 8);
  // Its certificate is out before anybody has typed digits; three wrong ones, and the enrolment is dead.
  auto const fail_enrolment = [&](Kiosk& kiosk) {
    auto const made =
        post("/api/v1/enrolment-codes", {{"name", "1"}, {"class", 1}, {"address", "http://127.0.0.1:8080"}}, 201);
    auto const digits = kiosk.ask_enrolment(made["ticket"]).six_digits == 0 ? "000001" : "000000";
    auto const confirm = "/api/v1/enrolments/" + made["code_id"].get<std::string>() + "/confirm";
    for (int i = 0; i < 3; ++i) (void)post(confirm, {{"digits", digits}}, 403);
    kiosk.check_in(1);
  };
  fail_enrolment(early);
  auto const backup = back_up("one.db");
  fail_enrolment(late);
  for (auto* kiosk : {&early, &late}) {
    CHECK(error_code(device("/api/v1/devices", kiosk->certificate)) == "device.rejected");
    CHECK(error_code(kiosk->post(kiosk->batch(1, 2))) == "device.rejected");
  }

  auto const restored = restore(backup);
  REQUIRE_MESSAGE(restored.ok(), restored.error().what);
  CHECK(restored->epoch.unconfirmed == 1);  // it may have been enrolled anew since: the backup can't tell
  open();
  for (auto* kiosk : {&early, &late}) {
    CHECK(device("/api/v1/devices", kiosk->certificate).status == 204);
    auto const receipt = kiosk->send_all();
    CHECK(receipt.received_through() == 2);
    CHECK(receipt.quarantined_total() == 2);
    CHECK(kiosk->ask_pack(1, 0).status == 403);
  }
  for (auto const& line : get("/api/v1/devices")["devices"]) {
    CHECK(line["active"] == false);
    CHECK(line["state"] == "unconfirmed");
  }
  CHECK(reconciled()["closes"] == true);
  open();  // judged anew at each start: nothing has changed
  CHECK(late.ask_head().quarantined_total() == 2);

  SUBCASE("revoked, it stays out, and what it sent is the revoked kiosk's") {
    post("/api/v1/devices/" + late.device().hex() + "/revoke", nlohmann::json::object());
    CHECK(late.ask_head().quarantined(1).reason() == v1::DEVICE_REVOKED);
  }
  SUBCASE("enrolled anew with a code, it is confirmed by its digits as ever") {
    late.enrol();
    CHECK(late.ask_head().quarantined_total() == 0);
    CHECK(get("/api/v1/devices")["devices"].size() == 2);
  }
}

TEST_CASE_FIXTURE(AClass, "a kiosk that was revoked while root.key was in its safe stays out after a restore") {
  auto const root = path() / centre::kRootFile;
  Kiosk known(*this, 7), unknown(*this, 8);
  known.enrol(1, "1");
  auto const backup = back_up("one.db");
  unknown.enrol(1, "2");
  files::rename(root, beside("root.key"));
  for (auto* kiosk : {&known, &unknown}) {
    auto const told = post("/api/v1/devices/" + kiosk->device().hex() + "/revoke", nlohmann::json::object());
    CHECK(told["trust_list_signed"] == false);
    CHECK(told["revoked_unsigned"] == (kiosk == &known ? 1 : 2));
  }
  CHECK(get("/api/v1/devices")["revoked_unsigned"] == 2);

  SUBCASE("with a list that nobody can read nothing is restored") {
    std::ofstream(path() / centre::kRevokedFile) << "no device\n";
    CHECK(restore(backup).error().code == "revoked.damaged");
    return;
  }
  auto const restored = restore(backup);
  REQUIRE_MESSAGE(restored.ok(), restored.error().what);
  CHECK(restored->epoch.revoked == 2);
  CHECK(restored->epoch.revoked_unsigned == 2);
  open();
  CHECK(device("/api/v1/devices", unknown.certificate).status == 204);
  for (auto* kiosk : {&known, &unknown}) CHECK(kiosk->send_all().revoked());
  CHECK(get("/api/v1/devices")["revoked_unsigned"] == 2);

  // One revocation with root.key signs for all of them.
  files::rename(beside("root.key"), root);
  post("/api/v1/devices/" + known.device().hex() + "/revoke", nlohmann::json::object());
  CHECK(get("/api/v1/devices")["revoked_unsigned"] == 0);
  CHECK_FALSE(files::exists(path() / centre::kRevokedFile));
  auto const list = protocol::verify_trust_list(coordinator("GET", "/api/v1/trust-list").body, keys().root);
  CHECK(list->revoked_devices_size() == 2);
}

TEST_CASE_FIXTURE(AClass, "an unsigned revocation of a kiosk that never came back is signed with the next one") {
  auto const backup = back_up("one.db");
  Kiosk gone(*this, 7), other(*this, 8);
  gone.enrol(1, "1");
  files::rename(path() / centre::kRootFile, beside("root.key"));
  post("/api/v1/devices/" + gone.device().hex() + "/revoke", nlohmann::json::object());
  REQUIRE(restore(backup).ok());
  files::rename(beside("root.key"), path() / centre::kRootFile);
  open();
  other.enrol(1, "2");
  post("/api/v1/devices/" + other.device().hex() + "/revoke", nlohmann::json::object());
  auto const list = protocol::verify_trust_list(coordinator("GET", "/api/v1/trust-list").body, keys().root);
  CHECK(list->revoked_devices_size() == 2);
  CHECK(get("/api/v1/devices")["revoked_unsigned"] == 0);
  CHECK(device("/api/v1/devices", gone.certificate).status == 204);
  CHECK(gone.send_all().revoked());
}

TEST_CASE_FIXTURE(AClass,
                  "a trust list that the root did not sign restores nothing, and an older one takes nothing back") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  std::string const old_list = coordinator("GET", "/api/v1/trust-list").body;
  post("/api/v1/devices/" + kiosk.device().hex() + "/revoke", nlohmann::json::object());
  auto const backup = back_up("one.db");
  CHECK(restore(backup, centre::Over::kAnything, "no list").error().code == "trust.malformed");
  auto const restored = restore(backup, centre::Over::kAnything, old_list);
  REQUIRE_MESSAGE(restored.ok(), restored.error().what);
  open();
  CHECK(get("/api/v1/devices")["devices"][0]["revoked"] == true);
  auto const list = protocol::verify_trust_list(coordinator("GET", "/api/v1/trust-list").body, keys().root);
  CHECK(list->revoked_devices_size() == 1);
}

TEST_CASE_FIXTURE(AClass, "of two trust lists neither of which names all, each keeps out whom it names") {
  auto const empty = back_up("empty.db");
  Kiosk lost(*this, 7), other(*this, 8);
  lost.enrol(1, "1");
  post("/api/v1/devices/" + lost.device().hex() + "/revoke", nlohmann::json::object());
  std::string const first_list = coordinator("GET", "/api/v1/trust-list").body;
  // The machine is lost with all that its folder knew.
  files::remove(path() / centre::kTrustFile);
  centre.reset();
  files::remove(path() / centre::kStoreFile);
  REQUIRE(restore(empty).ok());
  open();
  clock.advance(std::chrono::hours(1));
  other.enrol(1, "2");
  post("/api/v1/devices/" + other.device().hex() + "/revoke", nlohmann::json::object());

  auto const restored = restore(empty, centre::Over::kAnything, first_list);
  REQUIRE_MESSAGE(restored.ok(), restored.error().what);
  CHECK(restored->epoch.revoked == 2);
  open();
  for (auto* kiosk : {&lost, &other}) {
    CHECK(device("/api/v1/devices", kiosk->certificate).status == 204);
    kiosk->check_in(1);
    CHECK(kiosk->send_all().revoked());
  }
}

TEST_CASE_FIXTURE(AClass, "a newer trust list that names fewer leaves the rest known in the folder") {
  auto const empty = back_up("empty.db");
  Kiosk lost(*this, 7), other(*this, 8);
  lost.enrol(1, "1");
  post("/api/v1/devices/" + lost.device().hex() + "/revoke", nlohmann::json::object());
  // Put back by other means than ours: nothing was taken in from beside it.
  centre.reset();
  files::copy_file(empty, path() / centre::kStoreFile, files::copy_options::overwrite_existing);
  files::remove((path() / centre::kStoreFile).string() + "-wal");
  open();
  clock.advance(std::chrono::hours(1));
  other.enrol(1, "2");
  post("/api/v1/devices/" + other.device().hex() + "/revoke", nlohmann::json::object());
  auto const kept = centre::read_revoked(path());
  REQUIRE(kept.ok());
  CHECK(*kept == std::vector<base::DeviceId>{lost.device()});
}

TEST_CASE_FIXTURE(AClass, "a restore that comes to nothing leaves no copy beside the database") {
  auto const backup = back_up("one.db");
  auto const code_of = [&](centre::Over over) { return restore(backup, over).error().code; };
  SUBCASE("where a database is in its way") { CHECK(code_of(centre::Over::kNothing) == "restore.exists"); }
  SUBCASE("where nobody can read who was revoked") {
    std::ofstream(path() / centre::kRevokedFile) << "no device\n";
    CHECK(code_of(centre::Over::kAnything) == "revoked.damaged");
  }
  SUBCASE("where the new epoch can't be noted") {
    files::create_directory(path() / (std::string(centre::kEpochFile) + ".new"));
    CHECK_FALSE(code_of(centre::Over::kAnything).empty());
  }
  SUBCASE("where an earlier one was killed") {
    for (char const* end : {"", "-wal"})
      std::ofstream((path() / centre::kStoreFile).string() + ".restored" + end) << "half of it";
    REQUIRE(restore(backup).ok());
  }
  for (auto const& entry : files::directory_iterator(path())) {
    CAPTURE(entry.path());
    CHECK(entry.path().filename().string().find(".restored") == std::string::npos);
  }
  open();
}
