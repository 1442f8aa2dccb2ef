// kill -9 of the centre while a kiosk sends to it, and of the one who sends.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "sync/centre/keys.h"
#include "tests/faults/kill.h"

using namespace dga;
using nlohmann::json;

namespace {

struct Row {
  std::uint64_t seq = 0;
  base::Bytes hash;
  auto operator<=>(Row const&) const = default;
};

// What is wrong with what the centre holds of a log, when the kiosk was told `received_through`. `hashes`: the kiosk's
// own, h(1) first.
std::vector<std::string> broken_promises(std::vector<Row> const& rows, std::uint64_t received_through,
                                         std::vector<base::Bytes> const& hashes) {
  std::vector<std::string> broken;
  std::uint64_t next = 1;
  for (auto const& row : rows) {
    if (row.seq != next)
      broken.push_back(fmt::format("where record {} should be, the centre has {}", next, row.seq));
    else if (row.seq > hashes.size() || row.hash != hashes[row.seq - 1])
      broken.push_back(fmt::format("record {} is another at the centre", row.seq));
    next = row.seq + 1;
  }
  if (received_through >= next)
    broken.push_back(fmt::format("a receipt says {}, the centre has {}", received_through, next - 1));
  return broken;
}

std::vector<Row> rows_at_centre(std::string const& folder, base::LogId const& log) {
  auto const keys = centre::read_keys(folder);
  REQUIRE(keys.ok());
  auto opened = store::Database::open(folder + "/" + centre::kStoreFile, keys->database, {});
  if (!opened.ok()) FAIL(base::describe(opened.error()));
  auto query = opened->prepare("SELECT seq, hash FROM rows WHERE log = ? ORDER BY seq, hash");
  REQUIRE(query.ok());
  query->bind_bytes(1, log.view());
  std::vector<Row> rows;
  for (;;) {
    auto const row = query->step();
    if (!row.ok()) FAIL(base::describe(row.error()));
    if (!*row) return rows;
    rows.push_back({query->natural(0), base::Bytes(query->bytes(1))});
  }
}

// What the kiosk knows after a round.
struct Known {
  std::uint64_t received_through = 0;
  base::LogId log;
  std::vector<base::Bytes> hashes;
};
Known ask_kiosk(support::Demo const& demo) {
  auto kiosk = kill_test::open(demo, 1);
  Known known;
  known.log = kiosk.store.identity().log;
  auto const state = kiosk.store.sync_state();
  REQUIRE(state.ok());
  known.received_through = state->received_through;
  auto const take = [&](store::StoredRecord const& record) -> base::Result<bool> {
    known.hashes.push_back(record.hash.bytes());
    return true;
  };
  REQUIRE(kiosk.store.replay(1, take).ok());
  return known;
}

// Something to send: check-ins of people of the demo, and the clock's as it stands there.
void record_some(support::Demo const& demo, std::mt19937& random) {
  auto kiosk = kill_test::open(demo, 1);
  auto const clock = base::clock_starting_at(1'731'373'500'000);  // 2024-11-12T08:05 in Viet Nam
  std::vector<v1::Record> drafts;
  for (auto left = 1 + random() % 300; left > 0; --left) {
    auto& draft = drafts.emplace_back();
    draft.set_class_id(1);
    auto& check_in = *draft.mutable_check_in();
    check_in.set_participant(demo.badges()[random() % demo.badges().size()].participant);
    check_in.set_session(1);
    check_in.set_method(v1::BADGE);
  }
  auto const appended = kiosk.store.append(drafts, *clock);
  if (!appended.ok()) FAIL(base::describe(appended.error()));
}

enum class Victim { kStartingCentre, kCentre, kSender, kBoth };
constexpr Victim kVictims[] = {Victim::kStartingCentre, Victim::kCentre, Victim::kCentre,
                               Victim::kCentre,         Victim::kSender, Victim::kBoth};

}  // namespace

TEST_CASE("a centre killed at any moment has all that its receipts say, each record once, and its accounts close") {
  auto const rounds = kill_test::rounds(10, 250);
  auto const seed = kill_test::seed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  support::Demo const demo(100, 1, 6);
  kill_test::make_starts_cheap(demo, 1);
  std::uint64_t received = 0;
  int kills_of_centre = 0, kills_of_sender = 0, rounds_that_moved = 0;
  while (kills_of_centre < rounds) {
    CAPTURE(kills_of_centre);
    record_some(demo, random);
    auto const victim = kVictims[random() % std::size(kVictims)];
    auto const listen = "127.0.0.1:" + std::to_string(support::free_port());
    support::Process centre({support::bin("dga-centre"), "--data", demo.path("centre"), "--listen", listen});
    if (victim == Victim::kStartingCentre) {
      kill_test::some_moment(random, 20'000);
    } else {
      auto const greeting = centre.read_line();
      REQUIRE_MESSAGE(!greeting.empty(), "a centre that was killed before does not start");
      support::Process sender({support::bin("dga"), "kiosk", "sync", "--data", demo.kiosk(1), "--passphrase-file",
                               demo.passphrase_file(), "--centre", "http://" + listen, "--once", "--json"});
      // It takes some 40 ms to start, and some 10 for each batch.
      kill_test::some_moment(random, 300'000);
      if (victim == Victim::kCentre) centre.signal(SIGKILL);
      if (victim != Victim::kCentre) {
        sender.signal(SIGKILL);
        ++kills_of_sender;
      }
      sender.wait();
    }
    centre.signal(SIGKILL);
    ++kills_of_centre;
    centre.wait();

    auto const known = ask_kiosk(demo);
    CHECK(known.received_through >= received);
    if (known.received_through > received) ++rounds_that_moved;
    received = known.received_through;
    for (auto const& broken : broken_promises(rows_at_centre(demo.path("centre"), known.log), received, known.hashes))
      FAIL_CHECK(broken);
  }
  CHECK(rounds_that_moved > 0);

  support::RunningCentre centre(demo.path("centre"));
  CHECK(demo.sync(1, centre.address()).exit_code == 0);
  auto const statement = json::parse(demo.dga({"reconcile", "--data", demo.path("centre"), "--json"}).out);
  CHECK(statement.at("closes") == true);
  CHECK(statement.at("recorded") == statement.at("accepted"));
  CHECK(centre.stop() == 0);
  auto const known = ask_kiosk(demo);
  auto const rows = rows_at_centre(demo.path("centre"), known.log);
  CHECK(rows.size() == known.hashes.size());
  CHECK(broken_promises(rows, known.hashes.size(), known.hashes).empty());
  MESSAGE("centre: ", kills_of_centre, " kills, sender: ", kills_of_sender, ", seed ", seed, ": ", known.hashes.size(),
          " records, ", rounds_that_moved, " rounds acknowledged some, 0 lost, 0 twice, accounts close");
}

TEST_CASE("negative control: a receipt for what the centre lost, a record twice and another's record are seen") {
  std::vector<base::Bytes> const hashes{"a", "b", "c"};
  CHECK(broken_promises({{1, "a"}, {2, "b"}}, 2, hashes).empty());
  CHECK(broken_promises({{1, "a"}, {2, "b"}}, 3, hashes).size() == 1);
  CHECK(broken_promises({{1, "a"}, {2, "b"}, {2, "x"}}, 2, hashes).size() == 1);
  CHECK(broken_promises({{1, "a"}, {3, "c"}}, 1, hashes).size() == 1);
  CHECK(broken_promises({{1, "a"}, {2, "x"}}, 2, hashes).size() == 1);
}
