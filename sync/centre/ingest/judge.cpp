#include "sync/centre/ingest/judge.h"

#include "shared/records/pack.pb.h"
#include "shared/records/validate.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::centre {

using base::Result;

namespace {

// What a record says by itself; 0 where it makes sense.
std::uint32_t reason_of(records::Verdict verdict) {
  switch (verdict) {
    case records::Verdict::kFit: return v1::QUARANTINE_REASON_UNSPECIFIED;
    case records::Verdict::kNotUnderstood: return v1::NOT_UNDERSTOOD;
    case records::Verdict::kVoidWithoutStaff: return v1::VOID_WITHOUT_STAFF;
    case records::Verdict::kRuleBroken: return v1::RULE_BROKEN;
  }
  return v1::NOT_UNDERSTOOD;
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

// The form a record answers, where its kind does.
std::optional<base::Digest> form_of(v1::Record const& record) {
  if (record.has_score()) return base::Digest::from(record.score().form_hash());
  if (record.has_self_assessment()) return base::Digest::from(record.self_assessment().form_hash());
  return std::nullopt;
}

}  // namespace

Result<Judge> Judge::of(Tables& tables, LogInfo const& log) {
  TRY(auto const device, tables.devices.device(log.device));
  return of(tables, log, device);
}

Result<Judge> Judge::of(Tables& tables, LogInfo const& log, std::optional<DeviceRow> const& device) {
  Judge judge;
  judge.device_ = log.device;
  judge.salt_ = log.salt;
  judge.revoked_ = device && device->state == DeviceState::kRevoked;
  judge.unconfirmed_ = device && device->state == DeviceState::kUnconfirmed;
  TRY(auto const classes, tables.devices.classes_of(log.device));
  for (auto const id : classes) {
    TRY(auto const row, tables.classes.a_class(id));
    v1::Class a_class;
    if (!row || !a_class.ParseFromString(row->bytes)) continue;
    auto& rules = judge.classes_[id];
    rules.rehearsal = a_class.rehearsal();
    for (auto const& session : a_class.sessions()) rules.sessions.insert(session.id());
    rules.forms = row->forms;
  }
  return judge;
}

Judge Judge::as_if_not_revoked() const {
  auto judge = *this;
  judge.revoked_ = false;
  return judge;
}

std::uint32_t Judge::reason_for(std::uint64_t seq, std::optional<base::Bytes> const& bytes) const {
  if (revoked_) return v1::DEVICE_REVOKED;
  return unconfirmed_ ? std::uint32_t{v1::DEVICE_UNCONFIRMED} : reason_by_itself(seq, bytes);
}

std::uint32_t Judge::reason_now(std::uint64_t seq, std::optional<base::Bytes> const& bytes,
                                std::uint32_t reason) const {
  bool const for_its_device = reason == v1::DEVICE_REVOKED || reason == v1::DEVICE_UNCONFIRMED;
  return for_its_device ? reason_for(seq, bytes) : reason_by_itself(seq, bytes);
}

std::uint32_t Judge::reason_by_itself(std::uint64_t seq, std::optional<base::Bytes> const& bytes) const {
  if (!bytes) return v1::QUARANTINE_REASON_UNSPECIFIED;
  v1::Record record;
  if (!record.ParseFromString(*bytes)) return v1::NOT_UNDERSTOOD;
  if (record.seq() != seq) return v1::WRONG_SEQ;
  bool const opens = record.has_log_opened() && opens_this_log(record.log_opened());
  if (record.has_log_opened() != (seq == 1) || (seq == 1 && !opens)) return v1::BAD_LOG_OPENED;
  return weigh(record);
}

std::uint32_t Judge::weigh(v1::Record const& record) const {
  if (record.has_decision()) return v1::DECISION_ELSEWHERE;
  if (auto const reason = reason_of(records::validate(record).verdict)) return reason;
  if (record.class_id() == 0) return about_the_kiosk(record) ? v1::QUARANTINE_REASON_UNSPECIFIED : v1::RULE_BROKEN;
  auto const rules = classes_.find(record.class_id());
  if (rules == classes_.end()) return v1::NOT_ASSIGNED;
  if (auto const session = session_of(record); session && !rules->second.sessions.contains(*session))
    return v1::UNKNOWN_SESSION;
  if (auto const form = form_of(record); form && !rules->second.forms.contains(*form)) return v1::UNKNOWN_FORM;
  if (record.at().simulated() && !rules->second.rehearsal) return v1::SIMULATED;
  return v1::QUARANTINE_REASON_UNSPECIFIED;
}

bool Judge::opens_this_log(v1::LogOpened const& opened) const {
  return opened.device_id() == device_.view() && opened.log_salt() == salt_.view();
}

}  // namespace dga::centre
