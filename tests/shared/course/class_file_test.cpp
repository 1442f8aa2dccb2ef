#include "shared/course/class_file.h"

#include <doctest/doctest.h>

#include "shared/course/local_time.h"
#include "tests/support/vectors.h"

using namespace dga;
using Json = nlohmann::json;

namespace {

std::string demo() { return test::source_file("assets/demo/class.json"); }

// The demo class after one change.
template <typename Change>
std::string changed(Change change) {
  auto json = Json::parse(demo());
  change(json);
  return json.dump();
}

template <typename Change>
std::string refusal(Change change) {
  auto const read = course::read_class_file(changed(change));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == "class.invalid");
  CHECK(read.error().fault == base::Fault::kUsage);
  return read.error().what;
}

bool names(std::string const& message, std::string const& part) { return message.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the demo class is read whole") {
  auto const read = course::read_class_file(demo());
  REQUIRE(read.ok());
  auto const& made = *read;
  CHECK(made.id() == 1);
  CHECK(made.rehearsal());
  CHECK(made.programme() == "SCP");
  CHECK(made.course_en() == "Digital Government Transformation Strategies");
  CHECK(made.audience_vi().starts_with("Lãnh đạo sở"));
  CHECK(made.zone() == "Asia/Ho_Chi_Minh");
  CHECK(made.organisers_size() == 7);
  CHECK(made.organisers(6).role() == "organiser");
  CHECK(made.presentation_required());
  REQUIRE(made.sessions_size() == 6);
  CHECK(course::write_instant(made.sessions(0).start_ms(), made.zone()) == "2024-11-12T08:00:00+07:00");
  CHECK(made.sessions(1).kind() == v1::CASE_STUDY);
  CHECK(made.sessions(1).case_study().title_vi() == "Đồng sáng tạo với công dân");
  CHECK(made.sessions(5).kind() == v1::PRESENTATION);
  CHECK(made.sessions(5).topics_size() == 2);
  REQUIRE(made.groups_size() == 5);
  CHECK(made.groups(4).name() == "Nhóm 5");
  CHECK(made.policy().opens_before_minutes() == 60);
  CHECK(made.policy().grace_minutes() == 15);
  CHECK(made.policy().late_units() == 2);
  CHECK(made.policy().threshold_percent() == 80);
}

TEST_CASE("policy may stand in the class or in an object of its own and zero means zero") {
  auto const beside = course::read_class_file(changed([](Json& json) { json["grace"] = 0; }));
  REQUIRE(beside.ok());
  CHECK(beside->policy().grace_minutes() == 0);
  CHECK(beside->policy().opens_before_minutes() == 60);
  auto const within = course::read_class_file(changed([](Json& json) {
    json.erase("threshold");
    json["policy"] = {{"threshold", 75}, {"late_units", 1}};
  }));
  REQUIRE(within.ok());
  CHECK(within->policy().threshold_percent() == 75);
  CHECK(within->policy().late_units() == 1);
  CHECK(names(refusal([](Json& json) { json["policy"] = {{"threshold", 75}}; }), "threshold"));
}

