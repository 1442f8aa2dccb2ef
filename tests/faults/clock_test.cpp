// A clock that jumps: 20 years either way, back by a second, a new boot. The log's order is its seq, stamps stay as the
// clock gave them, nobody who came is turned away or forgotten because of it.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "shared/base/random.h"
#include "shared/course/local_time.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/https.h"
#include "tests/faults/kill.h"
#include "tests/kiosk/desk/small_class.h"

using namespace dga;
using desk_test::Door;
using nlohmann::json;

namespace {

constexpr std::int64_t kTwentyYears = 20LL * 365 * 86'400'000;

struct Stamped {
  std::int64_t wall = 0;
  std::uint64_t mono = 0;
  std::string boot;
};
Stamped now(Door const& door) { return {door.clock.wall, door.clock.mono, door.clock.boot}; }

// What is wrong with a log whose check-ins were made at these times, in this order.
std::vector<std::string> broken_promises(std::vector<v1::Record> const& log, std::vector<Stamped> const& made) {
  std::vector<std::string> broken;
  std::uint64_t seq = 0;
  std::size_t check_ins = 0;
  std::map<std::string, std::uint32_t> boots;
  std::uint32_t last_boot = 0;
  for (auto const& record : log) {
    if (record.seq() != ++seq) broken.push_back("a record is not in its place");
    if (record.at().boot() < last_boot) broken.push_back("boots are counted backwards");
    last_boot = record.at().boot();
    if (!record.has_check_in()) continue;
    if (check_ins == made.size()) return {"a check-in that nobody made"};
    auto const& stamp = made[check_ins++];
    if (record.at().wall_ms() != stamp.wall || record.at().mono_ms() != stamp.mono)
      broken.push_back("a stamp is not as the clock gave it");
    if (boots.emplace(stamp.boot, record.at().boot()).first->second != record.at().boot())
      broken.push_back("one boot has two numbers");
  }
  if (check_ins != made.size()) broken.push_back("a check-in is missing");
  std::set<std::uint32_t> numbers;
  for (auto const& [boot, number] : boots)
    if (!numbers.insert(number).second) broken.push_back("two boots have one number");
  return broken;
}

void expect_whole(Door& door, std::vector<Stamped> const& made) {
  for (auto const& broken : broken_promises(door.log(), made)) FAIL_CHECK(broken);
  CHECK(door.kiosk->store.check_chain(1).ok());
}

// The machine's own clock, its wall time set wrong.
struct WrongClock final : base::Clock {
  std::unique_ptr<base::Clock> right = base::system_clock();
  std::int64_t ahead_ms = 0;
  std::int64_t wall_ms() const override { return right->wall_ms() + ahead_ms; }
  std::uint64_t mono_ms() const override { return right->mono_ms(); }
  std::string boot_id() const override { return right->boot_id(); }
};

// A centre that runs, with a real class whose session began two minutes ago, and a kiosk that was enrolled for it.
struct Today {
  support::TemporaryFolder folder;
  std::optional<support::RunningCentre> centre;

  Today() {
    std::ifstream file(std::string(DGA_SOURCE_DIR) + "/assets/demo/class.json");
    auto a_class = json::parse(file);
    a_class["id"] = 2;
    a_class["rehearsal"] = false;
    a_class["sessions"] = json::array({a_class["sessions"][0]});
    auto const began = base::system_clock()->wall_ms() - 2 * 60'000;
    a_class["sessions"][0]["start"] = course::write_instant(began, "Asia/Ho_Chi_Minh");
    a_class["sessions"][0]["end"] = course::write_instant(began + 3 * 3'600'000, "Asia/Ho_Chi_Minh");
    write("class.json", a_class.dump());
    write("roster.csv", "Họ và tên,Đơn vị công tác\nNguyễn Văn An,Sở Nội vụ\nTrần Thị Bình,Sở Y tế\n");
    write("passphrase", desk_test::kPassphrase);

    dga({"centre", "init", "--data", path("centre")});
    centre.emplace(path("centre"));
    dga({"class", "create", path("class.json"), "--data", path("centre")});
    dga({"class", "import", "--data", path("centre"), "--class", "2", "--roster", path("roster.csv"), "--confirm"});
    auto const code = json::parse(dga({"kiosk", "code", "--data", path("centre"), "--class", "2", "--name", "1",
                                       "--address", centre->address(), "--json"}));
    auto const digits = json::parse(dga({"kiosk", "enrol", "--data", path("kiosk"), "--passphrase-file",
                                         path("passphrase"), "--ticket-file", "-", "--name", "1", "--json"},
                                        code.at("ticket").get<std::string>() + "\n"));
    dga({"kiosk", "confirm", "--data", path("centre"), "--code", code.at("code_id"), "--digits", digits.at("digits")});
  }
  std::string path(std::string const& name) const { return folder / name; }
  void write(std::string const& name, std::string const& text) const {
    REQUIRE(base::write_file(path(name), text, base::FileAccess::kOwnerOnly).ok());
  }
  std::string dga(std::vector<std::string> arguments, std::string const& input = {}) const {
    arguments.insert(arguments.begin(), support::bin("dga"));
    auto const ended = support::run(arguments, input);
    REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
    return ended.out;
  }
  void sync(store::OpenKiosk& kiosk, base::Clock const& clock) const {
    agent::set_up_network_threads();
    auto transport = agent::https_transport(centre->address());
    auto const pinned = agent::read_pinned(kiosk.store);
    REQUIRE((transport.ok() && pinned.ok()));
    auto const random = base::system_random();
    agent::StoreOutbox outbox(kiosk.store, clock);
    auto const outcome = agent::sync_once({outbox, **transport, clock, *random, *pinned, kiosk.signing, kiosk.box});
    if (outcome.problem) FAIL(base::describe(*outcome.problem));
    CHECK(outcome.waiting == 0);
  }
  json session_of(std::size_t person) const {
    auto const list = json::parse(dga({"attendance", "--data", path("centre"), "--class", "2", "--json"}));
    return list.at("participants").at(person).at("sessions").at(0);
  }
};

}  // namespace

