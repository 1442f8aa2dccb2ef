#include <google/protobuf/util/json_util.h>

#include "shared/course/answers.h"
#include "shared/crypto/hash.h"
#include "tests/sync/together/door.h"

using namespace dga;
using namespace dga::together;

namespace {

// The form as it was, and as it was changed while kiosks were offline: "clear" is rated to ten, "brave" is new.
std::string const kFirst =
    R"({ "id": "peer", "vi": "Chấm điểm", "en": "Peer scores", "questions": [)"
    R"({"id":"clear","kind":"rating5","vi":"Rõ ràng","en":"Clear"},{"id":"why","kind":"text","vi":"Vì sao","en":"Why"}]})";
std::string const kSecond =
    R"({ "id": "peer", "vi": "Chấm điểm", "en": "Peer scores", "questions": [)"
    R"({"id":"clear","kind":"rating10","vi":"Rõ ràng","en":"Clear"},{"id":"brave","kind":"rating10","vi":"B","en":"B"}]})";

centre::Response give(support::House const& house, std::string const& form, std::string const& query = {}) {
  return house.coordinator("POST", "/api/v1/classes/1/forms" + query, form, "application/json");
}

v1::Record score(v1::Form const& form, std::int64_t clear) {
  v1::Record record;
  auto& fact = *record.mutable_score();
  fact.set_group(2);
  fact.set_scorer(1);
  fact.set_form_id(form.id());
  fact.set_form_hash(form.hash());
  auto& answer = *fact.add_answers();
  answer.set_question("clear");
  answer.set_number(clear);
  auto& text = *fact.add_answers();
  text.set_question("why");
  text.set_text("vì dễ hiểu");
  return record;
}

v1::Form form_of(std::string const& json) {
  v1::Form form;
  form.set_id("peer");
  form.set_json(json);
  form.set_hash(crypto::hash({json}).bytes());
  return form;
}

// The scores that the centre has, by its export: what a later reader works with.
std::vector<v1::Score> scores(support::House const& house) {
  std::vector<v1::Score> found;
  auto const told = house.coordinator("GET", "/api/v1/records?class=1");
  REQUIRE(told.status == 200);
  std::istringstream lines(told.body);
  for (std::string line; std::getline(lines, line);) {
    v1::Record record;
    auto const fact = nlohmann::json::parse(line).at("fact").dump();
    REQUIRE(google::protobuf::util::JsonStringToMessage(fact, &record).ok());
    if (record.has_score()) found.push_back(record.score());
  }
  return found;
}

}  // namespace

TEST_CASE_TEMPLATE("a form changed while the kiosk was offline loses no answer", Maker, EVERY_CENTRE) {
  Ready<Maker> house;
  CHECK(give(house, kFirst).status == 201);
  Door door(house, "1", 11);
  REQUIRE(door.pack().forms_size() == 1);
  auto const old_form = door.pack().forms(0);
  CHECK(old_form.json() == kFirst);
  CHECK(old_form.hash() == crypto::hash({kFirst}).view());

  door.record(score(old_form, 4));
  CHECK(give(house, kSecond).status == 201);
  door.record(score(old_form, 3));
  door.sync();

  // The kiosk has the new form, and only it; its old answers are accepted as they were given.
  REQUIRE(door.pack().forms_size() == 1);
  CHECK(door.pack().forms(0).json() == kSecond);
  CHECK(house.quarantined() == 0);
  door.record(score(door.pack().forms(0), 9));
  door.sync();
  auto const kept = scores(house);
  REQUIRE(kept.size() == 3);

  // Each is told by the form of its hash, which the centre still has, byte for byte.
  std::vector<std::int64_t> told;
  std::vector<std::string> not_understood;
  for (auto const& fact : kept) {
    auto const json = house.coordinator("GET", "/api/v1/classes/1/forms/" + base::to_hex(fact.form_hash()));
    REQUIRE(json.status == 200);
    CHECK(crypto::hash({json.body}).view() == fact.form_hash());
    auto const read =
        course::interpret(must(course::read_form(json.body)), {fact.answers().begin(), fact.answers().end()});
    for (auto const& answer : read.understood)
      if (answer.answer.question() == "clear") told.push_back(answer.answer.number());
    for (auto const& answer : read.not_understood) not_understood.push_back(answer.answer.question());
    CHECK(read.understood.size() + read.not_understood.size() == 2);
  }
  CHECK(told == std::vector<std::int64_t>{4, 3, 9});
  CHECK(not_understood == std::vector<std::string>{"why"});  // asked by the first form alone
}

