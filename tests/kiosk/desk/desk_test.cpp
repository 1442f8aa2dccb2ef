#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using dga::desk::ByName;
using dga::desk::ByScan;
using dga::desk::Visit;
using dga::flow::Outcome;
using dga::flow::Verdict;
namespace v1 = dga::v1;

TEST_CASE("a badge in the session's window is checked in and recorded") {
  Door door;
  Outcome const outcome = door.scan(badge(102));
  CHECK(outcome.verdict == Verdict::kCheckedIn);
  CHECK(outcome.participant == 102);
  CHECK(outcome.known);
  CHECK(outcome.name == "Người thứ 102");
  CHECK(outcome.agency == "Sở Nội vụ");
  CHECK(outcome.session == 1);
  CHECK(outcome.at_ms == at_hour(7, 55));
  CHECK(outcome.attended == 1);
  CHECK(outcome.n == 3);
  CHECK(outcome.seq == door.records());

  v1::Record const record = door.log().back();
  CHECK(record.seq() == outcome.seq);
  CHECK(record.class_id() == 1);
  CHECK(record.pack_version() == 5);
  CHECK(record.staff() == 0);
  CHECK(record.at().wall_ms() == at_hour(7, 55));
  CHECK_FALSE(record.at().simulated());
  CHECK(record.check_in().participant() == 102);
  CHECK(record.check_in().session() == 1);
  CHECK(record.check_in().method() == v1::BADGE);
  CHECK_FALSE(record.check_in().unrostered());
}

TEST_CASE("a second scan is already there and writes nothing") {
  Door door;
  Outcome const first = door.scan(badge(102));
  auto const records = door.records();
  door.clock.wall = at_hour(9, 30);
  Outcome const second = door.scan(badge(102));
  CHECK(second.verdict == Verdict::kAlready);
  CHECK(second.seq == first.seq);
  CHECK(second.at_ms == at_hour(7, 55));
  CHECK(second.session == 1);
  CHECK(second.attended == 1);
  CHECK(door.records() == records);
}

TEST_CASE("the same badge twice in one call is one record, and both know its place") {
  Door door;
  auto const outcomes = door.desk->serve({ByScan{badge(101)}, ByScan{badge(102)}, ByScan{badge(101)}, ByName{101}});
  REQUIRE(outcomes.ok());
  auto const& all = *outcomes;
  CHECK(all[0].verdict == Verdict::kCheckedIn);
  CHECK(all[1].verdict == Verdict::kCheckedIn);
  CHECK(all[2].verdict == Verdict::kAlready);
  CHECK(all[3].verdict == Verdict::kAlready);
  CHECK(all[2].seq == all[0].seq);
  CHECK(all[3].seq == all[0].seq);
  CHECK(all[2].at_ms == all[0].at_ms);
  CHECK(all[1].seq == all[0].seq + 1);
  CHECK(door.records() == all[1].seq);
}

TEST_CASE("after the grace one is late, and earlier not") {
  Door door;
  door.clock.wall = at_hour(8, 15);
  CHECK(door.scan(badge(101)).verdict == Verdict::kCheckedIn);
  door.clock.wall += 1;
  CHECK(door.scan(badge(102)).verdict == Verdict::kLate);
}

TEST_CASE("outside the windows nothing is recorded, and one is told what comes next") {
  Door door;
  auto const records = door.records();
  SUBCASE("before the first session opens") {
    door.clock.wall = at_hour(7, 0) - 1;
    Outcome const outcome = door.scan(badge(101));
    CHECK(outcome.verdict == Verdict::kNotOpen);
    CHECK(outcome.session == 1);
    CHECK(outcome.opens_at_ms == at_hour(7, 0));
    CHECK(outcome.participant == 101);
  }
  SUBCASE("between two sessions") {
    door.clock.wall = at_hour(11, 30) + 1;
    Outcome const outcome = door.scan(badge(101));
    CHECK(outcome.verdict == Verdict::kNotOpen);
    CHECK(outcome.session == 2);
    CHECK(outcome.opens_at_ms == at_hour(12, 30));
  }
  SUBCASE("after the last session") {
    door.clock.wall = at_hour(11, 30, 13) + 1;
    CHECK(door.scan(badge(101)).verdict == Verdict::kClosed);
  }
  CHECK(door.records() == records);
}

