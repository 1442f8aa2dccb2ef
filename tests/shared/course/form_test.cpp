#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "shared/course/form.h"

using dga::course::read_form;

namespace {
std::string with_questions(std::string const& questions) {
  return R"({"id":"f","vi":"Phiếu","en":"Form","questions":)" + questions + "}";
}
}  // namespace

TEST_CASE("every form of the vectors is read with its questions") {
  std::ifstream file(DGA_SOURCE_DIR "/tests/vectors/forms.json");
  auto const forms = nlohmann::json::parse(file).at("forms");
  REQUIRE(forms.size() == 5);
  for (auto const& form : forms) {
    auto const read = read_form(form.dump());
    REQUIRE(read.ok());
    CHECK(read->questions.size() == form.at("questions").size());
  }
}

TEST_CASE("a form with two rating scales is refused, naming the question") {
  auto const read = read_form(
      with_questions(R"([{"id":"a","kind":"rating5","vi":"A","en":"A"},{"id":"b","kind":"faces","vi":"B","en":"B"}])"));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == "form.invalid");
  CHECK(read.error().what.find("question 2 (b)") != std::string::npos);
}

TEST_CASE("recommend may end a form of another scale, and only end it") {
  CHECK(read_form(
            with_questions(
                R"([{"id":"a","kind":"rating10","vi":"A","en":"A"},{"id":"b","kind":"recommend","vi":"B","en":"B"}])"))
            .ok());
  CHECK_FALSE(
      read_form(
          with_questions(
              R"([{"id":"b","kind":"recommend","vi":"B","en":"B"},{"id":"a","kind":"rating10","vi":"A","en":"A"}])"))
          .ok());
}

TEST_CASE("what is no usable form is refused") {
  for (auto const* questions :
       {"[]", "7", R"([{"id":"a","kind":"stars","vi":"A","en":"A"}])", R"([{"kind":"text","vi":"A","en":"A"}])",
        R"([{"id":"a","kind":"text","vi":"A"}])", R"([{"id":"a","kind":"single","vi":"A","en":"A"}])",
        R"([{"id":"a","kind":"text","vi":"A","en":"A"},{"id":"a","kind":"text","vi":"A","en":"A"}])"})
    CHECK_FALSE(read_form(with_questions(questions)).ok());
  CHECK_FALSE(read_form("no json").ok());
}
