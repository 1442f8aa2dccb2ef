#include "kiosk/desk/register.h"

#include <algorithm>

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

Register::Register(course::Timetable timetable, base::LogId own_log, std::uint64_t class_id, SimulatedStamps simulated)
    : timetable_(std::move(timetable)), class_id_(class_id), simulated_(simulated), logs_{own_log} {}

void Register::add(v1::ClassPack const& pack) {
  for (v1::KnownFact const& known : pack.facts()) {
    auto const log = base::LogId::from(known.log_id());
    std::uint32_t const place = place_of(log ? *log : base::LogId{});
    if (place == 0) continue;
    add(known.participant(), Fact{{known.session(), known.at_ms(), known.departure()}, place, known.seq()});
  }
  for (v1::KnownDecision const& decision : pack.decisions())
    if (auto kind = ruling_of(decision.kind()))
      rulings_[decision.participant()].push_back({decision.session(), *kind, decision.units()});
}

void Register::add(v1::Record const& record) {
  if (record.class_id() != class_id_) return;
  if (record.at().simulated() && simulated_ == SimulatedStamps::kLeftOut) return;
  if (record.has_check_in()) {
    v1::CheckIn const& check_in = record.check_in();
    if (check_in.participant() != 0)
      add(check_in.participant(), Fact{{check_in.session(), record.at().wall_ms(), false}, 0, record.seq()});
  } else if (record.has_departure()) {
    v1::Departure const& departure = record.departure();
    if (departure.participant() != 0)
      add(departure.participant(), Fact{{departure.session(), record.at().wall_ms(), true}, 0, record.seq()});
  } else if (record.has_void_()) {
    if (auto log = base::LogId::from(record.void_().log_id())) voided_.emplace(place_of(*log), record.void_().seq());
  }
}

void Register::add(std::uint64_t participant, Fact fact) {
  auto& facts = facts_[participant];
  bool const first = std::none_of(facts.begin(), facts.end(), [&](Fact const& other) {
    return !other.presence.departure && other.presence.session == fact.presence.session;
  });
  if (first && !fact.presence.departure) visitors_[fact.presence.session].push_back(participant);
  facts.push_back(fact);
}

std::uint32_t Register::place_of(base::LogId const& log) {
  auto at = std::find(logs_.begin(), logs_.end(), log);  // as many as there are kiosks in the room
  if (at == logs_.end()) at = logs_.insert(logs_.end(), log);
  return static_cast<std::uint32_t>(at - logs_.begin());
}

bool Register::counts(Fact const& fact) const { return voided_.empty() || !voided_.contains({fact.log, fact.seq}); }

bool Register::valid_check_in(Fact const& fact, course::SessionTimes const& session) const {
  return !fact.presence.departure && fact.presence.session == session.id && counts(fact) &&
         session.start_ms - timetable_.opens_before_ms <= fact.presence.at_ms && fact.presence.at_ms <= session.end_ms;
}

course::SessionTimes const* Register::session(std::uint32_t id) const {
  auto const at = std::find_if(timetable_.sessions.begin(), timetable_.sessions.end(), [&](auto const& one) { return one.id == id; });
  return at == timetable_.sessions.end() ? nullptr : &*at;
}

std::vector<Register::Fact> const* Register::facts_of(std::uint64_t participant) const {
  auto const at = facts_.find(participant);
  return at == facts_.end() ? nullptr : &at->second;
}

std::optional<Register::CameAt> Register::came(std::uint64_t participant, std::uint32_t session_id) const {
  auto const* facts = facts_of(participant);
  auto const* times = session(session_id);
  if (!facts || !times) return std::nullopt;
  std::optional<CameAt> earliest;
  for (Fact const& fact : *facts)
    if (valid_check_in(fact, *times) && (!earliest || fact.presence.at_ms < earliest->at_ms))
      earliest = CameAt{fact.presence.at_ms, fact.log == 0 ? fact.seq : 0};
  return earliest;
}

std::optional<Register::CameAt> Register::here(std::uint64_t participant, std::uint32_t session_id) const {
  auto const first = came(participant, session_id);
  if (!first) return std::nullopt;
  auto const* times = session(session_id);
  std::int64_t last_in = first->at_ms;
  std::optional<std::int64_t> last_out;
  for (Fact const& fact : *facts_of(participant)) {
    if (valid_check_in(fact, *times)) last_in = std::max(last_in, fact.presence.at_ms);
    if (fact.presence.departure && fact.presence.session == session_id && counts(fact))
      last_out = std::max(last_out.value_or(fact.presence.at_ms), fact.presence.at_ms);
  }
  if (last_out && *last_out >= last_in) return std::nullopt;
  return first;
}

course::Attendance Register::attendance(std::uint64_t participant, std::int64_t now_ms) const {
  std::vector<course::PresenceFact> facts;
  if (auto const* all = facts_of(participant))
    for (Fact const& fact : *all)
      if (counts(fact)) facts.push_back(fact.presence);
  auto const rulings = rulings_.find(participant);
  static std::vector<course::Ruling> const kNone;
  return course::evaluate(timetable_, facts, rulings == rulings_.end() ? kNone : rulings->second, now_ms);
}

std::vector<std::uint64_t> const& Register::visitors(std::uint32_t session_id) const {
  static std::vector<std::uint64_t> const kNobody;
  auto const at = visitors_.find(session_id);
  return at == visitors_.end() ? kNobody : at->second;
}

}  // namespace dga::desk
