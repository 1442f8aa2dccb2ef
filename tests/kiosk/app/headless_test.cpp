#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "shared/text/digit_code.h"
#include "tests/kiosk/desk/small_class.h"
#include "tests/support/process.h"

using namespace dga::desk_test;
using dga::support::Ended;
using dga::support::Process;
using nlohmann::json;

namespace {

// A kiosk's folder and passphrase file, and how the real program is started over it.
struct House {
  dga::support::TemporaryFolder folder;
  DoorClock clock;

  House() : House(small_pack()) {}
  explicit House(dga::v1::ClassPack const& pack) {
    make_kiosk(folder / "kiosk", pack, clock);
    write("passphrase", kPassphrase + "\n");
  }
  void write(std::string const& name, std::string const& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
  }
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {dga::support::bin("dga-kiosk"),
                                    "--headless",
                                    "--offline",
                                    "--data",
                                    folder / "kiosk",
                                    "--passphrase-file",
                                    folder / "passphrase",
                                    "--at",
                                    "2024-11-12T07:55:00+07:00"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

std::vector<json> answers(std::string const& out) {
  std::vector<json> all;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  return all;
}

// Every check-in of the log: participant by place. The kiosk must not be running.
std::map<std::uint64_t, std::uint64_t> check_ins(std::string const& kiosk_folder) {
  auto opened = dga::store::open_kiosk(kiosk_folder, kPassphrase);
  REQUIRE(opened.ok());
  std::map<std::uint64_t, std::uint64_t> found;
  REQUIRE(opened->store
              .replay(1,
                      [&](dga::store::StoredRecord const& stored) -> dga::base::Result<bool> {
                        dga::v1::Record record;
                        REQUIRE(record.ParseFromString(stored.bytes));
                        if (record.has_check_in()) found[stored.seq] = record.check_in().participant();
                        return true;
                      })
              .ok());
  return found;
}

}  // namespace

TEST_CASE("each line in has one line out, in order, with what issue and protocol promise") {
  House house;
  Ended const ended = dga::support::run(
      house.command(), badge(101) + "\n" + badge(101) + "\r\n" + badge(7'000'000'000) + "\n\nnonsense\n" +
                           badge(102).substr(0, 18) + "x\n" + card("079085009999") + "\n" + card(kCitizen101) + "\n" +
                           std::string(10'000, '9') + "\n" + badge(103));
  CHECK(ended.exit_code == 0);
  auto const all = answers(ended.out);
  REQUIRE(all.size() == 10);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i]["n"] == i + 1);

  CHECK(all[0]["result"] == "checked_in");
  CHECK(all[0]["participant"] == 101);
  CHECK(all[0]["known"] == true);
  CHECK(all[0]["session"] == 1);
  CHECK(all[0]["standing"] == "at_risk");
  CHECK(all[0]["attended"] == 1);
  CHECK(all[0]["of"] == 3);
  CHECK(all[0]["at"].get<std::string>().starts_with("2024-11-12T07:55:0"));
  CHECK(all[0]["at"].get<std::string>().ends_with("+07:00"));
  CHECK(all[1]["result"] == "already");
  CHECK(all[1]["seq"] == all[0]["seq"]);
  CHECK(all[2]["result"] == "checked_in");
  CHECK(all[2]["known"] == false);
  CHECK(all[3]["result"] == "not_a_badge");
  CHECK(all[4]["result"] == "not_a_badge");
  CHECK(all[5]["result"] == "not_a_badge");
  CHECK(all[6]["result"] == "unknown");
  CHECK(all[7]["result"] == "already");
  CHECK(all[8]["result"] == "not_a_badge");
  CHECK(all[9]["result"] == "checked_in");
  CHECK(all[9]["participant"] == 103);

  auto const recorded = check_ins(house.folder / "kiosk");
  CHECK(recorded.size() == 3);
  CHECK(recorded.at(all[0]["seq"]) == 101);
}

TEST_CASE("nothing of a person but a number goes out or into the diary") {
  House house;
  Ended const ended = dga::support::run(house.command({"--log-level", "debug"}),
                                        badge(101) + "\n" + card(kCitizen101) + "\n" + card("079085009999") + "\n");
  for (std::string const& private_word : {badge(101), kCitizen101, std::string("079085009999"),
                                          std::string("Người thứ"), std::string("Nguyễn Văn An"), kPassphrase}) {
    CHECK(ended.out.find(private_word) == std::string::npos);
    CHECK(ended.err.find(private_word) == std::string::npos);
  }
}

TEST_CASE("each answer comes before the next scan is made") {
  House house;
  Process kiosk(house.command());
  for (std::uint64_t participant = 101; participant <= 105; ++participant) {
    kiosk.write(badge(participant) + "\n");
    CHECK(json::parse(kiosk.read_line())["participant"] == participant);
  }
  kiosk.close_input();
  CHECK(kiosk.wait() == 0);
}

TEST_CASE("a thousand scans at once are a thousand answers in order") {
  House house;
  std::string scans;
  for (std::uint64_t i = 0; i < 1'000; ++i) scans += badge(1'000 + i) + "\n";
  Ended const ended = dga::support::run(house.command(), scans);
  CHECK(ended.exit_code == 0);
  auto const all = answers(ended.out);
  REQUIRE(all.size() == 1'000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i]["n"] == i + 1);
    CHECK(all[i]["participant"] == 1'000 + i);
    if (i > 0) CHECK(all[i]["seq"].get<std::uint64_t>() == all[i - 1]["seq"].get<std::uint64_t>() + 1);
  }
  CHECK(check_ins(house.folder / "kiosk").size() == 1'000);
}

TEST_CASE("start and stop are on record, and whose clock it was") {
  House house;
  CHECK(dga::support::run(house.command(), "").exit_code == 0);
  auto opened = dga::store::open_kiosk(house.folder / "kiosk", kPassphrase);
  REQUIRE(opened.ok());
  std::vector<dga::v1::Record> all;
  REQUIRE(opened->store
              .replay(2,
                      [&](dga::store::StoredRecord const& stored) -> dga::base::Result<bool> {
                        REQUIRE(all.emplace_back().ParseFromString(stored.bytes));
                        return true;
                      })
              .ok());
  REQUIRE(all.size() == 2);
  CHECK(all[0].kiosk_event().kind() == dga::v1::KioskEvent::STARTED);
  CHECK(all[1].kiosk_event().kind() == dga::v1::KioskEvent::STOPPED);
  CHECK(all[0].at().simulated());
  CHECK(all[0].class_id() == 0);
}

TEST_CASE("SIGTERM ends it well after all that was read is answered") {
  House house;
  Process kiosk(house.command());
  kiosk.write(badge(101) + "\n" + badge(102) + "\n");
  CHECK(json::parse(kiosk.read_line())["participant"] == 101);
  CHECK(json::parse(kiosk.read_line())["participant"] == 102);
  kiosk.signal(SIGTERM);
  CHECK(kiosk.wait() == 0);
  CHECK(check_ins(house.folder / "kiosk").size() == 2);
}

TEST_CASE("a reader that goes away ends it well, and what was scanned is kept") {
  House house;
  house.write("scans", [] {
    std::string scans;
    for (std::uint64_t i = 0; i < 5'000; ++i) scans += badge(1'000 + i) + "\n";
    return scans;
  }());
  std::string command;
  for (auto const& word : house.command()) command += "'" + word + "' ";
  std::string const script = "{ " + command + " < '" + (house.folder / "scans") + "'; echo $? > '" +
                             (house.folder / "code") + "'; } | head -n 3";
  Ended const ended = dga::support::run({"/bin/sh", "-c", script});
  CHECK(answers(ended.out).size() == 3);
  std::string code;
  std::ifstream(house.folder / "code") >> code;
  CHECK(code == "0");
  CHECK(check_ins(house.folder / "kiosk").size() >= 3);
}

TEST_CASE("a named pipe is a scanner, too") {
  House house;
  std::string const pipe = house.folder / "scanner";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  Process kiosk(house.command({"--scanner", "pipe:" + pipe}));
  std::ofstream(pipe) << badge(101) << "\n";
  CHECK(json::parse(kiosk.read_line())["participant"] == 101);
  std::ofstream(pipe) << badge(102) << "\n";
  CHECK(json::parse(kiosk.read_line())["participant"] == 102);
  kiosk.signal(SIGTERM);
  CHECK(kiosk.wait() == 0);
}

TEST_CASE("a store that another process holds is refused with exit code 1") {
  House house;
  Process first(house.command());
  first.write(badge(101) + "\n");
  REQUIRE_FALSE(first.read_line().empty());
  Ended const second = dga::support::run(house.command(), badge(102) + "\n");
  CHECK(second.exit_code == 1);
  CHECK(second.out.empty());
  CHECK_FALSE(second.err.empty());
  first.write(badge(103) + "\n");
  CHECK(json::parse(first.read_line())["participant"] == 103);
}

TEST_CASE("what cannot work is told with its exit code, and changes nothing") {
  House house;
  SUBCASE("a wrong passphrase") {
    house.write("passphrase", "wrong\n");
    Ended const ended = dga::support::run(house.command(), badge(101) + "\n");
    CHECK(ended.exit_code == 1);
    CHECK(ended.out.empty());
    CHECK_FALSE(ended.err.empty());
  }
  SUBCASE("no kiosk there") {
    Ended const ended =
        dga::support::run({dga::support::bin("dga-kiosk"), "--headless", "--data", house.folder / "elsewhere",
                           "--passphrase-file", house.folder / "passphrase"});
    CHECK(ended.exit_code == 1);
    CHECK(ended.err.find("elsewhere") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(house.folder / "elsewhere"));
  }
  SUBCASE("a damaged database") {
    std::string const file = house.folder / "kiosk/kiosk.db";
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2 + 100);
    Ended const ended = dga::support::run(house.command(), badge(101) + "\n");
    CHECK(ended.exit_code == 3);
    CHECK(ended.out.empty());
    CHECK_FALSE(ended.err.empty());
  }
  SUBCASE("not enrolled and without a class") {
    auto const random = dga::base::system_random();
    REQUIRE(dga::store::create_kiosk(house.folder / "new", kPassphrase, dga::crypto::minimal_cost(), "0.1.0",
                                     house.clock, *random)
                .ok());
    Ended const ended = dga::support::run({dga::support::bin("dga-kiosk"), "--headless", "--data", house.folder / "new",
                                           "--passphrase-file", house.folder / "passphrase"},
                                          badge(101) + "\n");
    CHECK(ended.exit_code == 1);
    CHECK(ended.err.find("enrol") != std::string::npos);
  }
  SUBCASE("no passphrase file") {
    Ended const ended = dga::support::run({dga::support::bin("dga-kiosk"), "--headless", "--data",
                                           house.folder / "kiosk", "--passphrase-file", house.folder / "nothing"});
    CHECK(ended.exit_code == 1);
  }
}

TEST_CASE("after kill -9 at any moment every printed check-in is there, and none is there twice") {
  constexpr int kRounds = 50;
  House house;
  std::mt19937 random(20241112);
  std::map<std::uint64_t, std::uint64_t> printed;  // seq -> participant
  std::uint64_t next = 10'000;
  for (int round = 0; round < kRounds; ++round) {
    Process kiosk(house.command());
    std::thread writer([&, first = next] {
      for (std::uint64_t i = 0; i < 400; ++i) kiosk.write(badge(first + i) + "\n");  // line by line: many commits
    });
    next += 200;  // half of them come again in the next round: those are "already", if they were durable
    std::vector<std::string> lines;
    // Now and then before the first answer: while it opens, recovers, or writes its start.
    std::size_t const read_first = round % 5 == 0 ? 0 : random() % 350;
    for (std::size_t i = 0; i < read_first; ++i) lines.push_back(kiosk.read_line());
    kiosk.signal(SIGKILL);
    for (auto& line : kiosk.read_to_end()) lines.push_back(std::move(line));
    writer.join();
    CHECK(kiosk.wait() == 128 + SIGKILL);
    for (std::string const& line : lines) {
      auto const answer = json::parse(line, nullptr, false);
      if (answer.is_discarded()) continue;  // cut by the kill
      printed[answer["seq"]] = answer["participant"];
    }
    auto const kept = check_ins(house.folder / "kiosk");
    for (auto const& [seq, participant] : printed) {
      INFO("round " << round << ", record " << seq);
      REQUIRE(kept.contains(seq));
      CHECK(kept.at(seq) == participant);
    }
    std::set<std::uint64_t> once;
    for (auto const& [seq, participant] : kept) CHECK(once.insert(participant).second);
  }
  CHECK(printed.size() > 1'000);
}

TEST_CASE("a receipt's code at the door has its answer in its turn, and checks nobody in") {
  House const house;
  auto const code = dga::text::write_digit_code('8', std::string(182, 'r'));
  auto const ended =
      dga::support::run(house.command(), badge(101) + "\n" + code + "\n" + badge(102) + "\n" + code + "\n");
  auto const said = answers(ended.out);
  REQUIRE(said.size() == 4);
  CHECK(said[0]["result"] == "checked_in");
  CHECK(said[1]["n"] == 2);
  CHECK(said[1]["result"] == "receipt");
  CHECK(said[1]["error"] == "kiosk.not_enrolled");  // this one is made by hand
  CHECK(said[2]["result"] == "checked_in");
  CHECK(said[3]["result"] == "receipt");
  CHECK(check_ins(house.folder / "kiosk").size() == 2);
}
