// kill -9 of the kiosk, at any moment: while it starts, records, has nothing to do, moves its log, ends.
#include <doctest/doctest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/faults/kill.h"

using namespace dga;
using kill_test::Acknowledged;
using nlohmann::json;

namespace {

constexpr int kScansARound = 12;

// Keeps an answer of the kiosk; what it says of somebody a second time must be what it said first.
void keep(std::string const& line, Acknowledged& acknowledged) {
  auto const told = json::parse(line);
  CAPTURE(line);
  bool const answered = told.at("result") == "checked_in" || told.at("result") == "already";
  REQUIRE(answered);
  auto const seq = told.at("seq").get<std::uint64_t>();
  auto const [known, first] = acknowledged.emplace(told.at("participant").get<std::uint64_t>(), seq);
  if (!first) CHECK(known->second == seq);
}

enum class Moment { kStart, kAnswers, kIdle, kEnd };
constexpr Moment kMoments[] = {Moment::kStart, Moment::kAnswers, Moment::kAnswers, Moment::kIdle, Moment::kEnd};
char const* const kNames[] = {"starting", "recording", "idle", "ending"};

void kill_once(support::Demo const& demo, Moment moment, std::mt19937& random, std::size_t& next,
               Acknowledged& acknowledged) {
  support::Process kiosk(demo.headless(1));
  std::string scans;
  for (int i = 0; i < kScansARound; ++i) {
    bool const again = next > 0 && random() % 4 == 0;
    auto const who = again ? random() % next : next++ % demo.badges().size();
    scans += demo.badges()[who].digits + "\n";
  }
  kiosk.write(scans);
  auto const listen = [&](std::size_t answers) {
    for (; answers > 0; --answers) {
      auto const line = kiosk.read_line();
      REQUIRE_MESSAGE(!line.empty(), "a kiosk that was killed before does not serve");
      keep(line, acknowledged);
    }
  };
  switch (moment) {
    case Moment::kStart: kill_test::some_moment(random, 30'000); break;
    case Moment::kAnswers: listen(random() % kScansARound); break;
    case Moment::kIdle:  // after the last answer the log is moved into the database
      listen(kScansARound);
      kill_test::some_moment(random, 5'000);
      break;
    case Moment::kEnd:
      listen(kScansARound);
      kiosk.close_input();
      kill_test::some_moment(random, 10'000);
      break;
  }
  kiosk.signal(SIGKILL);
  for (auto const& line : kiosk.read_to_end()) keep(line, acknowledged);
  kiosk.wait();
}

}  // namespace

TEST_CASE(
    "a kiosk killed at any moment keeps every check-in that it printed, each once, and the centre gets them all") {
  auto const rounds = kill_test::rounds(10, 250);
  auto const seed = kill_test::seed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  support::Demo const demo(rounds * kScansARound, 1, 5);
  kill_test::make_starts_cheap(demo, 1);
  Acknowledged acknowledged;
  std::map<Moment, int> kills;
  std::size_t next = 0;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    auto const moment = kMoments[random() % std::size(kMoments)];
    ++kills[moment];
    kill_once(demo, moment, random, next, acknowledged);
    auto kiosk = kill_test::open(demo, 1);
    for (auto const& broken : kill_test::broken_promises(acknowledged, kill_test::log_of(kiosk.store)))
      FAIL_CHECK(broken);
    auto const chain = kiosk.store.check_chain(1);
    CHECK(chain.ok());
  }
  REQUIRE(acknowledged.size() > static_cast<std::size_t>(rounds));

  support::RunningCentre centre(demo.path("centre"));
  CHECK(demo.sync(1, centre.address()).exit_code == 0);
  auto const list = json::parse(demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1", "--json"}).out);
  std::map<std::uint64_t, int> units;
  for (auto const& row : list.at("participants"))
    units[row.at("participant").get<std::uint64_t>()] = row.at("units").get<int>();
  for (auto const& [participant, seq] : acknowledged) CHECK(units[participant] == 2);
  auto const statement = json::parse(demo.dga({"reconcile", "--data", demo.path("centre"), "--json"}).out);
  CHECK(statement.at("closes") == true);
  CHECK(statement.at("recorded") == statement.at("accepted"));

  std::string moments;
  for (auto const& [moment, times] : kills)
    moments += std::string(moments.empty() ? "" : ", ") + std::to_string(times) + " " +
               kNames[static_cast<std::size_t>(moment)];
  MESSAGE("kiosk: ", rounds, " kills (", moments, "), seed ", seed, ": ", acknowledged.size(),
          " check-ins acknowledged, 0 lost, 0 twice");
}

TEST_CASE("negative control: a check-in acknowledged before it was kept, or kept twice, is seen") {
  auto const check_in = [](std::uint64_t seq, std::uint64_t participant) {
    v1::Record record;
    record.set_seq(seq);
    record.mutable_check_in()->set_participant(participant);
    record.mutable_check_in()->set_session(1);
    return record;
  };
  v1::Record opened;
  opened.set_seq(1);
  opened.mutable_log_opened();
  std::vector<v1::Record> const log{opened, check_in(2, 17), check_in(3, 18)};
  CHECK(kill_test::broken_promises({{17, 2}, {18, 3}}, log).empty());
  CHECK(kill_test::broken_promises({{17, 2}, {18, 3}, {19, 4}}, log).size() == 1);  // told, and gone with the kill
  CHECK(kill_test::broken_promises({{17, 3}}, log).size() == 1);                    // told another place
  CHECK(kill_test::broken_promises({}, {opened, check_in(2, 17), check_in(3, 17)}).size() == 1);
  CHECK(kill_test::broken_promises({}, {opened, check_in(3, 17)}).size() == 1);
}
