#include "shared/course/attendance_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace dga::course {

std::uint32_t AttendanceBook::number_of(base::LogId const& log) {
  auto const [at, fresh] = log_numbers_.try_emplace(log, static_cast<std::uint32_t>(logs_.size()));
  if (fresh) logs_.push_back(log);
  return at->second;
}

// REQUIRES: slots_ is not empty; its size is a power of two.
std::size_t AttendanceBook::first_slot(std::uint32_t log, std::uint64_t seq) const {
  std::uint64_t mixed = (seq + (std::uint64_t{log} << 40)) * 0x9e3779b97f4a7c15ULL;
  mixed ^= mixed >> 32;
  return static_cast<std::size_t>(mixed) & (slots_.size() - 1);
}

template <typename Take>
void AttendanceBook::each_at(std::uint32_t log, std::uint64_t seq, Take take) const {
  if (slots_.empty()) return;
  for (auto slot = first_slot(log, seq); slots_[slot] != kNone; slot = (slot + 1) & (slots_.size() - 1)) {
    auto const place = slots_[slot];
    if (facts_[place].log == log && facts_[place].seq == seq) take(place);
  }
}

bool AttendanceBook::alike(Fact const& one, PresenceRecord const& other) {
  return one.participant == other.participant && one.session == other.session && one.departure == other.departure;
}

bool AttendanceBook::knows(PresenceRecord const& record) const {
  auto const log = log_numbers_.find(record.key.log);
  if (log == log_numbers_.end()) return false;
  bool known = false;
  each_at(log->second, record.key.seq, [&](std::uint32_t at) { known = known || alike(facts_[at], record); });
  return known;
}

void AttendanceBook::index(std::uint32_t place) {
  auto put = [&](std::uint32_t one) {
    auto slot = first_slot(facts_[one].log, facts_[one].seq);
    while (slots_[slot] != kNone) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = one;
  };
  // Never more than two thirds full, so that a walk is short and always ends.
  if ((facts_.size() + 1) * 3 > slots_.size() * 2) {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), kNone);
    for (std::uint32_t one = 0; one < facts_.size(); ++one) put(one);
  } else {
    put(place);
  }
}

bool AttendanceBook::is_voided(Fact const& fact) const {
  RecordKey key{logs_[fact.log], fact.seq, std::nullopt};
  // std::nullopt sorts before every hash, so the voids of this place begin here.
  auto const at = voids_.lower_bound(key);
  if (at == voids_.end() || at->log != key.log || at->seq != key.seq) return false;
  if (!at->hash || !fact.hash_known) return true;
  key.hash = fact.hash;
  return voids_.contains(key);
}

void AttendanceBook::add(PresenceRecord const& record) {
  if (record.participant == 0) return;
  if (record.simulated && simulated_ == SimulatedStamps::kLeftOut) return;
  Fact fact;
  fact.participant = record.participant;
  fact.at_ms = record.at_ms;
  fact.seq = record.key.seq;
  fact.hash = record.key.hash.value_or(base::Digest{});
  fact.hash_known = record.key.hash.has_value();
  fact.log = number_of(record.key.log);
  fact.session = record.session;
  fact.departure = record.departure;

  bool known = false;
  each_at(fact.log, fact.seq, [&](std::uint32_t at) {
    auto& other = facts_[at];
    if (!alike(other, record)) return;
    if (other.hash_known == fact.hash_known && other.hash == fact.hash) {
      other.at_ms = std::min(other.at_ms, fact.at_ms);
      known = true;
    } else if (other.hash_known && !fact.hash_known) {
      fact.counts = false;
    } else if (fact.hash_known && !other.hash_known) {
      other.counts = false;
    }
  });
  if (known) return;
  fact.counts = fact.counts && !is_voided(fact);
  auto const place = static_cast<std::uint32_t>(facts_.size());
  auto const [last, fresh] = last_of_.try_emplace(fact.participant, place);
  if (!fresh) fact.next = std::exchange(last->second, place);
  facts_.push_back(fact);
  index(place);
}

