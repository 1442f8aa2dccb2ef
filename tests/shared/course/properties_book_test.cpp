// The book against one that is plainly right and slow: sets, and a walk over all of them.
#include <doctest/doctest.h>

#include <algorithm>

#include "shared/course/attendance_book.h"
#include "tests/support/properties.h"

using namespace dga;
using course::AttendanceBook;

namespace {

constexpr std::int64_t kMinute = 60'000;

course::Timetable timetable() {
  course::Timetable made;
  for (std::uint32_t id = 1; id <= 3; ++id)
    made.sessions.push_back({id, id * 600 * kMinute, (id * 600 + 210) * kMinute});
  return made;
}

// One thing told to a book. Few people, logs, places and contents, so that all that can meet meets.
struct Told {
  enum class What { kFact, kVoid, kRuling } what = What::kFact;
  course::PresenceRecord record;
  course::RecordKey voided;
  course::Ruling ruling;
  std::uint64_t participant = 0, order = 0;
};
std::ostream& operator<<(std::ostream& out, Told const& told) {
  auto const& key = told.what == Told::What::kVoid ? told.voided : told.record.key;
  return out << (told.what == Told::What::kFact   ? "fact"
                 : told.what == Told::What::kVoid ? "void"
                                                  : "ruling")
             << " of " << told.participant << " log " << int{key.log.octets[0]} << " seq " << key.seq << " hash "
             << (key.hash ? int{key.hash->octets[0]} : -1) << " session " << told.record.session << " at "
             << told.record.at_ms / kMinute << (told.record.departure ? " departure" : "");
}

rc::Gen<course::RecordKey> any_key() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(1, 6), rc::gen::inRange(0, 2)),
                      [](std::tuple<int, int, int> const& drawn) {
                        course::RecordKey key;
                        key.log.octets[0] = static_cast<std::uint8_t>(std::get<0>(drawn));
                        key.seq = static_cast<std::uint64_t>(std::get<1>(drawn));
                        key.hash.emplace().octets[0] = static_cast<std::uint8_t>(std::get<2>(drawn));
                        return key;
                      });
}

rc::Gen<Told> any_told() {
  return rc::gen::exec([] {
    Told told;
    told.what = *rc::gen::weightedElement<Told::What>(
        {{6, Told::What::kFact}, {2, Told::What::kVoid}, {1, Told::What::kRuling}});
    told.record.key = *any_key();
    told.voided = told.record.key;
    if (*rc::gen::inRange(0, 4) == 0) told.voided.hash.reset();
    // What a record says follows from its name: the same record never says two things.
    auto const& key = told.record.key;
    auto const mixed = key.log.octets[0] * 31U + key.seq * 7U + key.hash->octets[0] * 13U;
    told.participant = told.record.participant = 1 + mixed % 3;
    told.record.session = static_cast<std::uint32_t>(1 + mixed / 3 % 3);
    told.record.at_ms = (told.record.session * 600 + static_cast<std::int64_t>(mixed * 37 % 300) - 70) * kMinute;
    told.record.departure = mixed % 5 == 0;
    told.ruling.session = static_cast<std::uint32_t>(1 + *rc::gen::inRange(0, 3));
    told.ruling.kind = static_cast<course::Ruling::Kind>(*rc::gen::inRange(0, 3));
    told.order = told.ruling.session * 10 + static_cast<std::uint64_t>(told.ruling.kind);  // one ruling an order
    told.ruling.units = 1;
    return told;
  });
}

void tell(AttendanceBook& book, Told const& told) {
  switch (told.what) {
    case Told::What::kFact: book.add(told.record); break;
    case Told::What::kVoid: book.add_void(told.voided); break;
    case Told::What::kRuling: book.add_ruling(told.participant, told.ruling, told.order); break;
  }
}

bool voids(Told const& told, course::RecordKey const& key) {
  return told.what == Told::What::kVoid && told.voided.log == key.log && told.voided.seq == key.seq &&
         (!told.voided.hash || told.voided.hash == key.hash);
}

