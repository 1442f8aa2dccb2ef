#include "sync/centre/ingest/judge.h"

#include "shared/records/pack.pb.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::centre {

using base::Result;

namespace {

constexpr std::uint64_t kMostParticipant = 9'999'999'999;  // ten digits on a badge

// A person named by number, or a walk-in named by the hash of their record: one of them, not both.
bool names_somebody(std::uint64_t participant, base::Bytes const& walk_in) {
  if (!walk_in.empty()) return participant == 0 && walk_in.size() == base::Digest::kSize;
  return participant >= 1 && participant <= kMostParticipant;
}

// Whether the fields that its kind needs are there and in range. No more than that: what newer kiosks add is kept.
bool well_formed(v1::Record const& record) {
  switch (record.fact_case()) {
    case v1::Record::kCheckIn: return names_somebody(record.check_in().participant(), record.check_in().walk_in());
    case v1::Record::kDeparture: return names_somebody(record.departure().participant(), record.departure().walk_in());
    case v1::Record::kWalkIn: return !record.walk_in().name().empty();
    case v1::Record::kVoid: {
      auto const& a_void = record.void_();
      bool const hash_fits = a_void.record_hash().empty() || a_void.record_hash().size() == base::Digest::kSize;
      return a_void.log_id().size() == base::LogId::kSize && a_void.seq() > 0 && hash_fits;
    }
    case v1::Record::kConsent: return names_somebody(record.consent().participant(), record.consent().walk_in());
    case v1::Record::kSessionControl:
      return record.session_control().action() != v1::SessionControl::ACTION_UNSPECIFIED;
    case v1::Record::kScore: return record.score().group() > 0 && record.score().scorer() > 0;
    case v1::Record::kSelfAssessment: return names_somebody(record.self_assessment().participant(), {});
    case v1::Record::kTimeSample: return record.time_sample().mono_received() >= record.time_sample().mono_sent();
    case v1::Record::kKioskEvent: return record.kiosk_event().kind() != v1::KioskEvent::KIND_UNSPECIFIED;
    case v1::Record::kLogOpened:
    case v1::Record::kDecision: return true;  // judged elsewhere
    case v1::Record::FACT_NOT_SET: return false;
  }
  return false;
}

// Facts about the kiosk itself carry no class; all others need one.
bool about_the_kiosk(v1::Record const& record) {
  return record.has_time_sample() || record.has_kiosk_event() || record.has_log_opened();
}

// The session a record names, where its kind has one.
std::optional<std::uint32_t> session_of(v1::Record const& record) {
  if (record.has_check_in()) return record.check_in().session();
  if (record.has_departure()) return record.departure().session();
  if (record.has_session_control()) return record.session_control().session();
  return std::nullopt;
}

}  // namespace

Result<Judge> Judge::of(Tables& tables, LogInfo const& log) {
  Judge judge;
  judge.device_ = log.device;
  judge.salt_ = log.salt;
  TRY(auto const device, tables.devices.device(log.device));
  judge.revoked_ = device && device->state == DeviceState::kRevoked;
  TRY(auto const classes, tables.devices.classes_of(log.device));
  for (auto const id : classes) {
    TRY(auto const row, tables.classes.a_class(id));
    v1::Class a_class;
    if (!row || !a_class.ParseFromString(row->bytes)) continue;
    auto& rules = judge.classes_[id];
    rules.rehearsal = a_class.rehearsal();
    for (auto const& session : a_class.sessions()) rules.sessions.insert(session.id());
  }
  return judge;
}

std::uint32_t Judge::reason_for(std::uint64_t seq, std::optional<base::Bytes> const& bytes) const {
  if (revoked_) return v1::DEVICE_REVOKED;
  if (!bytes) return v1::QUARANTINE_REASON_UNSPECIFIED;
  v1::Record record;
  if (!record.ParseFromString(*bytes)) return v1::NOT_UNDERSTOOD;
  if (record.seq() != seq) return v1::WRONG_SEQ;
  bool const opens = record.has_log_opened() && opens_this_log(record.log_opened());
  if (record.has_log_opened() != (seq == 1) || (seq == 1 && !opens)) return v1::BAD_LOG_OPENED;
  return weigh(record);
}

std::uint32_t Judge::weigh(v1::Record const& record) const {
  if (record.fact_case() == v1::Record::FACT_NOT_SET) return v1::NOT_UNDERSTOOD;
  if (record.has_decision()) return v1::DECISION_ELSEWHERE;
  if (record.has_void_() && record.staff() == 0) return v1::VOID_WITHOUT_STAFF;
  if (!record.has_at() || !well_formed(record)) return v1::RULE_BROKEN;
  if (record.class_id() == 0) return about_the_kiosk(record) ? v1::QUARANTINE_REASON_UNSPECIFIED : v1::RULE_BROKEN;
  auto const rules = classes_.find(record.class_id());
  if (rules == classes_.end()) return v1::NOT_ASSIGNED;
  if (auto const session = session_of(record); session && !rules->second.sessions.contains(*session))
    return v1::UNKNOWN_SESSION;
  if (record.at().simulated() && !rules->second.rehearsal) return v1::SIMULATED;
  return v1::QUARANTINE_REASON_UNSPECIFIED;
}

bool Judge::opens_this_log(v1::LogOpened const& opened) const {
  return opened.device_id() == device_.view() && opened.log_salt() == salt_.view();
}

}  // namespace dga::centre
