// A kiosk's folder is copied and both copies record on: nothing is lost, nothing counts twice, and both go on.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/demo.h"

using dga::support::Demo;
using dga::support::RunningCentre;
using nlohmann::json;

namespace {

std::string badges(Demo const& demo, std::size_t from, std::size_t count) {
  std::string scans;
  for (auto i = from; i < from + count; ++i) scans += demo.badges()[i].digits + "\n";
  return scans;
}

std::vector<std::string> results(std::string const& out) {
  std::vector<std::string> found;
  std::stringstream stream(out);
  for (std::string line; std::getline(stream, line);) found.push_back(json::parse(line).at("result"));
  return found;
}

json sync(Demo const& demo, int kiosk, RunningCentre const& centre) {
  auto const synced = demo.sync(kiosk, centre.address());
  REQUIRE_MESSAGE(synced.exit_code == 0, synced.err);
  auto told = json::parse(synced.out);
  CHECK(told.at("waiting") == 0);
  return told;
}

json statement(Demo const& demo, int expected_exit = 0) {
  auto const reconciled = demo.dga({"reconcile", "--data", demo.path("centre"), "--json"});
  CHECK_MESSAGE(reconciled.exit_code == expected_exit, reconciled.err);
  return json::parse(reconciled.out);
}

std::set<std::uint64_t> present(Demo const& demo) {
  auto const list = demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1", "--json"});
  REQUIRE_MESSAGE(list.exit_code == 0, list.err);
  std::set<std::uint64_t> found;
  auto const parsed = json::parse(list.out);
  for (auto const& row : parsed.at("participants"))
    if (row.at("sessions").at(0).at("units") == 2) found.insert(row.at("participant").get<std::uint64_t>());
  return found;
}

}  // namespace

TEST_CASE("two copies of one kiosk record on and the fork is named, all counts once and both statements close") {
  Demo const demo(60, 2, 11);
  REQUIRE(demo.scan(1, badges(demo, 0, 5)).exit_code == 0);
  // Kiosk 2 becomes a copy of kiosk 1; its own folder is put away.
  std::filesystem::remove_all(demo.kiosk(2));
  std::filesystem::copy(demo.kiosk(1), demo.kiosk(2), std::filesystem::copy_options::recursive);
  REQUIRE(demo.scan(1, badges(demo, 5, 10)).exit_code == 0);
  REQUIRE(demo.scan(2, badges(demo, 12, 10)).exit_code == 0);

  RunningCentre centre(demo.path("centre"));
  CHECK(sync(demo, 1, centre).at("logs") == 1);  // the first to arrive is the trunk
  CHECK(sync(demo, 2, centre).at("logs") == 2);
  auto forked = statement(demo);
  CHECK(forked.at("closes") == true);
  std::size_t forks = 0;
  std::set<std::string> logs;
  for (auto const& line : forked.at("logs")) {
    if (line.at("recorded") == 0) continue;
    forks += line.at("fork_at") != 0;
    logs.insert(line.at("log").get<std::string>());
    CHECK(line.at("waiting") == 0);
    CHECK(line.at("quarantined") == 0);
  }
  CHECK(forks == 1);
  CHECK(logs.size() == 3);  // the forked one, the child, and that of the folder that was put away

  // Both record on, in logs that no longer contradict each other.
  REQUIRE(demo.scan(1, badges(demo, 22, 3)).exit_code == 0);
  REQUIRE(demo.scan(2, badges(demo, 24, 3)).exit_code == 0);
  CHECK(sync(demo, 2, centre).at("logs") == 2);
  CHECK(sync(demo, 1, centre).at("logs") == 1);
  auto const after = statement(demo);
  CHECK(after.at("closes") == true);
  CHECK(after.at("waiting") == 0);
  CHECK(after.at("quarantined") == 0);
  std::size_t forks_after = 0;
  for (auto const& line : after.at("logs")) forks_after += line.at("fork_at") != 0;
  CHECK(forks_after == forks);

  std::set<std::uint64_t> expected;
  for (std::size_t i = 0; i < 27; ++i) expected.insert(demo.badges()[i].participant);
  CHECK(present(demo) == expected);

  // What the parent log says still counts at the door of the kiosk that goes on in a child, and so does what the other
  // copy recorded, once the class pack has brought it.
  sync(demo, 2, centre);
  auto const again = results(demo.scan(2, badges(demo, 0, 27)).out);
  REQUIRE(again.size() == 27);
  for (auto const& result : again) CHECK(result == "already");
  sync(demo, 1, centre);
  for (auto const& result : results(demo.scan(1, badges(demo, 0, 27)).out)) CHECK(result == "already");

  auto const checked = demo.dga({"store", "check", demo.kiosk(2), "--passphrase-file", demo.path("passphrase")});
  CHECK_MESSAGE(checked.exit_code == 0, checked.out);
}
