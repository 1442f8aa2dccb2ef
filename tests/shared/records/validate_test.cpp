#include "shared/records/validate.h"

#include <doctest/doctest.h>

#include <google/protobuf/stubs/logging.h>

#include <functional>

#include "shared/base/random.h"
#include "shared/records/describe.h"
#include "tests/shared/records/example_records.h"

using namespace dga;
using records::Verdict;

namespace {

using Change = std::function<void(v1::Record&)>;

void check_refused(std::string const& kind, std::string_view field, Change const& change,
                   Verdict verdict = Verdict::kRuleBroken) {
  auto record = test::example_record(kind);
  change(record);
  auto const finding = records::validate(record);
  CAPTURE(kind);
  CAPTURE(field);
  CHECK(finding.verdict == verdict);
  CHECK(finding.field == field);
}

}  // namespace

TEST_CASE("an example of every kind is fit") {
  for (auto const& kind : test::all_kinds()) {
    CAPTURE(kind);
    auto const finding = records::validate(test::example_record(kind));
    CAPTURE(finding.field);
    CHECK(finding.verdict == Verdict::kFit);
    CHECK(finding.field.empty());
  }
}

TEST_CASE("a record without a fact or with one of a newer version is not understood") {
  v1::Record record;
  CHECK(records::validate(record).verdict == Verdict::kNotUnderstood);
  // Field 40 of the oneof, as a newer kiosk may write it: unknown here, and kept.
  auto newer = test::example_record("check_in");
  newer.clear_fact();
  REQUIRE(record.ParseFromString(newer.SerializeAsString() + "\xc2\x02\x02hi"));
  CHECK(records::validate(record).verdict == Verdict::kNotUnderstood);
  check_refused(
      "check_in", "check_in.method", [](auto& r) { r.mutable_check_in()->set_method(static_cast<v1::Method>(77)); },
      Verdict::kNotUnderstood);
  check_refused(
      "session_control", "session_control.action",
      [](auto& r) { r.mutable_session_control()->set_action(static_cast<v1::SessionControl::Action>(77)); },
      Verdict::kNotUnderstood);
  check_refused(
      "kiosk_event", "kiosk_event.kind",
      [](auto& r) { r.mutable_kiosk_event()->set_kind(static_cast<v1::KioskEvent::Kind>(77)); },
      Verdict::kNotUnderstood);
  check_refused(
      "decision", "decision.kind", [](auto& r) { r.mutable_decision()->set_kind(static_cast<v1::Decision::Kind>(77)); },
      Verdict::kNotUnderstood);
}

TEST_CASE("only staff may void") {
  check_refused(
      "void", "staff", [](auto& r) { r.set_staff(0); }, Verdict::kVoidWithoutStaff);
}

TEST_CASE("what every record needs is missed in every kind") {
  for (auto const& kind : test::all_kinds()) {
    check_refused(kind, "seq", [](auto& r) { r.set_seq(0); });
    check_refused(kind, "at", [](auto& r) { r.clear_at(); });
    check_refused(kind, "at.wall_ms", [](auto& r) { r.mutable_at()->set_wall_ms(INT64_MAX); });
    check_refused(kind, "at.wall_ms", [](auto& r) { r.mutable_at()->set_wall_ms(INT64_MIN); });
    bool const about_kiosk = kind == "time_sample" || kind == "kiosk_event" || kind == "log_opened";
    if (!about_kiosk) check_refused(kind, "class_id", [](auto& r) { r.set_class_id(0); });
  }
}