TEST_CASE("the last millisecond of a session counts") {
  Door door;
  door.clock.wall = at_hour(11, 30);
  Outcome const outcome = door.scan(badge(101));
  CHECK(outcome.verdict == Verdict::kLate);
  CHECK(outcome.attended == 1);
}

TEST_CASE("a badge that verifies but is in no roster here is accepted without a name") {
  Door door;
  Outcome const outcome = door.scan(badge(9'999'999'999));
  CHECK(outcome.verdict == Verdict::kCheckedIn);
  CHECK_FALSE(outcome.known);
  CHECK(outcome.name.empty());
  CHECK(outcome.attended == 1);
  CHECK(door.log().back().check_in().unrostered());
  CHECK(door.scan(badge(9'999'999'999)).verdict == Verdict::kAlready);
}

TEST_CASE("badges whose digits disagree are told from what is none") {
  Door door;
  auto const records = door.records();
  std::string wrong_check = badge(101);
  wrong_check.back() = wrong_check.back() == '0' ? '1' : '0';
  CHECK(door.scan(wrong_check).verdict == Verdict::kBadBadge);
  auto const other_tag = dga::text::write_badge({101, (dga::crypto::badge_tag(kBadgeKey, 101) + 1) % 1'000'000});
  CHECK(door.scan(other_tag).verdict == Verdict::kBadBadge);
  CHECK(door.scan(other_tag).participant == 0);
  for (std::string const& text :
       {std::string(), std::string("abc"), badge(101).substr(1), badge(101) + "0", " " + badge(101),
        std::string(10'000, '9'), std::string(19, '\0'), std::string("\xff\xfe\x80"),
        std::string("9\0000000000112345667", 19), "https://example.org/" + badge(101), std::string(5'000, '|')})
    CHECK(door.scan(text).verdict == Verdict::kNotABadge);
  CHECK(door.records() == records);
}

TEST_CASE("a citizen card finds its holder, and nothing of it is kept") {
  Door door;
  Outcome const outcome = door.scan(card(kCitizen101));
  CHECK(outcome.verdict == Verdict::kCheckedIn);
  CHECK(outcome.participant == 101);
  v1::Record const record = door.log().back();
  CHECK(record.check_in().method() == v1::CITIZEN_CARD);
  CHECK(record.SerializeAsString().find(kCitizen101) == std::string::npos);

  CHECK(door.scan(card("079085009999")).verdict == Verdict::kUnknown);
  CHECK(door.scan(card("079085009999")).participant == 0);
}

TEST_CASE("without its keys a pack makes no badge good and finds no card") {
  auto pack = small_pack();
  pack.clear_badge_key();
  pack.clear_citizen_key();
  Door door(pack);
  CHECK(door.scan(badge(101)).verdict == Verdict::kBadBadge);
  CHECK(door.scan(card(kCitizen101)).verdict == Verdict::kUnknown);
}

TEST_CASE("a name checks in by number, an unknown number is nobody") {
  Door door;
  Outcome const outcome = door.serve(ByName{103});
  CHECK(outcome.verdict == Verdict::kCheckedIn);
  CHECK(door.log().back().check_in().method() == v1::NAME);
  CHECK(door.serve(ByName{999}).verdict == Verdict::kUnknown);
  CHECK(door.serve(ByName{0}).verdict == Verdict::kUnknown);
}

TEST_CASE("a simulated clock says so on the record") {
  Door door;
  door.clock.at_another_time = true;
  door.scan(badge(101));
  CHECK(door.log().back().at().simulated());
}

TEST_CASE("simulated check-ins count again only in a rehearsal") {
  for (bool const rehearsal : {true, false}) {
    CAPTURE(rehearsal);
    auto pack = small_pack();
    pack.mutable_class_()->set_rehearsal(rehearsal);
    Door door(pack);
    door.clock.at_another_time = true;
    door.open();
    door.scan(badge(101));
    CHECK(door.scan(badge(101)).verdict ==
          Verdict::kAlready);  // while the clock is simulated it does not contradict itself
    door.clock.at_another_time = false;
    door.open();
    CHECK(door.scan(badge(101)).verdict == (rehearsal ? Verdict::kAlready : Verdict::kCheckedIn));
  }
}

TEST_CASE("after a restart every answer is the same") {
  Door door;
  auto const first = door.scan(badge(101));
  door.scan(badge(9'000'000'001));
  door.open();
  auto const again = door.scan(badge(101));
  CHECK(again.verdict == Verdict::kAlready);
  CHECK(again.seq == first.seq);
  CHECK(again.at_ms == first.at_ms);
  CHECK(door.scan(badge(9'000'000'001)).verdict == Verdict::kAlready);
  CHECK(door.scan(badge(102)).verdict == Verdict::kCheckedIn);
}

TEST_CASE("who checked in at another kiosk is already there, at that time, with no place in this log") {
  auto pack = small_pack();
  auto& fact = *pack.add_facts();
  fact.set_participant(101);
  fact.set_session(1);
  fact.set_at_ms(at_hour(7, 30));
  fact.set_log_id(std::string(16, 'o'));
  fact.set_seq(9);
  Door door(pack);
  Outcome const outcome = door.scan(badge(101));
  CHECK(outcome.verdict == Verdict::kAlready);
  CHECK(outcome.at_ms == at_hour(7, 30));
  CHECK(outcome.seq == 0);
  CHECK(outcome.attended == 1);
}

TEST_CASE("a fact of this kiosk's own log that comes back in a pack is not counted twice") {
  Door door;
  auto const first = door.scan(badge(101));
  auto pack = small_pack(6);
  auto& fact = *pack.add_facts();
  fact.set_participant(101);
  fact.set_session(1);
  fact.set_at_ms(at_hour(7, 20));  // the centre corrected the time; the log is what this kiosk says
  fact.set_log_id(door.kiosk->store.identity().log.bytes());
  fact.set_seq(first.seq);
  REQUIRE(door.kiosk->store.keep_pack(6, pack.SerializeAsString()).ok());
  REQUIRE(door.desk->reload_pack().ok());
  auto const again = door.scan(badge(101));
  CHECK(again.verdict == Verdict::kAlready);
  CHECK(again.seq == first.seq);
  CHECK(again.at_ms == at_hour(7, 55));
}

TEST_CASE("who has left and comes back is checked in anew") {
  auto pack = small_pack();
  auto add = [&](std::int64_t at_ms, bool departure, std::uint64_t seq) {
    auto& fact = *pack.add_facts();
    fact.set_participant(101);
    fact.set_session(1);
    fact.set_at_ms(at_ms);
    fact.set_departure(departure);
    fact.set_log_id(std::string(16, 'o'));
    fact.set_seq(seq);
  };
  add(at_hour(7, 30), false, 1);
  add(at_hour(9, 0), true, 2);
  Door door(pack);
  door.clock.wall = at_hour(9, 20);
  CHECK(door.desk->count_present() == 0);
  Outcome const outcome = door.scan(badge(101));
  CHECK(door.desk->count_present() == 1);
  CHECK(outcome.verdict == Verdict::kCheckedIn);  // the earliest counts: not late
  CHECK(outcome.seq == door.records());
  CHECK(door.scan(badge(101)).verdict == Verdict::kAlready);
}

TEST_CASE("a voided check-in is none, and the void may stand before or after it") {
  Door door;
  auto const first = door.scan(badge(101));
  v1::Record voiding;
  voiding.set_class_id(1);
  voiding.set_staff(3);
  voiding.mutable_void_()->set_log_id(door.kiosk->store.identity().log.bytes());
  voiding.mutable_void_()->set_seq(first.seq);
  REQUIRE(door.kiosk->store.append({voiding}, door.clock).ok());
  door.open();
  Outcome const again = door.scan(badge(101));
  CHECK(again.verdict == Verdict::kCheckedIn);
  CHECK(again.seq > first.seq);
}

TEST_CASE("records of another class do not count in this one") {
  Door door;
  v1::Record other;
  other.set_class_id(2);
  other.mutable_check_in()->set_participant(101);
  other.mutable_check_in()->set_session(1);
  REQUIRE(door.kiosk->store.append({other}, door.clock).ok());
  door.open();
  CHECK(door.scan(badge(101)).verdict == Verdict::kCheckedIn);
}

TEST_CASE("a new pack takes effect at once, and what was recorded stays") {
  Door door;
  door.scan(badge(101));
  CHECK_FALSE(door.scan(badge(200)).known);
  auto pack = small_pack(6);
  auto& entry = *pack.add_roster();
  entry.set_participant(201);
  entry.set_name("Người mới");
  REQUIRE(door.kiosk->store.keep_pack(6, pack.SerializeAsString()).ok());
  REQUIRE(door.desk->reload_pack().ok());
  CHECK(door.scan(badge(101)).verdict == Verdict::kAlready);
  Outcome const outcome = door.scan(badge(201));
  CHECK(outcome.known);
  CHECK(outcome.name == "Người mới");
  CHECK(door.log().back().pack_version() == 6);
  CHECK(door.desk->a_class()->pack.roster_size() == 6);
  CHECK(door.desk->a_class()->names.search("moi", 10).size() == 1);
}

TEST_CASE("without a class nobody is served, and the error says what to do") {
  dga::support::TemporaryFolder folder;
  DoorClock clock;
  auto const random = dga::base::system_random();
  auto made =
      dga::store::create_kiosk(folder / "kiosk", kPassphrase, dga::crypto::minimal_cost(), "0.1.0", clock, *random);
  REQUIRE(made.ok());
  auto desk = dga::desk::Desk::open(made->store, clock);
  REQUIRE(desk.ok());
  CHECK_FALSE(desk->has_class());
  CHECK(desk->a_class() == nullptr);
  auto const outcomes = desk->serve({ByScan{badge(101)}});
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().code == "kiosk.no_pack");
  CHECK_FALSE(outcomes.error().next.empty());
  CHECK(desk->presence().lines.empty());
}

TEST_CASE("staff see who is here, the newest first, and when people came") {
  Door door;
  door.clock.wall = at_hour(7, 2);
  door.scan(badge(101));
  door.clock.wall = at_hour(8, 20);
  door.scan(badge(102));
  door.scan(badge(9'000'000'001));
  auto presence = door.desk->presence();
  CHECK(presence.in_session == 3);
  CHECK(door.desk->count_present() == 3);
  REQUIRE(presence.lines.size() == 3);
  CHECK(presence.lines.back().name == "Người thứ 101");
  CHECK(presence.lines.back().at_ms == at_hour(7, 2));
  CHECK_FALSE(presence.lines.back().late);
  CHECK(presence.lines.front().late);
  REQUIRE(presence.arrivals_per_5_minutes.size() == 17);  // 07:00 to 08:20
  CHECK(presence.arrivals_per_5_minutes.front() == 1);
  CHECK(presence.arrivals_per_5_minutes.back() == 2);

  door.clock.wall = at_hour(12, 0);  // the pause: the morning's list
  CHECK(door.desk->presence().in_session == 3);
  door.clock.wall = at_hour(13, 0);  // the afternoon is open, nobody is here yet
  CHECK(door.desk->presence().in_session == 0);
  CHECK(door.desk->count_present() == 0);
  door.scan(badge(104));
  door.scan(badge(104));
  CHECK(door.desk->count_present() == 1);
  door.open();
  CHECK(door.desk->count_present() == 1);
}

TEST_CASE("standing follows the rule from session to session") {
  Door door;
  CHECK(door.scan(badge(101)).standing == dga::course::Standing::kAtRisk);  // of three, none may be missed at 80 %
  door.clock.wall = at_hour(13, 30);
  auto const second = door.scan(badge(101));
  CHECK(second.attended == 2);
  door.clock.wall = at_hour(8, 0, 13);
  auto const third = door.scan(badge(101));
  CHECK(third.attended == 3);
  CHECK(third.standing == dga::course::Standing::kQualified);
  CHECK(door.scan(badge(102)).standing == dga::course::Standing::kCannot);
}
