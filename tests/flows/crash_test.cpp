// kill -9 at random moments: every printed check-in is there after the restart, and reaches the centre once.
#include <doctest/doctest.h>
#include <signal.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/demo.h"

using dga::support::Demo;
using nlohmann::json;

TEST_CASE("a kiosk killed at random moments keeps every check-in that it printed and the centre gets each once") {
  constexpr unsigned kSeed = 4711;
  constexpr int kRounds = 50;
  MESSAGE("seed ", kSeed);
  std::mt19937 random(kSeed);
  Demo const demo(1200, 1, 5);
  std::map<std::uint64_t, std::uint64_t> printed;  // participant -> seq
  std::size_t next = 0;
  for (int round = 0; round < kRounds; ++round) {
    dga::support::Process kiosk(demo.headless(1));
    std::string scans;
    for (int i = 0; i < 24 && next < demo.badges().size(); ++i) scans += demo.badges()[next++].digits + "\n";
    kiosk.write(scans);
    // Dies while it works on what was written: after a random number of answers.
    for (std::size_t answers = random() % 24; answers > 0; --answers) {
      auto const line = kiosk.read_line();
      if (line.empty()) break;
      auto const told = json::parse(line);
      REQUIRE(told.at("result") == "checked_in");
      printed[told.at("participant").get<std::uint64_t>()] = told.at("seq").get<std::uint64_t>();
    }
    kiosk.signal(SIGKILL);
    for (auto const& line : kiosk.read_to_end()) {
      auto const told = json::parse(line);
      printed[told.at("participant").get<std::uint64_t>()] = told.at("seq").get<std::uint64_t>();
    }
    CHECK(kiosk.wait() == 128 + SIGKILL);
  }
  REQUIRE(printed.size() > 300);

  // After the restart each is "already", at the place that was printed.
  std::string again;
  std::map<std::uint64_t, std::string> badge_of;
  for (auto const& badge : demo.badges()) badge_of[badge.participant] = badge.digits;
  for (auto const& [participant, seq] : printed) again += badge_of.at(participant) + "\n";
  auto const scanned = demo.scan(1, again);
  REQUIRE(scanned.exit_code == 0);
  std::size_t at = 0;
  for (auto const& [participant, seq] : printed) {
    auto const end = scanned.out.find('\n', at);
    auto const told = json::parse(scanned.out.substr(at, end - at));
    at = end + 1;
    CHECK(told.at("result") == "already");
    CHECK(told.at("seq") == seq);
  }

  dga::support::RunningCentre centre(demo.path("centre"));
  CHECK(demo.sync(1, centre.address()).exit_code == 0);
  auto const list = json::parse(demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1", "--json"}).out);
  std::map<std::uint64_t, int> units;
  for (auto const& row : list.at("participants"))
    units[row.at("participant").get<std::uint64_t>()] = row.at("units").get<int>();
  for (auto const& [participant, seq] : printed) CHECK(units[participant] == 2);
  auto const statement = json::parse(demo.dga({"reconcile", "--data", demo.path("centre"), "--json"}).out);
  CHECK(statement.at("closes") == true);
  CHECK(statement.at("recorded") == statement.at("accepted"));
}