TEST_CASE("a person is named by number or by a walk-in's record and never by both or by neither") {
  std::string const hash(32, 'h');
  check_refused("check_in", "check_in.participant", [](auto& r) { r.mutable_check_in()->set_participant(0); });
  check_refused("check_in", "check_in.participant",
                [](auto& r) { r.mutable_check_in()->set_participant(10'000'000'000); });
  check_refused("check_in", "check_in.participant", [&](auto& r) { r.mutable_check_in()->set_walk_in(hash); });
  check_refused("departure", "departure.participant", [](auto& r) { r.mutable_departure()->set_walk_in("short"); });
  check_refused("consent", "consent.participant", [](auto& r) { r.mutable_consent()->set_participant(0); });
  auto walked_in = test::example_record("check_in");
  walked_in.mutable_check_in()->set_participant(0);
  walked_in.mutable_check_in()->set_walk_in(hash);
  CHECK(records::validate(walked_in).verdict == Verdict::kFit);
}

TEST_CASE("each field that is missing, out of range or too long is named") {
  check_refused("check_in", "check_in.session", [](auto& r) { r.mutable_check_in()->clear_session(); });
  check_refused("departure", "departure.session", [](auto& r) { r.mutable_departure()->clear_session(); });
  check_refused("walk_in", "walk_in.name", [](auto& r) { r.mutable_walk_in()->clear_name(); });
  check_refused("walk_in", "walk_in.name", [](auto& r) { r.mutable_walk_in()->set_name(std::string(201, 'x')); });
  check_refused("walk_in", "walk_in.name", [](auto& r) { r.mutable_walk_in()->set_name("L\xea \xd0\xfc"); });
  check_refused("walk_in", "walk_in.agency", [](auto& r) { r.mutable_walk_in()->set_agency(std::string(401, 'x')); });
  check_refused("walk_in", "walk_in.phone", [](auto& r) { r.mutable_walk_in()->set_phone(std::string(101, '1')); });
  check_refused("void", "void.log_id", [](auto& r) { r.mutable_void_()->set_log_id("short"); });
  check_refused("void", "void.seq", [](auto& r) { r.mutable_void_()->set_seq(0); });
  check_refused("void", "void.record_hash", [](auto& r) { r.mutable_void_()->set_record_hash("short"); });
  check_refused("void", "void.reason", [](auto& r) { r.mutable_void_()->set_reason(std::string(5000, 'x')); });
  check_refused("consent", "consent.notice_version", [](auto& r) { r.mutable_consent()->clear_notice_version(); });
  check_refused("session_control", "session_control.session",
                [](auto& r) { r.mutable_session_control()->clear_session(); });
  check_refused("session_control", "session_control.action",
                [](auto& r) { r.mutable_session_control()->clear_action(); });
  check_refused("score", "score.group", [](auto& r) { r.mutable_score()->clear_group(); });
  check_refused("score", "score.scorer", [](auto& r) { r.mutable_score()->clear_scorer(); });
  check_refused("score", "score.form", [](auto& r) { r.mutable_score()->clear_form_hash(); });
  check_refused("score", "score.answers", [](auto& r) { r.mutable_score()->mutable_answers(0)->set_number(101); });
  check_refused("score", "score.answers", [](auto& r) { r.mutable_score()->mutable_answers(0)->set_number(-1); });
  check_refused("score", "score.answers", [](auto& r) { *r.mutable_score()->add_answers() = r.score().answers(0); });
  check_refused("self_assessment", "self_assessment.participant",
                [](auto& r) { r.mutable_self_assessment()->clear_participant(); });
  check_refused("self_assessment", "self_assessment.form",
                [](auto& r) { r.mutable_self_assessment()->clear_form_id(); });
  check_refused("self_assessment", "self_assessment.answers",
                [](auto& r) { r.mutable_self_assessment()->mutable_answers(0)->set_text("\xff"); });
  check_refused("time_sample", "time_sample.mono_received",
                [](auto& r) { r.mutable_time_sample()->set_mono_received(1); });
  check_refused("time_sample", "time_sample.centre_ms",
                [](auto& r) { r.mutable_time_sample()->set_centre_ms(INT64_MAX); });
  check_refused("kiosk_event", "kiosk_event.kind", [](auto& r) { r.mutable_kiosk_event()->clear_kind(); });
  check_refused("log_opened", "log_opened", [](auto& r) { r.set_seq(2); });
  check_refused("log_opened", "log_opened.device_id", [](auto& r) { r.mutable_log_opened()->clear_device_id(); });
  check_refused("log_opened", "log_opened.log_salt", [](auto& r) { r.mutable_log_opened()->set_log_salt("x"); });
  check_refused("log_opened", "log_opened.parent_log", [](auto& r) { r.mutable_log_opened()->set_parent_seq(4); });
  check_refused("decision", "decision.participant", [](auto& r) { r.mutable_decision()->clear_participant(); });
  check_refused("decision", "decision.kind", [](auto& r) { r.mutable_decision()->clear_kind(); });
  check_refused("decision", "decision.session", [](auto& r) { r.mutable_decision()->clear_session(); });
  check_refused("decision", "decision.reason", [](auto& r) { r.mutable_decision()->clear_reason(); });
  check_refused("decision", "decision.units", [](auto& r) { r.mutable_decision()->set_units(3); });
  check_refused("decision", "decision.record_hash",
                [](auto& r) { r.mutable_decision()->set_kind(v1::Decision::MERGE_WALK_IN); });
}

TEST_CASE("any bytes that parse as a record are judged and told") {
  google::protobuf::LogSilencer const quiet;  // it reports every text that is no UTF-8
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    auto bytes = test::example_record(test::all_kinds()[seed % test::all_kinds().size()]).SerializeAsString();
    for (auto left = random->below(4); left > 0; --left)
      bytes[random->below(bytes.size())] = static_cast<char>(random->below(256));
    v1::Record record;
    if (!record.ParseFromString(bytes)) continue;
    CHECK_FALSE(records::name_of(records::validate(record).verdict).empty());
    CHECK_FALSE(records::describe(record).empty());
  }
}