TEST_CASE("people come while the clock jumps, and each is kept in order with the stamp that the clock gave") {
  Door door;
  std::vector<Stamped> made;
  auto const comes = [&](std::uint64_t participant) {
    CAPTURE(participant);
    auto const outcome = door.scan(desk_test::badge(participant));
    CHECK(outcome.verdict == flow::Verdict::kCheckedIn);
    CHECK(outcome.at_ms == door.clock.wall);
    made.push_back(now(door));
  };
  comes(101);
  door.clock.wall -= 1'000;  // back by a second
  door.clock.mono += 50;
  comes(102);
  CHECK(door.scan(desk_test::badge(101)).verdict == flow::Verdict::kAlready);

  // Far away no session is open: that is said, and nothing is recorded.
  for (auto const jump : {kTwentyYears, -kTwentyYears}) {
    auto const before = door.clock.wall;
    door.clock.wall += jump;
    auto const outcome = door.scan(desk_test::badge(103));
    bool const refused = outcome.verdict == flow::Verdict::kClosed || outcome.verdict == flow::Verdict::kNotOpen;
    CHECK(refused);
    CHECK(outcome.seq == 0);
    door.open();
    door.clock.wall = before;
  }
  CHECK(door.scan(desk_test::badge(102)).verdict == flow::Verdict::kAlready);
  comes(103);

  door.clock.boot = "second boot";  // monotonic time begins anew, the clock went back by an hour without its battery
  door.clock.mono = 12;
  door.clock.wall -= 30 * 60'000;
  door.open();
  CHECK(door.scan(desk_test::badge(103)).verdict == flow::Verdict::kAlready);
  comes(104);
  door.open();
  expect_whole(door, made);
}

