#include "shared/course/answers.h"

#include <doctest/doctest.h>

using namespace dga;
using namespace dga::course;

namespace {

// Every kind of question; the version of a year later dropped "why" and offers another choice.
Form form() {
  auto read = read_form(R"({"id":"f","vi":"Phiếu","en":"Form","questions":[
    {"id":"clear","kind":"rating5","vi":"A","en":"A"},
    {"id":"level","kind":"rating5","per":"skill","vi":"B {skill}","en":"B {skill}"},
    {"id":"way","kind":"single","vi":"C","en":"C","choices":[{"id":"a","vi":"A","en":"A"},{"id":"b","vi":"B","en":"B"}]},
    {"id":"ways","kind":"multiple","vi":"D","en":"D",
     "choices":[{"id":"a","vi":"A","en":"A"},{"id":"b","vi":"B","en":"B"}]},
    {"id":"why","kind":"text","vi":"E","en":"E"},
    {"id":"tell","kind":"recommend","vi":"F","en":"F"}]})");
  REQUIRE_MESSAGE(read.ok(), read.error().what);
  return std::move(read).value();
}
v1::Answer named(std::string const& question) {
  v1::Answer answer;
  answer.set_question(question);
  return answer;
}
v1::Answer rated(std::string const& question, std::int64_t number) {
  auto answer = named(question);
  answer.set_number(number);
  return answer;
}
v1::Answer written(std::string const& question, std::string const& text) {
  auto answer = named(question);
  answer.set_text(text);
  return answer;
}
v1::Answer chosen(std::string const& question, std::vector<std::string> const& choices) {
  auto answer = named(question);
  for (auto const& choice : choices) answer.add_choices(choice);
  return answer;
}
v1::Answer skipped(std::string const& question) {
  auto answer = named(question);
  answer.set_skipped(true);
  return answer;
}
// Why a single answer is not understood; empty where it is.
std::string doubt(v1::Answer const& answer) {
  auto const read = interpret(form(), {answer});
  REQUIRE(read.understood.size() + read.not_understood.size() == 1);
  if (read.not_understood.empty()) {
    CHECK(read.understood[0].answer.SerializeAsString() == answer.SerializeAsString());
    return "";
  }
  CHECK(read.not_understood[0].answer.SerializeAsString() == answer.SerializeAsString());
  return std::string(name_of(read.not_understood[0].why));
}

}  // namespace

TEST_CASE("answers are told by the form's questions, in its order, each skill apart") {
  auto const read = interpret(
      form(), {rated("tell", 0), rated("level/data", 4), rated("level/law", 2), skipped("why"), rated("clear", 5)});
  CHECK(read.not_understood.empty());
  REQUIRE(read.understood.size() == 5);
  CHECK(read.understood[0].answer.number() == 5);
  CHECK(read.understood[1].question == 1);
  CHECK(read.understood[1].skill == "data");
  CHECK(read.understood[2].skill == "law");
  CHECK(read.understood[3].answer.skipped());
  CHECK(read.understood[4].question == 5);
}

TEST_CASE("numbers are held against each kind's own scale") {
  CHECK(doubt(rated("clear", 1)) == "");
  CHECK(doubt(rated("clear", 5)) == "");
  CHECK(doubt(rated("clear", 0)) == "out_of_range");
  CHECK(doubt(rated("clear", 6)) == "out_of_range");
  CHECK(doubt(rated("tell", 10)) == "");
  CHECK(doubt(rated("tell", 11)) == "out_of_range");
}

TEST_CASE("choices must be offered, each once, and one alone where one is asked for") {
  CHECK(doubt(chosen("way", {"a"})) == "");
  CHECK(doubt(chosen("way", {"a", "b"})) == "other_kind");
  CHECK(doubt(chosen("way", {"c"})) == "unknown_choice");
  CHECK(doubt(chosen("ways", {"b", "a"})) == "");
  CHECK(doubt(chosen("ways", {"a", "a"})) == "unknown_choice");
  CHECK(doubt(chosen("ways", {})) == "other_kind");
}

TEST_CASE("an answer of another kind than the question, or to no question of the form, is kept and named") {
  CHECK(doubt(written("clear", "good")) == "other_kind");
  CHECK(doubt(written("why", "good")) == "");
  CHECK(doubt(rated("why", 3)) == "other_kind");
  CHECK(doubt(named("why")) == "other_kind");
  CHECK(doubt(rated("level/", 3)) == "unknown_question");
  CHECK(doubt(rated("clear/data", 3)) == "unknown_question");
  CHECK(doubt(rated("gone", 3)) == "unknown_question");
  auto both = skipped("clear");
  both.set_number(3);
  CHECK(doubt(both) == "other_kind");
}

TEST_CASE("nothing is dropped: what a form does not know is there beside what it does, as it came") {
  auto const read = interpret(form(), {rated("new", 7), rated("clear", 4), chosen("way", {"z"})});
  REQUIRE(read.understood.size() == 1);
  REQUIRE(read.not_understood.size() == 2);
  CHECK(read.not_understood[0].answer.number() == 7);
  CHECK(read.not_understood[1].answer.choices(0) == "z");
}
