// From a scan at the door to the attendance list at the centre, through the programs as people run them.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/demo.h"

using dga::support::Demo;
using dga::support::RunningCentre;
using nlohmann::json;

namespace {

constexpr unsigned kSeed = 20241112;

std::vector<json> lines_of(std::string const& out) {
  std::vector<json> lines;
  std::stringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

void copy_folder(std::string const& from, std::string const& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

std::string attendance(Demo const& demo, std::string const& centre, std::string const& form) {
  auto const list = demo.dga({"attendance", "--data", centre, "--class", "1", form});
  REQUIRE_MESSAGE(list.exit_code == 0, list.err);
  return list.out;
}

json statement(Demo const& demo, std::string const& centre) {
  auto const reconciled = demo.dga({"reconcile", "--data", centre, "--json"});
  CHECK_MESSAGE(reconciled.exit_code == 0, reconciled.err);
  return json::parse(reconciled.out);
}

}  // namespace

TEST_CASE("the list as people read it has a line a person, with the late marked and the names last") {
  Demo const demo(3, 1, 3);
  REQUIRE(demo.scan(1, demo.badges()[0].digits + "\n").exit_code == 0);
  RunningCentre running(demo.path("centre"));
  REQUIRE(demo.sync(1, running.address()).exit_code == 0);
  auto const list = demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1"});
  REQUIRE_MESSAGE(list.exit_code == 0, list.err);
  std::vector<std::string> lines;
  std::stringstream stream(list.out);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].find("1  2  0  0  0  0  0") != std::string::npos);
  CHECK(lines[2].find("2  0  0  0  0  0  0") != std::string::npos);
  for (std::size_t at = 0; at < 3; ++at) CHECK(lines[at + 1].ends_with(demo.badges()[at].name));
  CHECK(lines[4].starts_with("0 of 3 are eligible"));
}

TEST_CASE("a thousand scans at two kiosks and synced in any order and twice give the same list byte for byte") {
  Demo const demo(400, 2, 7);
  MESSAGE("seed ", kSeed);
  std::mt19937 random(kSeed);
  std::string scans[2];
  for (int i = 0; i < 1000; ++i) scans[random() % 2] += demo.badges()[random() % demo.badges().size()].digits + "\n";
  std::set<std::uint64_t> present;
  for (int kiosk = 1; kiosk <= 2; ++kiosk) {
    auto const scanned = demo.scan(kiosk, scans[kiosk - 1]);
    REQUIRE_MESSAGE(scanned.exit_code == 0, scanned.err);
    std::set<std::uint64_t> here;
    std::uint64_t n = 0;
    for (auto const& line : lines_of(scanned.out)) {
      CHECK(line.at("n") == ++n);
      bool const first = here.insert(line.at("participant").get<std::uint64_t>()).second;
      CHECK(line.at("result") == (first ? "checked_in" : "already"));
      CHECK(line.at("session") == 1);
    }
    CHECK(n == static_cast<std::uint64_t>(std::count(scans[kiosk - 1].begin(), scans[kiosk - 1].end(), '\n')));
    present.insert(here.begin(), here.end());
  }

  std::string lists[2];
  for (int order = 0; order < 2; ++order) {
    auto const centre = demo.scratch("centre-" + std::to_string(order));
    copy_folder(demo.path("centre"), centre);
    // Each order begins with kiosks that have sent nothing yet.
    for (int kiosk = 1; kiosk <= 2; ++kiosk)
      copy_folder(demo.kiosk(kiosk), demo.scratch("kept-" + std::to_string(kiosk)));
    RunningCentre running(centre);
    for (int round = 0; round < 2; ++round)
      for (int turn = 0; turn < 2; ++turn) {
        auto const synced = demo.sync(order == 0 ? turn + 1 : 2 - turn, running.address());
        REQUIRE_MESSAGE(synced.exit_code == 0, synced.err);
        auto const told = json::parse(synced.out);
        CHECK(told.at("waiting") == 0);
        if (round == 0)
          CHECK(told.at("acknowledged").get<int>() > 0);
        else
          CHECK(told.at("sent") == 0);
      }
    lists[order] = attendance(demo, centre, "--json");  // asked of the running centre
    CHECK(running.stop() == 0);
    CHECK(attendance(demo, centre, "--json") == lists[order]);  // and of its folder
    auto const closed = statement(demo, centre);
    CHECK(closed.at("closes") == true);
    CHECK(closed.at("waiting") == 0);
    CHECK(closed.at("quarantined") == 0);
    for (int kiosk = 1; kiosk <= 2; ++kiosk) {
      std::filesystem::remove_all(demo.kiosk(kiosk));
      std::filesystem::rename(demo.scratch("kept-" + std::to_string(kiosk)), demo.kiosk(kiosk));
    }
  }
  CHECK(lists[0] == lists[1]);

  auto const list = json::parse(lists[0]);
  CHECK(list.at("class") == 1);
  REQUIRE(list.at("participants").size() == 400);
  for (auto const& row : list.at("participants")) {
    bool const here = present.count(row.at("participant").get<std::uint64_t>()) == 1;
    REQUIRE(row.at("sessions").size() == 6);
    CHECK(row.at("sessions").at(0).at("units") == (here ? 2 : 0));
    CHECK(row.at("units") == (here ? 2 : 0));
    CHECK(row.at("eligible") == false);
  }
}