TEST_CASE("whatever way the clock jumps between a thousand records, they stand by seq with raw stamps") {
  constexpr std::uint64_t kSeed = 20;
  CAPTURE(kSeed);
  auto const random = base::seeded_random(kSeed);
  Door door;
  std::vector<Stamped> made;
  for (int step = 0; step < 1'000; ++step) {
    switch (random->below(12)) {
      case 0: door.clock.wall += kTwentyYears; break;
      case 1: door.clock.wall -= kTwentyYears; break;
      case 2: door.clock.wall -= 1'000; break;
      case 3:
        door.clock.boot = "boot " + std::to_string(step);
        door.clock.mono = random->below(50);
        break;
      case 4:
        if (random->below(20) == 0) door.open();
        break;
      default: door.clock.wall += static_cast<std::int64_t>(random->below(60'000)); break;
    }
    door.clock.mono += random->below(5'000);
    v1::Record draft;
    draft.set_class_id(1);
    draft.mutable_check_in()->set_participant(101);
    draft.mutable_check_in()->set_session(1);
    draft.mutable_check_in()->set_method(v1::BADGE);
    auto const appended = door.kiosk->store.append({draft}, door.clock);
    REQUIRE(appended.ok());
    made.push_back(now(door));
  }
  CHECK(door.records() >= made.size() + 1);
  expect_whole(door, made);
  door.open();
  expect_whole(door, made);
}

TEST_CASE("negative control: a record dropped, put in order of the clock or stamped anew is seen") {
  Door door;
  std::vector<Stamped> made;
  for (std::uint64_t participant : {101U, 102U, 103U}) {
    door.clock.wall -= 1'000;
    REQUIRE(door.scan(desk_test::badge(participant)).seq != 0);
    made.push_back(now(door));
  }
  auto const log = door.log();
  REQUIRE(broken_promises(log, made).empty());
  auto dropped = log;
  dropped.pop_back();
  CHECK_FALSE(broken_promises(dropped, made).empty());
  auto by_clock = log;
  std::swap(by_clock[1], by_clock.back());
  CHECK_FALSE(broken_promises(by_clock, made).empty());
  auto corrected = log;
  corrected.back().mutable_at()->set_wall_ms(made.front().wall);
  CHECK_FALSE(broken_promises(corrected, made).empty());
}

TEST_CASE("the program itself keeps order and everybody over jumps of its clock, and the centre's accounts close") {
  support::Demo const demo(5, 1, 3);
  kill_test::make_starts_cheap(demo, 1);
  std::map<std::uint64_t, std::uint64_t> printed;  // participant -> seq
  auto const scan = [&](std::size_t who, char const* at) {
    auto const ended = demo.scan(1, demo.badges()[who].digits + "\n", at);
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return json::parse(ended.out);
  };
  auto const comes = [&](std::size_t who, char const* at) {
    auto const told = scan(who, at);
    CHECK(told.at("result") == "checked_in");
    auto const seq = told.at("seq").get<std::uint64_t>();
    for (auto const& [other, earlier] : printed) CHECK(seq > earlier);
    printed[demo.badges()[who].participant] = seq;
  };
  comes(0, support::kFirstMorning);
  comes(1, "2024-11-12T07:54:59+07:00");
  CHECK(scan(2, "2044-11-12T07:55:00+07:00").at("result") == "closed");
  CHECK(scan(2, "2004-11-12T07:55:00+07:00").at("result") == "not_open");
  comes(2, "2024-11-12T07:40:00+07:00");
  for (std::size_t who = 0; who < 3; ++who) {
    auto const told = scan(who, "2024-11-12T08:10:00+07:00");
    CHECK(told.at("result") == "already");
    CHECK(told.at("seq") == printed.at(demo.badges()[who].participant));
  }
  support::RunningCentre centre(demo.path("centre"));
  CHECK(demo.sync(1, centre.address()).exit_code == 0);
  auto const statement = json::parse(demo.dga({"reconcile", "--data", demo.path("centre"), "--json"}).out);
  CHECK(statement.at("closes") == true);
  CHECK(statement.at("recorded") == statement.at("accepted"));
}

TEST_CASE(
    "the centre counts who came to a kiosk whose clock is wrong in the right session, and says how closely it knows") {
  Today today;
  auto opened = store::open_kiosk(today.path("kiosk"), desk_test::kPassphrase);
  REQUIRE(opened.ok());
  auto& kiosk = *opened;
  WrongClock clock;
  clock.ahead_ms = -31 * 60'000;
  today.sync(kiosk, clock);  // brings the class, and leaves a time sample

  auto const before_ms = clock.right->wall_ms();
  auto const badges = support::read_csv(today.dga({"class", "badges", "--data", today.path("centre"), "--class", "2"}));
  auto desk = desk::Desk::open(kiosk.store, clock);
  REQUIRE(desk.ok());
  auto const outcomes = desk->serve({desk::ByScan{badges.at(0).at(0)}});
  REQUIRE(outcomes.ok());
  CHECK(outcomes->front().verdict == flow::Verdict::kCheckedIn);
  // By the centre's time, which the sync brought; the stamp stays the clock's.
  constexpr std::int64_t kOneRoundTrip = 5'000;
  CHECK(outcomes->front().at_ms >= before_ms - kOneRoundTrip);
  CHECK(outcomes->front().at_ms <= clock.right->wall_ms() + kOneRoundTrip);
  // Twenty years off, too.
  clock.ahead_ms = -kTwentyYears;
  auto const later = desk->serve({desk::ByScan{badges.at(1).at(0)}});
  REQUIRE(later.ok());
  CHECK(later->front().verdict == flow::Verdict::kCheckedIn);
  auto const after_ms = clock.right->wall_ms();
  today.sync(kiosk, clock);

  for (std::size_t person : {0U, 1U}) {
    CAPTURE(person);
    auto const told = today.session_of(person);
    CAPTURE(told.dump());
    CHECK(told.at("units") == 2);
    CHECK(told.at("late") == false);
    REQUIRE(told.contains("within_ms"));
    auto const within_ms = told.at("within_ms").get<std::int64_t>();
    auto const at_ms = course::read_instant(told.at("at").get<std::string>()).value();  // to the second, rounded down
    CHECK(at_ms + 1'000 + within_ms >= before_ms);
    CHECK(at_ms - within_ms <= after_ms);
    auto const by_kiosk_ms = course::read_instant(told.at("at_by_kiosk").get<std::string>()).value();
    CHECK(at_ms - by_kiosk_ms > 30 * 60'000);
    CHECK(told.at("note_en").get<std::string>().find("corrected, to within") != std::string::npos);
    CHECK(told.at("note_vi").get<std::string>().find("sai số không quá") != std::string::npos);
  }
}
