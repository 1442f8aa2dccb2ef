#include "shared/course/explain.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("the attendance rule gives what the vectors say") {
  auto const cases = test::vectors("attendance.json");
  REQUIRE(cases.size() == 335);
  auto const explained = course::explain(cases.dump());
  REQUIRE(explained.ok());
  auto const answers = nlohmann::json::parse(*explained);
  REQUIRE(answers.size() == cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(cases[i].at("name").get<std::string>());
    CHECK(answers[i].dump() == cases[i].at("expect").dump());
  }
}

TEST_CASE("the order of records is no part of a case") {
  auto cases = test::vectors("attendance.json");
  auto const straight = course::explain(cases.dump());
  for (auto& one : cases) std::reverse(one.at("records").begin(), one.at("records").end());
  auto const reversed = course::explain(cases.dump());
  REQUIRE(straight.ok());
  REQUIRE(reversed.ok());
  CHECK(*straight == *reversed);
}

TEST_CASE("cases that make no sense are refused with the place of the mistake") {
  auto error_of = [](nlohmann::json const& cases) {
    auto const explained = course::explain(cases.dump());
    REQUIRE_FALSE(explained.ok());
    CHECK(explained.error().code == "explain.invalid");
    CHECK(explained.error().fault == base::Fault::kUsage);
    return explained.error().what;
  };
  auto const good = test::vectors("attendance.json");
  auto cases = nlohmann::json::array({good[0], good[0]});
  cases[1].at("policy").erase("grace");
  CHECK(error_of(cases).find("case 2") != std::string::npos);
  CHECK(error_of(cases).find("grace") != std::string::npos);
  cases[1] = good[0];
  cases[1].at("records")[0]["kind"] = "teleport";
  CHECK(error_of(cases).find("teleport") != std::string::npos);
  cases[1] = good[0];
  cases[1].at("sessions")[0]["end"] = 1;
  CHECK(error_of(cases).find("ends before") != std::string::npos);
  cases[1] = good[0];
  cases[1]["now"] = "soon";
  error_of(cases);
  cases[1]["now"] = std::int64_t{1} << 62;
  error_of(cases);
  error_of(nlohmann::json::object());
  error_of(nlohmann::json::array({1}));
  CHECK_FALSE(course::explain("[{").ok());
  CHECK_FALSE(course::explain("").ok());
  CHECK(course::explain("[]").ok());
}