void AttendanceBook::set_time(RecordKey const& key, std::int64_t at_ms) {
  each_at(number_of(key.log), key.seq, [&](std::uint32_t at) {
    auto& fact = facts_[at];
    if (fact.hash_known == key.hash.has_value() && fact.hash == key.hash.value_or(base::Digest{})) fact.at_ms = at_ms;
  });
}

void AttendanceBook::add_void(RecordKey const& voided) {
  if (!voids_.insert(voided).second) return;
  each_at(number_of(voided.log), voided.seq, [&](std::uint32_t at) {
    auto& fact = facts_[at];
    if (!voided.hash || !fact.hash_known || fact.hash == *voided.hash) fact.counts = false;
  });
}

void AttendanceBook::add_ruling(std::uint64_t participant, Ruling const& ruling, std::uint64_t order) {
  auto const [at, fresh] = rulings_.try_emplace({participant, ruling.session}, Decided{order, ruling});
  // Two of one order stand on two branches of a forked log: which counts must not depend on which came first.
  auto weight = [](Decided const& decided) {
    return std::tuple(decided.order, decided.ruling.kind, decided.ruling.units);
  };
  if (Decided const later{order, ruling}; !fresh && weight(at->second) < weight(later)) at->second = later;
}

template <typename Take>
void AttendanceBook::each_counting(std::uint64_t participant, Take take) const {
  auto const last = last_of_.find(participant);
  if (last == last_of_.end()) return;
  for (auto place = last->second; place != kNone; place = facts_[place].next)
    if (facts_[place].counts) take(facts_[place]);
}

std::vector<PresenceFact> AttendanceBook::facts_of(std::uint64_t participant) const {
  std::vector<PresenceFact> facts;
  each_counting(participant, [&](Fact const& fact) { facts.push_back({fact.session, fact.at_ms, fact.departure}); });
  std::sort(facts.begin(), facts.end(), [](PresenceFact const& a, PresenceFact const& b) {
    return std::tuple(a.at_ms, a.session, a.departure) < std::tuple(b.at_ms, b.session, b.departure);
  });
  return facts;
}

std::vector<Ruling> AttendanceBook::rulings_of(std::uint64_t participant) const {
  std::vector<Ruling> rulings;
  for (auto at = rulings_.lower_bound({participant, 0}); at != rulings_.end() && at->first.first == participant; ++at)
    rulings.push_back(at->second.ruling);
  return rulings;
}

Attendance AttendanceBook::attendance_of(std::uint64_t participant, Timetable const& timetable,
                                         std::int64_t now_ms) const {
  return evaluate(timetable, facts_of(participant), rulings_of(participant), now_ms);
}

std::optional<FirstCheckIn> AttendanceBook::first_check_in(std::uint64_t participant, std::uint32_t session,
                                                           Timetable const& timetable) const {
  auto const times = std::find_if(timetable.sessions.begin(), timetable.sessions.end(),
                                  [&](SessionTimes const& one) { return one.id == session; });
  if (times == timetable.sessions.end()) return std::nullopt;
  std::optional<FirstCheckIn> first;
  each_counting(participant, [&](Fact const& fact) {
    if (fact.departure || fact.session != session || !is_valid_at(timetable, *times, fact.at_ms)) return;
    FirstCheckIn const one{fact.at_ms, logs_[fact.log], fact.seq};
    if (!first || std::tie(one.at_ms, one.log, one.seq) < std::tie(first->at_ms, first->log, first->seq)) first = one;
  });
  return first;
}

std::vector<std::uint64_t> AttendanceBook::participants() const {
  std::vector<std::uint64_t> all;
  all.reserve(last_of_.size());
  for (auto const& [participant, last] : last_of_) all.push_back(participant);
  for (auto const& [key, decided] : rulings_) all.push_back(key.first);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace dga::course
