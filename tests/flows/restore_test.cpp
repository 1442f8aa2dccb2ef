// A centre that is lost, and what a backup and its kiosks make of it, through the programs as people run them.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/demo.h"
#include "tests/support/postgresql_cluster.h"

using dga::support::Demo;
using dga::support::Ended;
using dga::support::PostgresqlCluster;
using dga::support::RunningCentre;
using nlohmann::json;
namespace files = std::filesystem;

namespace {

json must(Ended const& ended) {
  REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
  return json::parse(ended.out, nullptr, false);
}

struct Lost : Demo {
  explicit Lost(std::string const& database = {}) : Demo(40, 1, 11, database) {}
  std::string centre = path("centre");

  void check_in(std::size_t from, std::size_t to) const {
    std::string scans;
    for (std::size_t at = from; at < to; ++at) scans += badges()[at].digits + "\n";
    (void)must(scan(1, scans));
  }
  json sync_all(RunningCentre const& running) const { return must(sync(1, running.address())); }
  json statement() const { return must(dga({"reconcile", "--data", centre, "--json"})); }
  std::string attendance() const {
    auto const list =
        dga({"attendance", "--data", centre, "--class", "1", "--csv", "--at", "2024-11-12T09:00:00+07:00"});
    REQUIRE_MESSAGE(list.exit_code == 0, list.err);
    return list.out;
  }
  // Every record at the centre once, nothing waiting, the kiosk and the centre of one mind.
  void check_settled(json const& synced) const {
    CHECK(synced.at("waiting") == 0);
    CHECK(synced.at("received_through") == synced.at("recorded"));
    auto const closed = statement();
    CHECK(closed.at("closes") == true);
    CHECK(closed.at("waiting") == 0);
    CHECK(closed.at("parked") == 0);
    CHECK(closed.at("recorded") == synced.at("recorded"));
    CHECK(closed.at("accepted").get<int>() + closed.at("quarantined").get<int>() == synced.at("recorded"));
    for (auto const& log : closed.at("logs")) CHECK(log.at("fork_at") == 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Lost, "a centre that burnt down after its backup has every record again once its kiosk has synced") {
  check_in(0, 10);
  json made;
  std::string before;
  auto const backup = scratch("backup.db");
  {
    RunningCentre running(centre);
    (void)sync_all(running);
    made = must(dga({"centre", "backup", "--data", centre, "--out", backup, "--json"}));  // while it runs
    CHECK(made.at("records").get<int>() >= 11);
    check_in(10, 25);
    (void)sync_all(running);
    before = attendance();
  }
  // Only what the backup's own words say is kept survives.
  files::create_directory(scratch("safe"));
  for (auto const* name : {"keys.json", "admin.token"}) files::rename(centre + "/" + name, scratch("safe/") + name);
  files::remove_all(centre);
  files::rename(scratch("safe"), centre);

  auto const unsaid = dga({"centre", "restore", "--data", centre, "--from", backup});
  CHECK(unsaid.exit_code == 2);
  CHECK(unsaid.err.find("--trust-list") != std::string::npos);
  auto const restored =
      must(dga({"centre", "restore", "--data", centre, "--from", backup, "--no-trust-list", "--json"}));
  CHECK(restored.at("records") == made.at("records"));
  CHECK(restored.at("epoch") > made.at("epoch"));
  CHECK(dga({"centre", "restore", "--data", centre, "--from", backup, "--no-trust-list"}).exit_code == 1);

  RunningCentre again(centre);
  check_in(25, 30);
  check_settled(sync_all(again));
  CHECK(attendance() != before);  // five more people
  constexpr std::size_t kAt = 5;  // the column of when somebody came
  auto const rows = dga::support::read_csv(attendance());
  CHECK(std::count_if(rows.begin(), rows.end(), [](auto const& row) { return !row.at(kAt).empty(); }) == 30);
  CHECK(again.stop() == 0);
}

TEST_CASE_FIXTURE(Lost, "a kiosk that was enrolled after the backup counts again once its keys have been compared") {
  auto const backup = scratch("backup.db"), late = scratch("late"), ticket = scratch("ticket");
  (void)must(dga({"centre", "backup", "--data", centre, "--out", backup, "--json"}));
  auto const sync_late = [&](RunningCentre const& running) {
    return must(dga({"kiosk", "sync", "--data", late, "--passphrase-file", passphrase_file(), "--centre",
                     running.address(), "--once", "--json"}));
  };
  {
    RunningCentre running(centre);
    auto const code = must(dga(
        {"kiosk", "code", "--data", centre, "--class", "1", "--name", "7", "--address", running.address(), "--json"}));
    std::ofstream(ticket) << code.at("ticket").get<std::string>() << "\n";
    auto const enrolled = must(dga({"kiosk", "enrol", "--data", late, "--name", "7", "--ticket-file", ticket,
                                    "--passphrase-file", passphrase_file(), "--json"}));
    auto const confirm = [&](std::vector<std::string> more) {
      more.insert(more.begin(), {"kiosk", "confirm", "--data", centre});
      return dga(more);
    };
    auto const digits = enrolled.at("digits").get<std::string>(), id = code.at("code_id").get<std::string>();
    CHECK(confirm({"--code", id}).exit_code == 2);
    CHECK(confirm({"--code", id, "--digits", digits, "--device", id, "--class", "1"}).exit_code == 2);
    REQUIRE(confirm({"--code", id, "--digits", digits}).exit_code == 0);
    CHECK(sync_late(running).at("quarantined") == 0);
  }
  (void)must(dga({"centre", "restore", "--data", centre, "--from", backup, "--replace", "--no-trust-list", "--json"}));
  RunningCentre running(centre);
  auto const back = sync_late(running);
  CHECK(back.at("waiting") == 0);
  CHECK(back.at("quarantined") == back.at("received_through"));
  CHECK(dga({"kiosk", "list", "--data", centre}).out.find("waits to be confirmed") != std::string::npos);
  auto const status = must(dga({"kiosk", "status", "--data", late, "--passphrase-file", passphrase_file(), "--json"}));
  auto const confirm = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"kiosk", "confirm", "--data", centre, "--device", status.at("device").get<std::string>(),
                               "--class", "1"});
    return dga(more);
  };
  CHECK(confirm({}).exit_code == 2);
  auto const other = confirm({"--keys", "0000-0000-0000-0000-0000"});
  CHECK(other.exit_code == 1);
  CHECK(other.err.find("another mark") != std::string::npos);
  auto const confirmed = confirm({"--keys", status.at("keys").get<std::string>()});
  REQUIRE_MESSAGE(confirmed.exit_code == 0, confirmed.err);
  CHECK(sync_late(running).at("quarantined") == 0);
  CHECK(statement().at("closes") == true);
}

