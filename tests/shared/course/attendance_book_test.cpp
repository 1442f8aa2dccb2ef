#include "shared/course/attendance_book.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "shared/base/random.h"

using namespace dga;
using course::AttendanceBook;
using course::PresenceRecord;
using course::RecordKey;
using course::Ruling;
using course::SimulatedStamps;

namespace {

constexpr std::int64_t kMinute = 60'000;

course::Timetable timetable() {
  course::Timetable made;
  for (std::uint32_t id = 1; id <= 3; ++id)
    made.sessions.push_back({id, id * 600 * kMinute, (id * 600 + 210) * kMinute});
  return made;
}
base::LogId log_number(std::uint64_t number) { return *base::LogId::from(base::le64(number) + base::le64(7)); }
base::Digest hash_number(std::uint64_t number) {
  return *base::Digest::from(base::le64(number) + base::le64(1) + base::le64(2) + base::le64(3));
}
RecordKey key(std::uint64_t log, std::uint64_t seq) { return {log_number(log), seq, hash_number(log * 1000 + seq)}; }
PresenceRecord arrival(std::uint64_t participant, std::uint32_t session, std::int64_t minute, RecordKey const& named) {
  PresenceRecord record;
  record.participant = participant;
  record.session = session;
  record.at_ms = (session * 600 + minute) * kMinute;
  record.key = named;
  return record;
}
RecordKey without_hash(RecordKey named) {
  named.hash.reset();
  return named;
}

// Everything a reader of the book can see.
std::string seen(AttendanceBook const& book) {
  std::string text;
  for (auto participant : book.participants()) {
    text += std::to_string(participant) + ":";
    for (auto const& fact : book.facts_of(participant))
      text += " " + std::to_string(fact.session) + (fact.departure ? "<" : ">") + std::to_string(fact.at_ms);
    for (auto const& ruling : book.rulings_of(participant))
      text += " r" + std::to_string(ruling.session) + "k" + std::to_string(static_cast<int>(ruling.kind)) + "u" +
              std::to_string(ruling.units);
    for (std::uint32_t session = 1; session <= 3; ++session)
      if (auto const first = book.first_check_in(participant, session, timetable()))
        text += " f" + std::to_string(first->at_ms) + first->log.hex() + "/" + std::to_string(first->seq);
    auto const attendance = book.attendance_of(participant, timetable(), 2000 * kMinute);
    text += " = " + std::to_string(attendance.units) + std::string(course::name_of(attendance.standing)) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a book is the same whatever came first and however often") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::vector<std::function<void(AttendanceBook&)>> told;
    for (auto left = 1 + random->below(25); left > 0; --left) {
      // Few logs, places and hashes, so that forks, repeats and voids of what is not there all happen.
      RecordKey named{log_number(random->below(2)), 1 + random->below(6), hash_number(random->below(2))};
      if (random->below(4) == 0) named.hash.reset();
      auto const participant = 1 + random->below(3);
      auto const session = static_cast<std::uint32_t>(1 + random->below(3));
      switch (random->below(5)) {
        case 0: told.push_back([=](AttendanceBook& book) { book.add_void(named); }); break;
        case 1: {
          Ruling const ruling{session, static_cast<Ruling::Kind>(random->below(3)),
                              static_cast<std::uint32_t>(random->below(3))};
          auto const order = random->below(4);
          told.push_back([=](AttendanceBook& book) { book.add_ruling(participant, ruling, order); });
          break;
        }
        default: {
          auto record = arrival(participant, session, static_cast<std::int64_t>(random->below(300)) - 70, named);
          record.departure = random->below(3) == 0;
          record.simulated = random->below(5) == 0;
          told.push_back([=](AttendanceBook& book) { book.add(record); });
        }
      }
    }
    AttendanceBook straight(SimulatedStamps::kLeftOut);
    for (auto const& tell : told) tell(straight);
    for (int round = 0; round < 4; ++round) {
      for (std::size_t i = told.size(); i > 1; --i) std::swap(told[i - 1], told[random->below(i)]);
      AttendanceBook shuffled(SimulatedStamps::kLeftOut);
      for (auto const& tell : told) tell(shuffled);
      CHECK(seen(shuffled) == seen(straight));
      for (auto const& tell : told) tell(shuffled);
      CHECK(seen(shuffled) == seen(straight));
    }
  }
}

TEST_CASE("the same record from two roads counts once and two branches of a fork count both") {
  AttendanceBook book(SimulatedStamps::kCount);
  book.add(arrival(17, 1, 0, key(1, 5)));
  book.add(arrival(17, 1, 0, key(1, 5)));
  CHECK(book.facts_of(17).size() == 1);
  auto other_branch = key(1, 5);
  other_branch.hash = hash_number(99);
  book.add(arrival(17, 1, 3, other_branch));
  CHECK(book.facts_of(17).size() == 2);
}

TEST_CASE("a fact from a pack is not told again by the log it came from") {
  for (bool pack_first : {true, false}) {
    AttendanceBook book(SimulatedStamps::kCount);
    auto from_pack = arrival(17, 1, 2, without_hash(key(1, 5)));
    if (pack_first) book.add(from_pack);
    book.add(arrival(17, 1, 0, key(1, 5)));
    if (!pack_first) book.add(from_pack);
    REQUIRE(book.facts_of(17).size() == 1);
    CHECK(book.facts_of(17)[0].at_ms == 600 * kMinute);
    book.add_void(key(1, 5));
    CHECK(book.facts_of(17).empty());
  }
}

TEST_CASE("a void cancels the record it names and no other, even when it comes first") {
  AttendanceBook book(SimulatedStamps::kCount);
  book.add_void(key(1, 5));
  book.add(arrival(17, 1, 0, key(1, 5)));
  book.add(arrival(17, 1, 20, key(2, 5)));
  book.add(arrival(17, 1, 30, key(1, 6)));
  REQUIRE(book.facts_of(17).size() == 2);
  auto const first = book.first_check_in(17, 1, timetable());
  REQUIRE(first);
  CHECK(first->log == log_number(2));
  CHECK(first->seq == 5);
  auto another_hash = key(2, 5);
  another_hash.hash = hash_number(4);
  book.add_void(another_hash);
  CHECK(book.facts_of(17).size() == 2);
  book.add_void(key(2, 5));
  CHECK(book.first_check_in(17, 1, timetable())->seq == 6);
}

TEST_CASE("the first check-in is the earliest valid one of that session") {
  AttendanceBook book(SimulatedStamps::kCount);
  book.add(arrival(17, 1, -61, key(1, 1)));  // too early to be valid
  book.add(arrival(17, 1, 40, key(1, 2)));
  book.add(arrival(17, 1, 5, key(3, 9)));
  book.add(arrival(17, 2, -30, key(1, 3)));
  auto left = arrival(17, 1, 1, key(1, 4));
  left.departure = true;
  book.add(left);
  auto const first = book.first_check_in(17, 1, timetable());
  REQUIRE(first);
  CHECK(first->at_ms == 605 * kMinute);
  CHECK(first->log == log_number(3));
  CHECK(first->seq == 9);
  CHECK_FALSE(book.first_check_in(17, 3, timetable()));
  CHECK_FALSE(book.first_check_in(18, 1, timetable()));
  CHECK_FALSE(book.first_check_in(17, 77, timetable()));
}

TEST_CASE("simulated stamps count in a rehearsal only") {
  auto record = arrival(17, 1, 0, key(1, 5));
  record.simulated = true;
  AttendanceBook rehearsal(SimulatedStamps::kCount), real(SimulatedStamps::kLeftOut);
  rehearsal.add(record);
  real.add(record);
  CHECK(rehearsal.attendance_of(17, timetable(), 2000 * kMinute).units == 2);
  CHECK(real.facts_of(17).empty());
}

TEST_CASE("the ruling of the highest order counts and a walk-in without a number is nobody") {
  AttendanceBook book(SimulatedStamps::kCount);
  book.add_ruling(17, {1, Ruling::Kind::kGrant, 2}, 9);
  book.add_ruling(17, {1, Ruling::Kind::kExclude, 0}, 4);
  book.add(arrival(0, 1, 0, key(1, 5)));
  CHECK(book.attendance_of(17, timetable(), 2000 * kMinute).units == 2);
  CHECK(book.participants() == std::vector<std::uint64_t>{17});
  book.add_ruling(17, {1, Ruling::Kind::kExclude, 0}, 10);
  CHECK(book.attendance_of(17, timetable(), 2000 * kMinute).n == 2);
}

TEST_CASE("a hundred thousand people with six facts each are kept apart") {
  AttendanceBook book(SimulatedStamps::kCount);
  constexpr std::uint64_t kPeople = 100'000;
  for (std::uint64_t fact = 0; fact < kPeople * 6; ++fact)
    book.add(arrival(1 + fact % kPeople, static_cast<std::uint32_t>(1 + fact / kPeople % 3), 0, key(1, 1 + fact)));
  std::uint64_t units = 0;
  for (std::uint64_t participant = 1; participant <= kPeople; ++participant)
    units += book.attendance_of(participant, timetable(), 3000 * kMinute).units;
  CHECK(units == kPeople * 6);
  CHECK(book.participants().size() == kPeople);
}
