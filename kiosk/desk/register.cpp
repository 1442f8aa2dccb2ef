#include "kiosk/desk/register.h"

#include <algorithm>
#include <utility>

namespace dga::desk {
namespace {

std::optional<course::Ruling::Kind> ruling_of(std::uint32_t kind) {
  switch (kind) {
    case v1::Decision::EXCLUDE: return course::Ruling::Kind::kExclude;
    case v1::Decision::GRANT: return course::Ruling::Kind::kGrant;
    case v1::Decision::EXCUSE: return course::Ruling::Kind::kExcuse;
    default: return std::nullopt;  // of no weight for attendance, or newer than this program
  }
}

std::optional<course::PresenceRecord> presence_of(v1::KnownFact const& fact) {
  auto const log = base::LogId::from(fact.log_id());
  if (!log) return std::nullopt;
  return course::PresenceRecord{.participant = fact.participant(),
                                .session = fact.session(),
                                .at_ms = fact.at_ms(),
                                .departure = fact.departure(),
                                .simulated = false,  // whether it counts was the centre's to say
                                .key = {*log, fact.seq(), std::nullopt}};
}

}  // namespace

Register::Register(course::Timetable timetable, std::uint64_t class_id, course::SimulatedStamps simulated)
    : timetable_(std::move(timetable)), class_id_(class_id), book_(simulated) {}

bool Register::says(v1::KnownFact const& fact) const {
  auto const known = presence_of(fact);
  return known && own_logs_.contains(known->key.log) && book_.knows(*known);
}

void Register::add(v1::ClassPack const& pack) {
  for (v1::KnownFact const& fact : pack.facts()) {
    auto const known = presence_of(fact);
    if (known && !says(fact)) add(*known);
  }
  std::uint64_t order = 0;  // a pack lists them as they were taken
  for (v1::KnownDecision const& decision : pack.decisions())
    if (auto kind = ruling_of(decision.kind()))
      book_.add_ruling(decision.participant(), {decision.session(), *kind, decision.units()}, ++order);
}

void Register::add(base::LogId const& own, v1::Record const& record, base::Digest const& digest, std::int64_t at_ms) {
  own_logs_.insert(own);
  if (record.class_id() != class_id_) return;
  course::PresenceRecord presence{.participant = 0,
                                  .session = 0,
                                  .at_ms = at_ms,
                                  .departure = record.has_departure(),
                                  .simulated = record.at().simulated(),
                                  .key = {own, record.seq(), std::nullopt}};
  if (record.has_check_in()) {
    presence.participant = record.check_in().participant();
    presence.session = record.check_in().session();
  } else if (record.has_departure()) {
    presence.participant = record.departure().participant();
    presence.session = record.departure().session();
  } else if (record.has_void_()) {
    if (auto log = base::LogId::from(record.void_().log_id()))
      book_.add_void({*log, record.void_().seq(), base::Digest::from(record.void_().record_hash())});
    return;
  }
  if (presence.participant == 0) return;
  presence.key.hash = digest;
  add(presence);
}

void Register::add(course::PresenceRecord const& record) {
  if (!record.departure) {
    auto const known = book_.facts_of(record.participant);
    bool const first = std::none_of(known.begin(), known.end(), [&](auto const& fact) {
      return !fact.departure && fact.session == record.session;
    });
    if (first) visitors_[record.session].push_back(record.participant);
  }
  book_.add(record);
}

std::optional<Register::CameAt> Register::here(std::uint64_t participant, std::uint32_t session) const {
  auto const first = book_.first_check_in(participant, session, timetable_);
  if (!first) return std::nullopt;
  auto const times = std::find_if(timetable_.sessions.begin(), timetable_.sessions.end(),
                                  [&](auto const& one) { return one.id == session; });
  bool left = false;
  for (course::PresenceFact const& fact : book_.facts_of(participant)) {  // earliest first
    if (fact.session != session) continue;
    if (fact.departure) {
      left = fact.at_ms >= first->at_ms;
    } else if (fact.at_ms >= times->start_ms - timetable_.opens_before_ms && fact.at_ms <= times->end_ms) {
      left = false;
    }
  }
  if (left) return std::nullopt;
  return CameAt{first->at_ms, own_logs_.contains(first->log) ? first->seq : 0};
}

course::Attendance Register::attendance(std::uint64_t participant, std::int64_t now_ms) const {
  return book_.attendance_of(participant, timetable_, now_ms);
}

std::vector<std::uint64_t> const& Register::visitors(std::uint32_t session) const {
  static std::vector<std::uint64_t> const kNobody;
  auto const at = visitors_.find(session);
  return at == visitors_.end() ? kNobody : at->second;
}

}  // namespace dga::desk