TEST_CASE("each mistake in a class file is named with its field") {
  CHECK(names(refusal([](Json& json) { json["sessions"][2]["kind"] = "party"; }), "sessions[2].kind"));
  CHECK(
      names(refusal([](Json& json) { json["sessions"][1]["end"] = json["sessions"][1]["start"]; }), "sessions[1].end"));
  CHECK(names(refusal([](Json& json) { json["sessions"][3]["id"] = 1; }), "sessions[3].id"));
  CHECK(names(refusal([](Json& json) { json["sessions"][0]["start"] = "2024-11-12T08:00:00"; }), "sessions[0].start"));
  CHECK(names(refusal([](Json& json) { json["sessions"][0].erase("end"); }), "sessions[0].end is missing"));
  CHECK(names(refusal([](Json& json) { json["sessions"][0]["topics"][0] = 7; }), "sessions[0].topics[0]"));
  CHECK(names(refusal([](Json& json) { json["sessions"] = Json::array(); }), "sessions"));
  CHECK(names(refusal([](Json& json) { json["sessions"] = 6; }), "sessions is no list"));
  CHECK(names(refusal([](Json& json) { json.erase("zone"); }), "zone is missing"));
  CHECK(names(refusal([](Json& json) { json["zone"] = "Asia/Saigon City"; }), "zone"));
  CHECK(names(refusal([](Json& json) { json["id"] = 0; }), "id"));
  CHECK(names(refusal([](Json& json) { json["id"] = "one"; }), "id is no whole number"));
  CHECK(names(refusal([](Json& json) { json["id"] = -1; }), "id"));
  CHECK(names(refusal([](Json& json) { json.erase("id"); }), "id is missing"));
  CHECK(names(refusal([](Json& json) { json["threshold"] = 101; }), "threshold"));
  CHECK(names(refusal([](Json& json) { json["late_units"] = 0; }), "late_units"));
  CHECK(names(refusal([](Json& json) { json["treshold"] = 70; }), "treshold"));
  CHECK(names(refusal([](Json& json) { json["organisers"][0]["role"] = "boss"; }), "organisers[0].role"));
  CHECK(names(refusal([](Json& json) { json["groups"][1]["id"] = 1; }), "groups[1].id"));
  CHECK(names(refusal([](Json& json) { json["rehearsal"] = "yes"; }), "rehearsal"));
  CHECK(names(refusal([](Json& json) { json["course_vi"] = " "; }), "course_vi is missing"));
  CHECK(names(refusal([](Json& json) { json["venue"] = std::string(3000, 'x'); }), "venue"));
  for (auto text : {"", "{", "[]", "null", "\xff\xd8\xff"}) CHECK_FALSE(course::read_class_file(text).ok());
}

TEST_CASE("a class moved to another date keeps its hours and its days apart") {
  auto const made = *course::read_class_file(demo());
  auto const moved = course::starting_on(made, "2026-11-22");
  REQUIRE(moved.ok());
  CHECK(course::write_instant(moved->sessions(0).start_ms(), made.zone()) == "2026-11-22T08:00:00+07:00");
  CHECK(course::write_instant(moved->sessions(5).end_ms(), made.zone()) == "2026-11-24T17:00:00+07:00");
  CHECK_FALSE(course::starting_on(made, "22/11/2026").ok());
  CHECK_FALSE(course::starting_on(v1::Class(), "2026-11-22").ok());
}

TEST_CASE("a class file's forms are read whole, and their bytes do not hang on how the file is laid out") {
  auto const form = Json::parse(R"({"vi":"Phiếu","id":"f","en":"Form",
                                    "questions":[{"kind":"text","id":"a","vi":"A","en":"A"}]})");
  CHECK_FALSE(course::forms_of_class_file(demo())->has_value());
  auto const with = [&](std::vector<Json> const& forms) { return changed([&](Json& json) { json["forms"] = forms; }); };
  auto const read = course::forms_of_class_file(with({form}));
  REQUIRE(read.ok());
  REQUIRE(read->has_value());
  REQUIRE((*read)->size() == 1);
  CHECK((*read)->front().id() == "f");
  CHECK((*read)->front().json() ==
        R"({"en":"Form","id":"f","questions":[{"en":"A","id":"a","kind":"text","vi":"A"}],"vi":"Phiếu"})");
  auto const spaced = course::forms_of_class_file(Json::parse(with({form})).dump(4));
  CHECK((*spaced)->front().json() == (*read)->front().json());
  CHECK((*course::forms_of_class_file(with({})))->empty());
  CHECK(course::read_class_file(with({form})).ok());

  CHECK(course::read_class_file(with({form, form})).error().code == "class.invalid");
  auto unusable = form;
  unusable["questions"][0]["kind"] = "guess";
  auto const refused = course::read_class_file(with({unusable}));
  CHECK(refused.error().code == "class.invalid");
  CHECK(refused.error().what.find("forms[0]") != std::string::npos);
}
