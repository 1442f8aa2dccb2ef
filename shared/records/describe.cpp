#include "shared/records/describe.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "shared/base/bytes.h"

namespace dga::records {
namespace {

std::string_view name_of(v1::Method method) {
  switch (method) {
    case v1::BADGE: return "by badge";
    case v1::NAME: return "by name";
    case v1::CITIZEN_CARD: return "by citizen card";
    case v1::WALK_IN: return "as a walk-in";
    case v1::STAFF: return "by staff";
    case v1::METHOD_UNSPECIFIED:
    case v1::Method_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Method_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "in an unknown way";
}

// An enum's own name in small letters: FEEDBACK_OPEN -> "feedback open".
std::string in_words(std::string const& name) {
  if (name.empty()) return "unknown";
  std::string words;
  for (char c : name) words.push_back(c == '_' ? ' ' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c));
  return words;
}

// Enough of an id to find it by.
std::string begin_of(std::string const& bytes) { return base::to_hex(bytes).substr(0, 12); }

// Ours, but perhaps damaged on the way: a terminal must not be steered by it.
std::string harmless(std::string const& text) {
  constexpr std::size_t kShown = 80;
  std::string shown;
  for (char c : text.substr(0, kShown)) shown.push_back(c >= ' ' && c <= '~' ? c : '?');
  return shown;
}

std::string in_utc(std::int64_t wall_ms) {
  constexpr std::int64_t kFirst = -62'135'596'800'000, kLast = 253'402'300'799'999;  // years 1 .. 9999
  if (wall_ms < kFirst || wall_ms > kLast) return fmt::format("{} ms", wall_ms);
  auto const seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds{wall_ms}).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string decided(v1::Decision const& decision) {
  auto const kind = in_words(v1::Decision::Kind_Name(decision.kind()));
  switch (decision.kind()) {
    case v1::Decision::EXCLUDE:
    case v1::Decision::EXCUSE: return fmt::format("decision: {} session {}", kind, decision.session());
    case v1::Decision::GRANT:
      return fmt::format("decision: {} {} units for session {}", kind, decision.units(), decision.session());
    case v1::Decision::MERGE_WALK_IN:
      return fmt::format("decision: {}, record {} of log {}", kind, decision.seq(), begin_of(decision.log_id()));
    case v1::Decision::CONFIRM_CERTIFICATE:
    case v1::Decision::REVOKE_CERTIFICATE:
    case v1::Decision::KIND_UNSPECIFIED:
    case v1::Decision_Kind_Decision_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Decision_Kind_Decision_Kind_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return "decision: " + kind;
}

std::string opened(v1::LogOpened const& fact) {
  std::string text =
      fmt::format("log opened by device {}, version {}", begin_of(fact.device_id()), harmless(fact.product_version()));
  if (!fact.parent_log().empty())
    text += fmt::format(", after record {} of log {}", fact.parent_seq(), begin_of(fact.parent_log()));
  return text;
}

std::string happened(v1::Record const& record) {
  switch (record.fact_case()) {
    case v1::Record::kCheckIn:
      return fmt::format("check-in to session {} {}{}", record.check_in().session(),
                         name_of(record.check_in().method()),
                         record.check_in().unrostered() ? ", not in the roster" : "");
    case v1::Record::kDeparture: return fmt::format("departure from session {}", record.departure().session());
    case v1::Record::kWalkIn: return "walk-in";
    case v1::Record::kVoid:
      return fmt::format("void of record {} of log {}", record.void_().seq(), begin_of(record.void_().log_id()));
    case v1::Record::kConsent:
      return fmt::format("privacy notice {} {}", record.consent().notice_version(),
                         record.consent().accepted() ? "accepted" : "declined");
    case v1::Record::kSessionControl:
      return fmt::format("session {}: {}", record.session_control().session(),
                         in_words(v1::SessionControl::Action_Name(record.session_control().action())));
    case v1::Record::kScore:
      return fmt::format("score for group {} by {}", record.score().group(),
                         record.score().scorer_is_staff() ? "staff" : "a participant");
    case v1::Record::kSelfAssessment:
      return fmt::format("self-assessment {} the course", record.self_assessment().after() ? "after" : "before");
    case v1::Record::kTimeSample: return fmt::format("time sample in boot {}", record.time_sample().boot());
    case v1::Record::kKioskEvent: {
      auto const& event = record.kiosk_event();
      auto const kind = in_words(v1::KioskEvent::Kind_Name(event.kind()));
      return "kiosk " + kind + (event.detail().empty() ? "" : ": " + harmless(event.detail()));
    }
    case v1::Record::kLogOpened: return opened(record.log_opened());
    case v1::Record::kDecision: return decided(record.decision());
    case v1::Record::FACT_NOT_SET: break;
  }
  return "something that this version does not know";
}

}  // namespace

std::string_view kind_of(v1::Record const& record) {
  auto const* field = v1::Record::descriptor()->FindFieldByNumber(static_cast<int>(record.fact_case()));
  return field == nullptr ? "unknown" : std::string_view(field->name());
}

std::string describe(v1::Record const& record) {
  std::string line = fmt::format("#{} {}", record.seq(), in_utc(record.at().wall_ms()));
  if (record.at().simulated()) line += " (simulated)";
  if (record.class_id() != 0) line += fmt::format(" class {}", record.class_id());
  if (record.staff() != 0) line += fmt::format(" staff {}", record.staff());
  return line + ": " + happened(record);
}

}  // namespace dga::records
