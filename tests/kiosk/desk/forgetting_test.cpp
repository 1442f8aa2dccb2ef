// The desk after records of its log were wiped: what it says of people comes from the pack then.
#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using dga::flow::Verdict;
namespace v1 = dga::v1;
namespace store = dga::store;

namespace {

constexpr std::int64_t kDay = 24LL * 3'600'000;

void centre_says(Door& door, std::int64_t centre_ms) {
  v1::Record record;
  record.mutable_time_sample()->set_centre_ms(centre_ms);
  REQUIRE(door.kiosk->store.append({record}, door.clock).ok());
}
void all_is_durable(Door& door) {
  auto const head = door.records();
  REQUIRE(door.kiosk->store.put_sync_state({.received_through = head, .durable_through = head}).ok());
}
std::uint64_t wipe(Door& door) {
  std::uint64_t sum = 0;
  auto const centre_ms = door.kiosk->store.centre_time_ms(door.clock);
  for (bool more = true; more;) {
    auto const wiped = door.kiosk->store.wipe(door.desk->needed_from(*centre_ms), door.clock);
    REQUIRE(wiped.ok());
    sum += wiped->records;
    more = wiped->more;
  }
  return sum;
}
// What the centre would send: the pack with the check-ins of the log that are not voided.
v1::ClassPack pack_with_facts(Door& door, std::uint64_t version) {
  auto pack = small_pack(version);
  // The class runs for months: its last session is far away.
  pack.mutable_class_()->mutable_sessions(2)->set_start_ms(at_hour(8, 0, 13) + 90 * kDay);
  pack.mutable_class_()->mutable_sessions(2)->set_end_ms(at_hour(11, 30, 13) + 90 * kDay);
  std::vector<std::uint64_t> voided;
  auto const log = door.log();
  for (auto const& record : log)
    if (record.has_void_()) voided.push_back(record.void_().seq());
  for (auto const& record : log) {
    if (!record.has_check_in() || std::count(voided.begin(), voided.end(), record.seq()) > 0) continue;
    auto& fact = *pack.add_facts();
    fact.set_participant(record.check_in().participant());
    fact.set_session(record.check_in().session());
    fact.set_at_ms(record.at().wall_ms());
    fact.set_log_id(door.kiosk->store.identity().log.bytes());
    fact.set_seq(record.seq());
  }
  return pack;
}
void keep(Door& door, v1::ClassPack const& pack) {
  REQUIRE(door.kiosk->store.keep_pack(pack.pack_version(), pack.SerializeAsString()).ok());
  REQUIRE(door.desk->reload_pack().ok());
}

// 101 came to both sessions, late to the second; 102 to the first; 103's check-in was voided.
struct Worked : Door {
  Worked() {
    centre_says(*this, clock.wall);
    scan(badge(101));
    scan(badge(102));
    auto const wrong = scan(badge(103));
    v1::Record voided;
    voided.set_class_id(1);
    voided.set_staff(1);
    voided.mutable_void_()->set_log_id(kiosk->store.identity().log.bytes());
    voided.mutable_void_()->set_seq(wrong.seq);
    REQUIRE(kiosk->store.append({voided}, clock).ok());
    clock.wall = at_hour(14, 0);
    clock.mono += 6 * 3'600'000;
    scan(badge(101));
    centre_says(*this, clock.wall);
  }
};

struct Said {
  Verdict verdict;
  std::uint32_t attended, n;
  std::int64_t at_ms;
  dga::course::Standing standing;
  bool operator==(Said const&) const = default;
};
std::vector<Said> all_said(Door& door) {
  std::vector<Said> said;
  for (std::uint64_t who : {101, 102}) {
    for (auto const at : {at_hour(8, 5), at_hour(14, 5)}) {
      if (who == 102 && at == at_hour(14, 5)) continue;
      door.clock.wall = at;
      auto const outcome = door.scan(badge(who));
      said.push_back({outcome.verdict, outcome.attended, outcome.n, outcome.at_ms, outcome.standing});
    }
  }
  return said;
}

}  // namespace

TEST_CASE("a kiosk whose old records were wiped says the same of everybody, also after a restart") {
  Worked door;
  keep(door, pack_with_facts(door, 6));
  auto const before = all_said(door);
  for (auto const& said : before) REQUIRE(said.verdict == Verdict::kAlready);
  door.clock.wall = at_hour(14, 10);
  auto const present = door.desk->presence();
  centre_says(door, door.clock.wall + 31 * kDay);
  all_is_durable(door);
  CHECK(wipe(door) == 5);  // four check-ins and the void
  CHECK(all_said(door) == before);
  door.open();
  CHECK(all_said(door) == before);
  door.clock.wall = at_hour(14, 10);
  CHECK(door.desk->presence().in_session == present.in_session);
  // The voided one is not back.
  door.clock.wall = at_hour(8, 20);
  CHECK(door.scan(badge(103)).verdict == Verdict::kLate);
}

TEST_CASE("what no pack knows of is not wiped while the class goes on") {
  Worked door;
  auto pack = pack_with_facts(door, 6);
  pack.clear_facts();
  keep(door, pack);
  auto const before = all_said(door);
  centre_says(door, door.clock.wall + 31 * kDay);
  all_is_durable(door);
  CHECK(door.desk->needed_from(std::nullopt).has_value());
  CHECK(wipe(door) == 0);
  door.open();
  CHECK(all_said(door) == before);
  SUBCASE("but when it is over") {
    centre_says(door, door.clock.wall + 200 * kDay);
    all_is_durable(door);
    CHECK(wipe(door) == 5);
  }
  SUBCASE("and a pack with some of them lets go of those") {
    pack.set_pack_version(7);
    auto& fact = *pack.add_facts();
    fact.set_participant(102);
    fact.set_session(1);
    fact.set_log_id(door.kiosk->store.identity().log.bytes());
    fact.set_seq(door.log()[3].seq());
    keep(door, pack);
    CHECK(wipe(door) == 2);
  }
}

TEST_CASE("a check-in made since the pack came is needed") {
  Door door;
  CHECK_FALSE(door.desk->needed_from(std::nullopt));
  auto const first = door.scan(badge(101));
  door.scan(badge(102));
  CHECK(door.desk->needed_from(std::nullopt)->seq == first.seq);
  CHECK(door.desk->needed_from(at_hour(11, 0, 13))->seq == first.seq);
  CHECK_FALSE(door.desk->needed_from(at_hour(12, 0, 13)));
}

TEST_CASE("records of another class hold nothing back") {
  Worked door;
  auto pack = small_pack(6);
  pack.mutable_class_()->set_id(2);
  keep(door, pack);
  CHECK_FALSE(door.desk->needed_from(std::nullopt));
  centre_says(door, door.clock.wall + 31 * kDay);
  all_is_durable(door);
  CHECK(wipe(door) == 5);
}