std::string shown(course::Attendance const& attendance) {
  std::string text = std::to_string(attendance.units) + "/" + std::to_string(attendance.n) + " " +
                     std::string(course::name_of(attendance.standing));
  for (auto const& session : attendance.sessions)
    text += " " + std::to_string(session.session) + ":" + std::to_string(session.units) + (session.late ? "late" : "") +
            (session.at_ms ? std::to_string(*session.at_ms) : "");
  return text;
}

// By the declaration alone: every fact that nobody voided, every ruling of the highest order.
std::string plainly(std::vector<Told> const& all, std::uint64_t participant) {
  std::map<course::RecordKey, course::PresenceFact> facts;
  std::map<std::uint32_t, std::pair<std::uint64_t, course::Ruling>> rulings;
  for (auto const& told : all) {
    if (told.participant != participant) continue;
    if (told.what == Told::What::kRuling) {
      auto& kept = rulings[told.ruling.session];
      if (told.order >= kept.first) kept = {told.order, told.ruling};
    }
    if (told.what != Told::What::kFact) continue;
    if (std::any_of(all.begin(), all.end(), [&](Told const& other) { return voids(other, told.record.key); })) continue;
    facts[told.record.key] = {told.record.session, told.record.at_ms, told.record.departure};
  }
  std::vector<course::PresenceFact> in_order;
  for (auto const& [key, fact] : facts) in_order.push_back(fact);
  std::stable_sort(in_order.begin(), in_order.end(), [](auto const& a, auto const& b) { return a.at_ms < b.at_ms; });
  std::vector<course::Ruling> ruled;
  for (auto const& [session, kept] : rulings) ruled.push_back(kept.second);
  return shown(course::evaluate(timetable(), in_order, ruled, 2000 * kMinute));
}

std::string in_book(AttendanceBook const& book, std::uint64_t participant) {
  return shown(book.attendance_of(participant, timetable(), 2000 * kMinute));
}

}  // namespace

TEST_CASE("logs of several kiosks in any order, with any repeats, make the book that the rules alone make") {
  CHECK(test::holds("a merge", 2'000, 40, [] {
    auto const all = *rc::gen::container<std::vector<Told>>(any_told());
    // Kiosk by kiosk, then mixed up; and some of it told again, as roads and restarts do.
    auto arrived = all;
    auto const again = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, all.size() + 1));
    for (auto const place : again)
      if (place < all.size()) arrived.push_back(all[place]);
    auto by_kiosk = arrived;
    std::stable_sort(by_kiosk.begin(), by_kiosk.end(),
                     [](Told const& a, Told const& b) { return a.record.key.log < b.record.key.log; });
    auto const seed = *rc::gen::arbitrary<std::uint32_t>();
    std::uint32_t state = seed | 1;
    for (std::size_t i = arrived.size(); i > 1; --i) {
      state = state * 1'664'525 + 1'013'904'223;
      std::swap(arrived[i - 1], arrived[(state >> 8) % i]);
    }
    AttendanceBook mixed(course::SimulatedStamps::kCount), straight(course::SimulatedStamps::kCount);
    for (auto const& told : arrived) tell(mixed, told);
    for (auto const& told : by_kiosk) tell(straight, told);
    for (std::uint64_t participant = 1; participant <= 3; ++participant) {
      auto const expected = plainly(all, participant);
      RC_ASSERT(in_book(mixed, participant) == expected);
      RC_ASSERT(in_book(straight, participant) == expected);
    }
  }));
}

TEST_CASE("negative control: a book that misses one counting check-in differs from the rules") {
  Told told;
  told.participant = told.record.participant = 1;
  told.record.session = 1;
  told.record.at_ms = 600 * kMinute;
  told.record.key.seq = 1;
  told.record.key.hash.emplace();
  AttendanceBook const empty(course::SimulatedStamps::kCount);
  CHECK(in_book(empty, 1) != plainly({told}, 1));
}
