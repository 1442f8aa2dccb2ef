#include "sync/centre/devices/trust_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <list>
#include <thread>

#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/restore.h"
#include "sync/protocol/certificate.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;
namespace files = std::filesystem;

namespace {

struct Ready : House {
  Ready() {
    demo_class();
    roster(1, 30);
  }
  Kiosk& kiosk(std::uint64_t seed) {
    kiosks.emplace_back(*this, seed).enrol(1, std::to_string(seed));
    return kiosks.back();
  }
  nlohmann::json revoke(base::DeviceId const& id) const {
    return post("/api/v1/devices/" + id.hex() + "/revoke", nlohmann::json::object());
  }
  void back_up() {
    files::path const copy = post("/api/v1/backups", nlohmann::json::object(), 201)["file"].get<std::string>();
    auto const placed = centre::place_copy(copy, beside("backup.db"), keys());
    REQUIRE_MESSAGE(placed.ok(), placed.error().what);
  }
  centre::EpochOpened restore() {
    centre.reset();
    auto const restored = centre::restore(path(), beside("backup.db"), centre::Over::kAnything, {}, clock);
    REQUIRE_MESSAGE(restored.ok(), restored.error().what);
    open();
    return restored->epoch;
  }
  void to_safe() const { files::rename(path() / centre::kRootFile, beside("root.key")); }
  void from_safe() const { files::rename(beside("root.key"), path() / centre::kRootFile); }
  // As on a full disk: the name under which the file would be written first can't be had.
  files::path block(char const* name) const {
    auto const in_its_way = path() / (std::string(name) + ".new");
    files::create_directory(in_its_way);
    return in_its_way;
  }
  std::vector<base::DeviceId> noted() const {
    auto const ids = centre::read_revoked(path());
    REQUIRE_MESSAGE(ids.ok(), ids.error().what);
    return *ids;
  }
  v1::TrustList list() const {
    return protocol::verify_trust_list(coordinator("GET", "/api/v1/trust-list").body, keys().root).value();
  }
  std::list<Kiosk> kiosks;
};

bool has(std::vector<base::DeviceId> const& ids, base::DeviceId const& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

TEST_CASE_FIXTURE(Ready, "a revoked kiosk that is known by its id alone is named, and can be signed for") {
  back_up();
  auto const gone = kiosk(7).device();
  to_safe();
  revoke(gone);
  restore();
  from_safe();
  auto const told = get("/api/v1/devices");
  CHECK(told["devices"].empty());
  CHECK(told["revoked_unsigned"] == 1);
  CHECK(told["unsigned_devices"] == nlohmann::json{gone.hex()});
  auto const signed_for = revoke(gone);
  CHECK(signed_for["trust_list_signed"] == true);
  CHECK(signed_for["revoked_unsigned"] == 0);
  REQUIRE(list().revoked_devices_size() == 1);
  CHECK(list().revoked_devices(0) == gone.view());
  CHECK(get("/api/v1/devices")["unsigned_devices"].empty());
  // As for one that has a row, once more changes nothing; and nobody is revoked who was never here.
  CHECK(revoke(gone)["revoked_unsigned"] == 0);
  CHECK(list().revoked_devices_size() == 1);
  auto const stranger = random->draw<base::DeviceId>();
  CHECK(error_code(coordinator("POST", "/api/v1/devices/" + stranger.hex() + "/revoke")) == "device.not_found");
}

TEST_CASE_FIXTURE(Ready, "a revocation whose trust list could not be written stands in the other file") {
  back_up();
  auto &first = kiosk(7), &second = kiosk(8), &unsigned_one = kiosk(9);
  to_safe();
  revoke(unsigned_one.device());
  from_safe();
  auto const in_its_way = block(centre::kTrustFile);
  for (auto* each : {&first, &second}) {
    auto const told = revoke(each->device());
    CHECK(told["trust_list_signed"] == true);
    CHECK(told["kept_beside"] == true);
  }
  CHECK(noted().size() == 3);

  SUBCASE("where neither can be written, it is said") {
    auto const other = block(centre::kRevokedFile);
    auto& third = kiosk(10);
    auto const told = revoke(third.device());
    CHECK(told["revoked"] == true);
    CHECK(told["kept_beside"] == false);
    CHECK(told["next"].get<std::string>().find("room") != std::string::npos);
    CHECK_FALSE(has(noted(), third.device()));
    files::remove(other);
    CHECK(revoke(third.device())["kept_beside"] == true);
    CHECK(has(noted(), third.device()));
  }
  SUBCASE("the next list that is written names all of them") {
    files::remove(in_its_way);
    revoke(kiosk(10).device());
    CHECK_FALSE(files::exists(path() / centre::kRevokedFile));
    std::ifstream file(path() / centre::kTrustFile, std::ios::binary);
    auto const kept = protocol::verify_trust_list(std::string((std::istreambuf_iterator<char>(file)), {}), keys().root);
    REQUIRE(kept.ok());
    CHECK(kept->revoked_devices_size() == 4);
  }
  SUBCASE("so a restore keeps all of them out") {
    CHECK(restore().revoked == 3);
    for (auto* each : {&first, &second, &unsigned_one}) {
      CHECK(device("/api/v1/devices", each->certificate).status == 204);
      CHECK(each->send_all().revoked());
    }
  }
}

TEST_CASE_FIXTURE(Ready, "a trust list that a restore was given is not forgotten by the next one, nor by a new epoch") {
  back_up();
  auto& gone = kiosk(7);
  revoke(gone.device());
  std::string const newest = coordinator("GET", "/api/v1/trust-list").body;
  // The folder was lost, and what was in the safe is of an earlier day.
  files::remove(path() / centre::kTrustFile);
  bool by_other_tools = false;
  SUBCASE("restored") {}
  SUBCASE("put back by other tools") { by_other_tools = true; }
  // The second time nobody names a list, and nothing of the old database is left to ask.
  for (std::string const& list : {newest, std::string()}) {
    CAPTURE(list.empty());
    centre.reset();
    files::remove(path() / centre::kStoreFile);
    if (by_other_tools) {
      files::copy_file(beside("backup.db"), path() / centre::kStoreFile);
      open();
      auto const begun = coordinator("POST", "/api/v1/epochs", list, "application/octet-stream");
      REQUIRE_MESSAGE(begun.status == 200, begun.body);
      CHECK(nlohmann::json::parse(begun.body)["kept_beside"] == true);
    } else {
      auto const named = list.empty() ? std::nullopt : std::optional<base::Bytes>(list);
      auto const restored = centre::restore(path(), beside("backup.db"), centre::Over::kNothing, named, clock);
      REQUIRE_MESSAGE(restored.ok(), restored.error().what);
      open();
    }
    CHECK(centre::kept_trust_list(path(), keys()) == newest);
    CHECK(device("/api/v1/devices", gone.certificate).status == 204);
    CHECK(gone.send_all().revoked());
  }
}

TEST_CASE_FIXTURE(Ready, "a kiosk that a restored centre knows as revoked by a list alone can't be enrolled again") {
  back_up();
  auto& signed_for = kiosk(7);
  auto& not_signed = kiosk(8);
  revoke(signed_for.device());
  to_safe();
  revoke(not_signed.device());
  restore();
  CHECK(get("/api/v1/devices")["devices"].empty());
  for (auto* each : {&signed_for, &not_signed}) {
    auto const made =
        post("/api/v1/enrolment-codes", {{"name", "9"}, {"class", 1}, {"address", "http://127.0.0.1:8080"}}, 201);
    auto const asked = device("/api/v1/enrol", each->enrolment_question(made["ticket"]).bytes);
    CHECK(asked.status == 403);
    CHECK(error_code(asked) == "device.revoked");
  }
  CHECK(get("/api/v1/devices")["devices"].empty());
  // Revoked between the question and its digits.
  Kiosk late(*this, 9);
  auto const made =
      post("/api/v1/enrolment-codes", {{"name", "9"}, {"class", 1}, {"address", "http://127.0.0.1:8080"}}, 201);
  auto const digits = std::to_string(1'000'000 + late.ask_enrolment(made["ticket"]).six_digits).substr(1);
  revoke(late.device());
  auto const confirm = "/api/v1/enrolments/" + made["code_id"].get<std::string>() + "/confirm";
  CHECK(post(confirm, {{"digits", digits}}, 403)["error"]["code"] == "device.revoked");
}

TEST_CASE_FIXTURE(Ready, "a kiosk revoked while nothing could be written beside stays out: the old database names it") {
  back_up();
  auto& signed_for = kiosk(7);
  auto& not_signed = kiosk(8);
  auto const list_blocked = block(centre::kTrustFile), ids_blocked = block(centre::kRevokedFile);
  CHECK(revoke(signed_for.device())["kept_beside"] == false);
  to_safe();
  CHECK(revoke(not_signed.device())["kept_beside"] == false);
  auto const version = list().version();
  files::remove(list_blocked);
  files::remove(ids_blocked);
  CHECK(restore().revoked == 2);
  CHECK(list().version() == version);  // kiosks refuse an older one
  for (auto* each : {&signed_for, &not_signed}) {
    CHECK(device("/api/v1/devices", each->certificate).status == 204);
    CHECK(each->send_all().revoked());
  }
  CHECK(has(noted(), not_signed.device()));
}

TEST_CASE_FIXTURE(Ready, "whom another machine's file named is not forgotten by the next revocation") {
  to_safe();
  auto const elsewhere = random->draw<base::DeviceId>();
  std::ofstream(path() / centre::kRevokedFile) << elsewhere.hex() << "\n";
  auto const here = kiosk(7).device();
  revoke(here);
  CHECK(has(noted(), elsewhere));
  CHECK(has(noted(), here));
}

TEST_CASE_FIXTURE(Ready, "of kiosks revoked at the same moment the file names every one") {
  constexpr std::size_t kAtOnce = 4, kRounds = 8;
  for (std::uint64_t seed = 1; seed <= kAtOnce * kRounds; ++seed) kiosk(seed);
  std::vector<base::DeviceId> ids;
  for (auto const& each : kiosks) ids.push_back(each.device());
  to_safe();
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<std::thread> at_once;
    std::vector<int> kept(kAtOnce);
    for (std::size_t i = 0; i < kAtOnce; ++i)
      at_once.emplace_back([&, i] {
        auto const body = coordinator("POST", "/api/v1/devices/" + ids[round * kAtOnce + i].hex() + "/revoke").body;
        kept[i] = nlohmann::json::parse(body, nullptr, false).value("kept_beside", false) ? 1 : 0;
      });
    for (auto& each : at_once) each.join();
    CHECK(kept == std::vector<int>(kAtOnce, 1));
    CHECK(noted().size() == (round + 1) * kAtOnce);
  }
}