TEST_CASE_TEMPLATE("answers to a form that is not known here wait in quarantine until the form comes", Maker,
                   EVERY_CENTRE) {
  Ready<Maker> house;
  CHECK(give(house, kSecond).status == 201);
  Door door(house, "1", 12);
  v1::Record assessment;
  assessment.mutable_self_assessment()->set_participant(3);
  assessment.mutable_self_assessment()->set_form_id("peer");
  assessment.mutable_self_assessment()->set_form_hash(form_of(kFirst).hash());
  door.record(score(form_of(kFirst), 5));
  door.record(assessment);
  door.scan(5);
  door.sync();

  CHECK(house.quarantined() == 2);
  auto const waiting = house.get("/api/v1/quarantine");
  for (auto const& row : waiting["records"]) CHECK(row["reason"] == "UNKNOWN_FORM");
  CHECK(house.get("/api/v1/reconciliation")["closes"] == true);
  CHECK(house.units(5, 0) == 2);  // nothing blocks the next record

  // A form that differs in one byte is another one.
  CHECK(support::House::json_of(give(house, kFirst + " ", "?older=1"), 201)["accepted"] == 0);
  CHECK(house.quarantined() == 2);
  CHECK(support::House::json_of(give(house, kFirst, "?older=1"), 201)["accepted"] == 2);
  CHECK(house.quarantined() == 0);
  REQUIRE(scores(house).size() == 1);
  CHECK(scores(house)[0].answers(0).number() == 5);

  // Older forms are known and not given out.
  house.open();
  door.sync();
  REQUIRE(door.pack().forms_size() == 1);
  CHECK(door.pack().forms(0).json() == kSecond);
}

TEST_CASE_TEMPLATE("a class file brings its forms, and a changed one replaces them without forgetting any", Maker,
                   EVERY_CENTRE) {
  Ready<Maker> house;
  Door door(house, "1", 13);
  CHECK(door.pack().forms_size() == 0);
  auto file = house.class_file();
  file["forms"] = {nlohmann::json::parse(kFirst)};
  house.change_class(file);
  door.sync();
  REQUIRE(door.pack().forms_size() == 1);
  auto const first = door.pack().forms(0);
  auto const version = door.pack().pack_version();

  // The same file laid out otherwise changes nothing; a file without "forms" leaves them as they are.
  CHECK(house.coordinator("POST", "/api/v1/classes/1", file.dump(2), "application/json").status == 200);
  house.change_class(house.class_file());
  door.sync();
  CHECK(door.pack().pack_version() == version);

  file["forms"] = {nlohmann::json::parse(kSecond)};
  house.change_class(file);
  door.record(score(first, 2));
  door.sync();
  REQUIRE(door.pack().forms_size() == 1);
  CHECK(door.pack().forms(0).hash() != first.hash());
  CHECK(house.quarantined() == 0);
  auto const forms = house.get("/api/v1/classes/1/forms")["forms"];
  REQUIRE(forms.size() == 2);
  CHECK(forms[0]["current"] != forms[1]["current"]);

  // A form that cannot be used leaves class and forms alone.
  file["forms"][0]["questions"][0]["kind"] = "guess";
  CHECK(house.change_class(file, 400)["error"]["code"] == "class.invalid");
  CHECK(house.get("/api/v1/classes/1/forms")["forms"] == forms);
}