TEST_CASE_FIXTURE(Lost, "a backup that cannot be put back is named as it was given, and the centre stays as it is") {
  auto const backup = scratch("backup.db"), wrong = scratch("wrong.db");
  (void)must(dga({"centre", "backup", "--data", centre, "--out", backup, "--json"}));
  auto const refused = [&](int exit_code, std::string const& from, char const* word) {
    auto const ended = dga({"centre", "restore", "--data", centre, "--from", from, "--replace", "--no-trust-list"});
    CHECK_MESSAGE(ended.exit_code == exit_code, ended.err);
    CHECK_MESSAGE(ended.err.find(from) != std::string::npos, ended.err);
    CHECK_MESSAGE(ended.err.find(word) != std::string::npos, ended.err);
    CHECK_MESSAGE(ended.err.find(".restored") == std::string::npos, ended.err);
    CHECK_MESSAGE(ended.err.find("salvage") == std::string::npos, ended.err);
    CHECK(ended.err.find("nothing was changed") != std::string::npos);
  };
  refused(1, scratch("none.db"), "no backup");
  refused(1, scratch("."), "no file");
  std::ofstream(wrong) << "";
  refused(1, wrong, "no backup of this centre");
  std::ofstream(wrong) << "SQLite format 3" << std::string(100'000, '\0');
  refused(1, wrong, "no backup of this centre");
  Demo const other(1, 1, 12);
  (void)must(other.dga({"centre", "backup", "--data", other.path("centre"), "--out", scratch("other.db"), "--json"}));
  refused(1, scratch("other.db"), "no backup of this centre");
  files::copy_file(backup, scratch("cut.db"));
  files::resize_file(scratch("cut.db"), files::file_size(backup) / 2);
  refused(3, scratch("cut.db"), "damaged or cut short");
  files::resize_file(scratch("cut.db"), 100);  // within its first page, which tells whose it is
  refused(1, scratch("cut.db"), "its beginning is damaged");
  CHECK(statement().at("closes") == true);
}

TEST_CASE_FIXTURE(Lost, "a backup is refused over a file that is there, and a restore while the server runs") {
  auto const backup = scratch("backup.db");
  (void)must(dga({"centre", "backup", "--data", centre, "--out", backup, "--json"}));  // without a server
  auto const again = dga({"centre", "backup", "--data", centre, "--out", backup});
  CHECK(again.exit_code == 1);
  CHECK(again.err.find("already") != std::string::npos);
  for (auto const& entry : files::directory_iterator(centre))
    CHECK_MESSAGE(entry.path().filename().string().rfind("backup-", 0) != 0, "a copy was left in the folder");
  RunningCentre running(centre);
  auto const refused = dga({"centre", "restore", "--data", centre, "--from", backup, "--replace", "--no-trust-list"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.err.find("open") != std::string::npos);
  (void)sync_all(running);  // it goes on
}

TEST_CASE_FIXTURE(Lost, "a stale notice of a killed server leads nobody to another program on its port") {
  std::string address;
  {
    RunningCentre running(centre);
    address = running.address();
    ::kill(running.pid(), SIGKILL);
  }
  REQUIRE(files::exists(centre + "/server.json"));
  // Another centre has the port now; the first one's store is held by a program that is no server.
  auto const other = scratch("other");
  files::copy(centre, other, files::copy_options::recursive);
  files::remove(other + "/server.json");
  dga::support::Process stranger(
      {dga::support::bin("dga-centre"), "--data", other, "--listen", address.substr(address.rfind('/') + 1)});
  REQUIRE(stranger.read_line().find("listening") != std::string::npos);
  RunningCentre holder(centre);  // writes its own notice: put the stale one back
  std::ofstream(centre + "/server.json") << json{{"address", address}, {"instance", std::string(32, '0')}}.dump();
  auto const asked = dga({"reconcile", "--data", centre, "--json"});
  CHECK(asked.exit_code == 1);
  CHECK(asked.err.find("another program has") != std::string::npos);
}

TEST_CASE("a PostgreSQL centre that was put back by pg_restore gets what is missing from its kiosk") {
  auto& cluster = PostgresqlCluster::shared();
  auto const database = cluster.make_database();
  Lost lost(database);
  auto const dump = lost.scratch("dump");
  lost.check_in(0, 10);
  std::string before;
  {
    RunningCentre running(lost.centre);
    (void)lost.sync_all(running);
    auto const position = lost.dga({"centre", "position", "--data", lost.centre});
    REQUIRE_MESSAGE(position.exit_code == 0, position.err);
    std::ofstream(lost.scratch("position.json")) << position.out;
    auto const dumped = dga::support::run({cluster.program("pg_dump"), "-Fc", "-f", dump, database});
    REQUIRE_MESSAGE(dumped.exit_code == 0, dumped.err);
    auto const noted =
        lost.dga({"centre", "backup-noted", "--data", lost.centre, "--position", lost.scratch("position.json")});
    CHECK_MESSAGE(noted.exit_code == 0, noted.err);
    lost.check_in(10, 25);
    (void)lost.sync_all(running);
    before = lost.attendance();
    CHECK(running.stop() == 0);
  }
  cluster.ask(database, "DROP SCHEMA dga CASCADE");
  auto const put_back = dga::support::run({cluster.program("pg_restore"), "--no-owner", "-d", database, dump});
  REQUIRE_MESSAGE(put_back.exit_code == 0, put_back.err);
  auto const opened = must(lost.dga({"centre", "new-epoch", "--data", lost.centre, "--no-trust-list", "--json"}));
  CHECK(opened.at("epoch").get<std::uint64_t>() > 0);
  RunningCentre again(lost.centre);
  lost.check_settled(lost.sync_all(again));
  CHECK(lost.attendance() == before);
  CHECK(again.stop() == 0);
}
