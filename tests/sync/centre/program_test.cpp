#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>

#include "sync/centre/backup/epoch.h"
#include "sync/centre/http_server.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::bin;
using support::House;

namespace {

// A centre that nobody has open, and the program that serves it.
struct OnDisk : House {
  OnDisk() { centre.reset(); }
  std::string listen = "127.0.0.1:" + std::to_string(support::free_port());
  std::vector<std::string> program(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{bin("dga-centre"), "--data", path(), "--listen", listen};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  bool notice() const { return std::filesystem::exists(path() / centre::kServerFile); }
};

}  // namespace

TEST_CASE_FIXTURE(OnDisk, "the centre says when it is ready, is found by its notice, and ends cleanly on a signal") {
  for (int const signal : {SIGTERM, SIGINT}) {
    support::Process running(program());
    CHECK(running.read_line() == "dga-centre listening on http://" + listen);
    std::ifstream file(path() / centre::kServerFile);
    CHECK(nlohmann::json::parse(file)["address"] == "http://" + listen);
    struct stat about {};
    REQUIRE(stat((path() / centre::kServerFile).c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    running.signal(signal);
    CHECK(running.wait() == 0);
    CHECK_FALSE(notice());
  }
}

TEST_CASE_FIXTURE(OnDisk, "a store that is held and a port that is in use are refused in words, with exit code 1") {
  support::Process running(program());
  (void)running.read_line();
  auto const second = support::run(program());
  CHECK(second.exit_code == 1);
  CHECK(second.err.find("dga-centre: ") == 0);
  CHECK(notice());  // of the one that runs
  CHECK(centre::Centre::open(path(), clock, *random).error().code == "store.held");

  House other(2);
  other.centre.reset();
  auto const same_port = support::run({bin("dga-centre"), "--data", other.path(), "--listen", listen});
  CHECK(same_port.exit_code == 1);
  CHECK(same_port.err.find(listen) != std::string::npos);
}

TEST_CASE_FIXTURE(OnDisk, "wrong usage, a missing folder and damaged keys have the exit codes that are documented") {
  CHECK(support::run({bin("dga-centre")}).exit_code == 2);
  CHECK(support::run(program({"--log-format", "xml"})).exit_code == 2);
  CHECK(support::run({bin("dga-centre"), "--data", path(), "--listen", "here"}).exit_code == 2);
  CHECK(support::run({bin("dga-centre"), "--data", path(), "--listen", "0.0.0.0:8080"}).exit_code == 1);
  auto const missing = support::run({bin("dga-centre"), "--data", path() / "nothing", "--listen", listen});
  CHECK(missing.exit_code == 1);
  CHECK(missing.err.find("dga centre init") != std::string::npos);
  CHECK(support::run({bin("dga-centre"), "--help"}).exit_code == 0);
  auto const checked = support::run(program({"--check-config"}));
  CHECK(checked.exit_code == 0);
  CHECK(checked.out.find("can be used") != std::string::npos);

  std::ofstream(path() / centre::kKeysFile) << "{\"format\":1}";
  CHECK(support::run(program()).exit_code == 3);
  CHECK_FALSE(notice());
}

TEST_CASE_FIXTURE(OnDisk, "a database of an earlier epoch than its folder knows is not served before a new epoch") {
  auto const noted = centre::noted_epoch(path());
  REQUIRE(noted > 0);
  REQUIRE(centre::note_epoch(path(), noted + 1).ok());  // as a restore does before it renames
  for (auto const& arguments : {program(), program({"--check-config"})}) {
    auto const refused = support::run(arguments);
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("new-epoch") != std::string::npos);
  }
  CHECK_FALSE(notice());
  auto const begun = support::run({bin("dga"), "centre", "new-epoch", "--data", path(), "--no-trust-list", "--json"});
  REQUIRE_MESSAGE(begun.exit_code == 0, begun.err);
  CHECK(nlohmann::json::parse(begun.out)["epoch"] > noted + 1);
  support::Process running(program());
  CHECK(running.read_line() == "dga-centre listening on http://" + listen);
}

TEST_CASE_FIXTURE(OnDisk,
                  "a kiosk that is known by its certificate alone is listed with what to do, and so is what it sent") {
  open();
  demo_class();
  support::Kiosk kiosk(*this);
  kiosk.certify();
  CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
  kiosk.send_all();
  CHECK(get("/api/v1/quarantine")["records"][0]["next"].get<std::string>().find("dga kiosk status") !=
        std::string::npos);
  centre.reset();
  auto const list = [&] { return support::run({bin("dga"), "kiosk", "list", "--data", path()}).out; };
  CHECK(list().find("by --device") != std::string::npos);
  open();
  kiosk.enrol();
  centre.reset();
  CHECK(list().find("in service") != std::string::npos);
  CHECK(list().find("by --device") == std::string::npos);
}

TEST_CASE_FIXTURE(OnDisk, "a backup tells how many revocations stand in no signed list, in words and as JSON") {
  open();
  demo_class();
  support::Kiosk kiosk(*this);
  kiosk.enrol();
  std::filesystem::remove(path() / centre::kRootFile);
  post("/api/v1/devices/" + kiosk.device().hex() + "/revoke", nlohmann::json::object());
  centre.reset();
  auto const backup = [&](std::string const& name, std::vector<std::string> const& more = {}) {
    std::vector<std::string> arguments{bin("dga"), "centre", "backup", "--data", path(), "--out", beside(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto const made = support::run(arguments);
    CHECK_MESSAGE(made.exit_code == 0, made.err);
    return made.out;
  };
  CHECK(nlohmann::json::parse(backup("one.db", {"--json"}))["revoked_unsigned"] == 1);
  CHECK(backup("two.db").find("1 of the revoked kiosks") != std::string::npos);
}

TEST_CASE_FIXTURE(OnDisk, "a killed centre holds all it acknowledged and can be started again") {
  {
    support::Process running(program());
    (void)running.read_line();
    running.signal(SIGKILL);
    CHECK(running.wait() == 128 + SIGKILL);
    CHECK(notice());  // stale: whoever reads it must be ready for nobody to answer
  }
  support::Process again(program());
  CHECK(again.read_line() == "dga-centre listening on http://" + listen);
}

TEST_CASE_FIXTURE(OnDisk, "a centre's secrets are readable by their owner only, and nothing in its database is plain") {
  struct stat about {};
  for (auto const* name : {centre::kKeysFile, centre::kRootFile, centre::kTokenFile}) {
    REQUIRE(stat((path() / name).c_str(), &about) == 0);
    CHECK_MESSAGE((about.st_mode & 0777) == 0600, name);
  }
  REQUIRE(stat(path().c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);

  open();
  demo_class();
  roster(1, 30);
  auto const token = std::string(centre->admin_token());
  bool token_found = false;
  for (auto const& entry : std::filesystem::directory_iterator(path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string const content((std::istreambuf_iterator<char>(file)), {});
    for (auto const* secret : {"Nguyễn", "0903100001", "+84903100001", "SQLite format"})
      CHECK_MESSAGE(content.find(secret) == std::string::npos, entry.path().filename().string() << " holds " << secret);
    token_found |= content.find(token) != std::string::npos;
  }
  CHECK(token_found);  // the search does find what is there
}

TEST_CASE("a centre is made whole or not at all, and never over another") {
  support::TemporaryFolder folder;
  support::ManualClock const clock(support::kDemoMorning);
  auto const random = base::seeded_random(3);
  auto const where = std::filesystem::path(folder / "a") / "centre";
  REQUIRE(centre::Centre::init(where, clock, *random).ok());
  CHECK(centre::Centre::init(where, clock, *random).error().code == "centre.exists");
  std::filesystem::create_directory(folder / "full");
  std::ofstream(folder / "full/letter.txt") << "mine";
  CHECK(centre::Centre::init(folder / "full", clock, *random).error().code == "centre.not_empty");
  std::filesystem::create_directory(folder / "empty");
  CHECK(centre::Centre::init(folder / "empty", clock, *random).ok());
  CHECK(centre::Centre::init("/proc/nowhere/centre", clock, *random).error().code == "centre.folder");
  std::size_t entries = 0;
  for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator(folder.path())) ++entries;
  CHECK(entries == 3);  // nothing half-done beside them
}
