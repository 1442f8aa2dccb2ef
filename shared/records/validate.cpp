#include "shared/records/validate.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "shared/base/bytes.h"
#include "shared/text/fold.h"

namespace dga::records {
namespace {

constexpr std::uint64_t kLargestParticipant = 9'999'999'999;  // ten digits on a badge
// 1938 .. 33658: far past any clock that lies, and far from where sums of milliseconds would overflow.
constexpr std::int64_t kFirstMs = -1'000'000'000'000;
constexpr std::int64_t kLastMs = 1'000'000'000'000'000;

// Longest texts, in bytes.
constexpr std::size_t kName = 200;
constexpr std::size_t kLine = 400;    // an agency, a position, a province
constexpr std::size_t kId = 100;      // a form's, a question's, a choice's
constexpr std::size_t kProse = 4000;  // a reason, a comment, an event's detail

constexpr int kMostAnswers = 200;
constexpr int kMostChoices = 100;
constexpr std::int32_t kLargestAnswer = 100;

// Holds one thing after another against the rules and keeps what it found first.
class Check {
 public:
  void that(bool holds, std::string_view field, Verdict otherwise = Verdict::kRuleBroken) {
    if (!holds && finding_.verdict == Verdict::kFit) finding_ = {otherwise, field};
  }
  void understood(bool holds, std::string_view field) { that(holds, field, Verdict::kNotUnderstood); }
  void text(std::string const& text, std::size_t most, std::string_view field) {
    that(text.size() <= most && text::is_valid_utf8(text), field);
  }
  void needed_text(std::string const& text, std::size_t most, std::string_view field) {
    that(!text.empty(), field);
    this->text(text, most, field);
  }
  [[nodiscard]] Finding finding() const { return finding_; }

