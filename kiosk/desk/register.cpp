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

}  // namespace

Register::Register(course::Timetable timetable, base::LogId own_log, std::uint64_t class_id,
                   course::SimulatedStamps simulated)
    : timetable_(std::move(timetable)), own_log_(own_log), class_id_(class_id), book_(simulated) {}

void Register::add(v1::ClassPack const& pack, std::vector<bool> const& erased) {
  for (v1::KnownFact const& known : pack.facts()) {
    auto const log = base::LogId::from(known.log_id());
    if (!log) continue;
    if (*log == own_log_ && !(known.seq() < erased.size() && erased[known.seq()])) continue;
    add({.participant = known.participant(),
         .session = known.session(),
         .at_ms = known.at_ms(),
         .departure = known.departure(),
         .simulated = false,  // whether it counts was the centre's to say
         .key = {*log, known.seq(), std::nullopt}});
  }
  std::uint64_t order = 0;  // a pack lists them as they were taken
  for (v1::KnownDecision const& decision : pack.decisions())
    if (auto kind = ruling_of(decision.kind()))
      book_.add_ruling(decision.participant(), {decision.session(), *kind, decision.units()}, ++order);
}

void Register::add(v1::Record const& record, base::Digest const& digest) {
  if (record.class_id() != class_id_) return;
  course::PresenceRecord presence{.participant = 0,
                                  .session = 0,
                                  .at_ms = record.at().wall_ms(),
                                  .departure = record.has_departure(),
                                  .simulated = record.at().simulated(),
                                  .key = {own_log_, record.seq(), std::nullopt}};
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
  return CameAt{first->at_ms, first->log == own_log_ ? first->seq : 0};
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