TEST_CASE("each result of a scan has its own word and leaves a record only where it should") {
  Demo const demo(12, 1, 3);
  auto const badge = [&](std::size_t i) { return demo.badges()[i].digits + "\n"; };
  std::string wrong_tag = demo.badges()[1].digits;
  // Other tag digits with check digits that agree: only the badge key tells.
  wrong_tag = "9000000000112345667";
  std::string const scans = badge(0) + badge(0) + wrong_tag + "\n" + "9000000004212345645\n" + "hello|world\n" +
                            std::string(10'000, '9') + "\n";
  auto const morning = lines_of(demo.scan(1, scans).out);
  REQUIRE(morning.size() == 6);
  CHECK(morning[0].at("result") == "checked_in");
  CHECK(morning[1].at("result") == "already");
  CHECK(morning[1].at("seq") == morning[0].at("seq"));
  CHECK(morning[2].at("result") == "bad_badge");
  CHECK(morning[3].at("result") == "bad_badge");
  CHECK(morning[4].at("result") == "not_a_badge");
  CHECK(morning[5].at("result") == "not_a_badge");
  auto const at = [&](std::size_t i, char const* time) {
    return lines_of(demo.scan(1, badge(i), time).out).at(0).at("result");
  };
  // The clock runs on while the program starts; the minute itself is the attendance rule's test.
  CHECK(at(2, "2024-11-12T08:14:00+07:00") == "checked_in");
  CHECK(at(3, "2024-11-12T08:15:01+07:00") == "late");
  CHECK(at(4, "2024-11-12T12:00:00+07:00") == "not_open");
  CHECK(at(5, "2024-11-11T12:00:00+07:00") == "not_open");
  CHECK(at(6, "2024-11-15T08:00:00+07:00") == "closed");
  // The one who is there already is told so after a restart too.
  CHECK(at(0, "2024-11-12T08:20:00+07:00") == "already");
}

TEST_CASE("a kiosk whose store another process holds refuses to start") {
  Demo const demo(3, 1, 3);
  dga::support::Process first(demo.headless(1));
  first.write(demo.badges()[0].digits + "\n");
  CHECK_FALSE(first.read_line().empty());
  auto const second = demo.scan(1, demo.badges()[1].digits + "\n");
  CHECK(second.exit_code == 1);
  CHECK(second.out.empty());
  CHECK_FALSE(second.err.empty());
}