 private:
  Finding finding_;
};

bool is_participant(std::uint64_t number) { return number >= 1 && number <= kLargestParticipant; }
bool is_time(std::int64_t ms) { return ms >= kFirstMs && ms <= kLastMs; }
bool is_digest(std::string const& bytes) { return bytes.size() == base::Digest::kSize; }
bool is_log(std::string const& bytes) { return bytes.size() == base::LogId::kSize; }

// A person by number, or a walk-in by the hash of their record: the one or the other.
bool names_somebody(std::uint64_t participant, std::string const& walk_in) {
  return walk_in.empty() ? is_participant(participant) : participant == 0 && is_digest(walk_in);
}

void check(Check& check, v1::CheckIn const& fact) {
  check.that(names_somebody(fact.participant(), fact.walk_in()), "check_in.participant");
  check.that(fact.session() != 0, "check_in.session");
  check.understood(v1::Method_IsValid(fact.method()), "check_in.method");
  // Without a method it still says who came: somebody's attendance is not held back for how they were recognised.
}

void check(Check& check, v1::Departure const& fact) {
  check.that(names_somebody(fact.participant(), fact.walk_in()), "departure.participant");
  check.that(fact.session() != 0, "departure.session");
}

void check(Check& check, v1::WalkIn const& fact) {
  check.needed_text(fact.name(), kName, "walk_in.name");
  check.text(fact.agency(), kLine, "walk_in.agency");
  check.text(fact.position(), kLine, "walk_in.position");
  check.text(fact.province(), kLine, "walk_in.province");
  check.text(fact.phone(), kId, "walk_in.phone");
}

void check(Check& check, v1::Void const& fact) {
  check.that(is_log(fact.log_id()), "void.log_id");
  check.that(fact.seq() != 0, "void.seq");
  // A kiosk that knows another's check-in from a pack may not know its hash.
  check.that(fact.record_hash().empty() || is_digest(fact.record_hash()), "void.record_hash");
  check.text(fact.reason(), kProse, "void.reason");
}

void check(Check& check, v1::Consent const& fact) {
  check.that(names_somebody(fact.participant(), fact.walk_in()), "consent.participant");
  check.that(fact.notice_version() != 0, "consent.notice_version");
}

void check(Check& check, v1::SessionControl const& fact) {
  check.that(fact.session() != 0, "session_control.session");
  check.understood(v1::SessionControl::Action_IsValid(fact.action()), "session_control.action");
  check.that(fact.action() != v1::SessionControl::ACTION_UNSPECIFIED, "session_control.action");
  check.text(fact.form_id(), kId, "session_control.form_id");
}

template <typename Fact>
void check_answers(Check& check, Fact const& fact, std::string_view form, std::string_view answers) {
  check.needed_text(fact.form_id(), kId, form);
  check.that(is_digest(fact.form_hash()), form);
  check.that(fact.answers_size() <= kMostAnswers, answers);
  std::set<std::string_view> questions;
  for (auto const& answer : fact.answers()) {
    check.needed_text(answer.question(), kId, answers);
    check.that(questions.insert(answer.question()).second, answers);
    check.that(answer.number() >= 0 && answer.number() <= kLargestAnswer, answers);
    check.text(answer.text(), kProse, answers);
    check.that(answer.choices_size() <= kMostChoices, answers);
    for (auto const& choice : answer.choices()) check.needed_text(choice, kId, answers);
  }
}

void check(Check& check, v1::Score const& fact) {
  check.that(fact.group() != 0, "score.group");
  check.that(is_participant(fact.scorer()), "score.scorer");
  check_answers(check, fact, "score.form", "score.answers");
}

void check(Check& check, v1::SelfAssessment const& fact) {
  check.that(is_participant(fact.participant()), "self_assessment.participant");
  check_answers(check, fact, "self_assessment.form", "self_assessment.answers");
}

void check(Check& check, v1::TimeSample const& fact) {
  check.that(fact.mono_received() >= fact.mono_sent(), "time_sample.mono_received");
  check.that(is_time(fact.centre_ms()), "time_sample.centre_ms");
}

void check(Check& check, v1::KioskEvent const& fact) {
  check.understood(v1::KioskEvent::Kind_IsValid(fact.kind()), "kiosk_event.kind");
  check.that(fact.kind() != v1::KioskEvent::KIND_UNSPECIFIED, "kiosk_event.kind");
  check.text(fact.detail(), kProse, "kiosk_event.detail");
}

void check(Check& check, v1::LogOpened const& fact, std::uint64_t seq) {
  check.that(seq == 1, "log_opened");
  check.that(fact.device_id().size() == base::DeviceId::kSize, "log_opened.device_id");
  check.that(fact.log_salt().size() == base::LogSalt::kSize, "log_opened.log_salt");
  check.text(fact.product_version(), kId, "log_opened.product_version");
  bool const first = fact.parent_log().empty() && fact.parent_seq() == 0 && fact.parent_hash().empty();
  bool const child = is_log(fact.parent_log()) && is_digest(fact.parent_hash());
  check.that(first || child, "log_opened.parent_log");
}

void check(Check& check, v1::Decision const& fact) {
  check.that(is_participant(fact.participant()), "decision.participant");
  check.understood(v1::Decision::Kind_IsValid(fact.kind()), "decision.kind");
  check.that(fact.kind() != v1::Decision::KIND_UNSPECIFIED, "decision.kind");
  check.text(fact.reason(), kProse, "decision.reason");
  bool const changes_the_count = fact.kind() == v1::Decision::EXCLUDE || fact.kind() == v1::Decision::GRANT;
  if (changes_the_count || fact.kind() == v1::Decision::EXCUSE) check.that(fact.session() != 0, "decision.session");
  if (changes_the_count) check.that(!fact.reason().empty(), "decision.reason");
  if (fact.kind() == v1::Decision::GRANT) check.that(fact.units() <= 2, "decision.units");
  if (fact.kind() != v1::Decision::MERGE_WALK_IN) return;
  check.that(is_log(fact.log_id()) && fact.seq() != 0 && is_digest(fact.record_hash()), "decision.record_hash");
}

// Facts about the kiosk itself need no class; all others do.
bool needs_class(v1::Record const& record) {
  return !record.has_time_sample() && !record.has_kiosk_event() && !record.has_log_opened();
}

void check_fact(Check& checked, v1::Record const& record) {
  switch (record.fact_case()) {
    case v1::Record::kCheckIn: return check(checked, record.check_in());
    case v1::Record::kDeparture: return check(checked, record.departure());
    case v1::Record::kWalkIn: return check(checked, record.walk_in());
    case v1::Record::kVoid: return check(checked, record.void_());
    case v1::Record::kConsent: return check(checked, record.consent());
    case v1::Record::kSessionControl: return check(checked, record.session_control());
    case v1::Record::kScore: return check(checked, record.score());
    case v1::Record::kSelfAssessment: return check(checked, record.self_assessment());
    case v1::Record::kTimeSample: return check(checked, record.time_sample());
    case v1::Record::kKioskEvent: return check(checked, record.kiosk_event());
    case v1::Record::kLogOpened: return check(checked, record.log_opened(), record.seq());
    case v1::Record::kDecision: return check(checked, record.decision());
    case v1::Record::FACT_NOT_SET: return checked.understood(false, "fact");
  }
}

}  // namespace

Finding validate(v1::Record const& record) {
  Check checked;
  checked.understood(record.fact_case() != v1::Record::FACT_NOT_SET, "fact");
  checked.that(!record.has_void_() || record.staff() != 0, "staff", Verdict::kVoidWithoutStaff);
  checked.that(record.seq() != 0, "seq");
  checked.that(record.has_at(), "at");
  checked.that(is_time(record.at().wall_ms()), "at.wall_ms");
  checked.that(record.class_id() != 0 || !needs_class(record), "class_id");
  check_fact(checked, record);
  return checked.finding();
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFit: return "fit";
    case Verdict::kNotUnderstood: return "not_understood";
    case Verdict::kVoidWithoutStaff: return "void_without_staff";
    case Verdict::kRuleBroken: return "rule_broken";
  }
  return "rule_broken";
}

}  // namespace dga::records
