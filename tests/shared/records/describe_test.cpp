#include "shared/records/describe.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/shared/records/example_records.h"

using namespace dga;

TEST_CASE("a record is told in one line of plain characters without anything of the person") {
  for (auto const& kind : test::all_kinds()) {
    auto const line = records::describe(test::example_record(kind));
    CAPTURE(line);
    CHECK(line.starts_with(kind == "log_opened" ? "#1 2024-11-12T00:55:00Z class 1 staff 2: "
                                                : "#5 2024-11-12T00:55:00Z class 1 staff 2: "));
    for (std::string const part : {test::kPrivateName, test::kPrivatePhone, test::kPrivateReason, "7654321"})
      CHECK(line.find(part) == std::string::npos);
    CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  }
}

TEST_CASE("what happened is said in words") {
  auto told = [](std::string const& kind) {
    auto const line = records::describe(test::example_record(kind));
    return line.substr(line.find(": ") + 2);
  };
  CHECK(told("check_in") == "check-in to session 3 by badge");
  CHECK(told("departure") == "departure from session 3");
  CHECK(told("walk_in") == "walk-in");
  CHECK(told("void") == "void of record 4 of log 111111111111");
  CHECK(told("consent") == "privacy notice 1 accepted");
  CHECK(told("session_control") == "session 3: feedback open");
  CHECK(told("score") == "score for group 2 by a participant");
  CHECK(told("self_assessment") == "self-assessment before the course");
  CHECK(told("time_sample") == "time sample in boot 1");
  CHECK(told("kiosk_event") == "kiosk pack applied: 1731372900000");
  CHECK(told("log_opened") == "log opened by device 111111111111, version 0.1.0");
  CHECK(told("decision") == "decision: grant 1 units for session 3");
}

TEST_CASE("simulated stamps are marked and impossible ones and unknown kinds are told all the same") {
  v1::Record record;
  CHECK(records::describe(record) == "#0 1970-01-01T00:00:00Z: something that this version does not know");
  CHECK(records::kind_of(record) == "unknown");
  record.mutable_at()->set_simulated(true);
  record.mutable_at()->set_wall_ms(INT64_MIN);
  CHECK(records::describe(record).starts_with("#0 -9223372036854775808 ms (simulated): "));
  for (auto const& kind : test::all_kinds()) CHECK(records::kind_of(test::example_record(kind)) == kind);
}

TEST_CASE("a detail cannot steer a terminal nor run over the line") {
  auto record = test::example_record("kiosk_event");
  record.mutable_kiosk_event()->set_detail("\x1b[2J\n" + std::string(500, 'x'));
  auto const line = records::describe(record);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.size() < 200);
}
