#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "shared/records/record.pb.h"

namespace dga::test {

inline std::vector<std::string> const& all_kinds() {
  static std::vector<std::string> const kinds{"check_in",    "departure",       "walk_in",    "void",
                                              "consent",     "session_control", "score",      "self_assessment",
                                              "time_sample", "kiosk_event",     "log_opened", "decision"};
  return kinds;
}

// Texts that must never turn up in a log.
inline constexpr char kPrivateName[] = "Nguyễn Văn Kín";
inline constexpr char kPrivatePhone[] = "+84900123987";
inline constexpr char kPrivateReason[] = "ốm, con nhỏ";
inline constexpr std::uint64_t kPrivateNumber = 7'654'321;

// A fit record of that kind with every field that may tell of a person filled in.
inline v1::Record example_record(std::string const& kind) {
  std::string const id(16, '\x11'), hash(32, '\x22');
  v1::Record record;
  record.set_seq(kind == "log_opened" ? 1 : 5);
  record.mutable_at()->set_wall_ms(1'731'372'900'000);
  record.set_class_id(1);
  record.set_staff(2);
  auto answered = [](auto& fact) {
    fact.set_form_id("presentation");
    fact.set_form_hash(std::string(32, '\x33'));
    auto& answer = *fact.add_answers();
    answer.set_question("problem");
    answer.set_number(4);
    answer.set_text(kPrivateReason);
  };
  if (kind == "check_in") {
    record.mutable_check_in()->set_participant(kPrivateNumber);
    record.mutable_check_in()->set_session(3);
    record.mutable_check_in()->set_method(v1::BADGE);
  } else if (kind == "departure") {
    record.mutable_departure()->set_participant(kPrivateNumber);
    record.mutable_departure()->set_session(3);
  } else if (kind == "walk_in") {
    record.mutable_walk_in()->set_name(kPrivateName);
    record.mutable_walk_in()->set_phone(kPrivatePhone);
  } else if (kind == "void") {
    record.mutable_void_()->set_log_id(id);
    record.mutable_void_()->set_seq(4);
    record.mutable_void_()->set_record_hash(hash);
    record.mutable_void_()->set_reason(kPrivateReason);
  } else if (kind == "consent") {
    record.mutable_consent()->set_participant(kPrivateNumber);
    record.mutable_consent()->set_notice_version(1);
    record.mutable_consent()->set_accepted(true);
  } else if (kind == "session_control") {
    record.mutable_session_control()->set_session(3);
    record.mutable_session_control()->set_action(v1::SessionControl::FEEDBACK_OPEN);
  } else if (kind == "score") {
    record.mutable_score()->set_group(2);
    record.mutable_score()->set_scorer(kPrivateNumber);
    answered(*record.mutable_score());
  } else if (kind == "self_assessment") {
    record.mutable_self_assessment()->set_participant(kPrivateNumber);
    answered(*record.mutable_self_assessment());
  } else if (kind == "time_sample") {
    record.mutable_time_sample()->set_boot(1);
    record.mutable_time_sample()->set_mono_sent(10);
    record.mutable_time_sample()->set_mono_received(12);
    record.mutable_time_sample()->set_centre_ms(1'731'372'900'001);
  } else if (kind == "kiosk_event") {
    record.mutable_kiosk_event()->set_kind(v1::KioskEvent::PACK_APPLIED);
    record.mutable_kiosk_event()->set_detail("1731372900000");
  } else if (kind == "log_opened") {
    record.mutable_log_opened()->set_device_id(id);
    record.mutable_log_opened()->set_log_salt(id);
    record.mutable_log_opened()->set_product_version("0.1.0");
  } else if (kind == "decision") {
    record.mutable_decision()->set_participant(kPrivateNumber);
    record.mutable_decision()->set_session(3);
    record.mutable_decision()->set_kind(v1::Decision::GRANT);
    record.mutable_decision()->set_units(1);
    record.mutable_decision()->set_reason(kPrivateReason);
  } else {
    FAIL("no such kind: " << kind);
  }
  return record;
}

}  // namespace dga::test
