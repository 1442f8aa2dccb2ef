#include "tests/kiosk/flow/person.h"

using namespace dga::flow_test;

namespace {
std::vector<std::string> found_names(Kiosk const& kiosk) {
  std::vector<std::string> names;
  for (auto place : kiosk.on<screen::FindName>()->found)
    names.push_back(kiosk.state.a_class->pack.roster(static_cast<int>(place)).name());
  return names;
}
}  // namespace

TEST_CASE("typing finds people, with the tones that Telex makes of the keys") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("anhs ng");
  REQUIRE(kiosk.on<screen::FindName>());
  CHECK(kiosk.on<screen::FindName>()->text == "ánh ng");
  REQUIRE_FALSE(found_names(kiosk).empty());
  CHECK(found_names(kiosk).front() == "Lê Ánh Nguyệt");
}

TEST_CASE("plain typing leaves the letters as they are") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::KeyTelex{});
  kiosk.type("binh tran");
  CHECK(kiosk.on<screen::FindName>()->text == "binh tran");
  CHECK(found_names(kiosk) == std::vector<std::string>{"Trần Thị Bình"});
}

TEST_CASE("nobody is listed before something is typed") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  CHECK(kiosk.on<screen::FindName>()->found.empty());
  kiosk.type(" ");
  CHECK(kiosk.on<screen::FindName>()->found.empty());
  CHECK(kiosk.on<screen::FindName>()->keys.empty());
}

TEST_CASE("the erase key takes away what is seen, character by character") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("nguyeenx");
  CHECK(kiosk.on<screen::FindName>()->text == "nguyễn");
  std::vector<std::string> seen;
  for (int i = 0; i < 7; ++i) {
    kiosk.tell(event::KeyErase{});
    seen.push_back(kiosk.on<screen::FindName>()->text);
  }
  CHECK(seen == std::vector<std::string>{"nguyễ", "nguy", "ngu", "ng", "n", "", ""});
}

TEST_CASE("shift makes one capital") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::KeyShift{});
  kiosk.type("an");
  CHECK(kiosk.on<screen::FindName>()->text == "An");
}

TEST_CASE("switching Telex off keeps what is written") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("ddaof");
  kiosk.tell(event::KeyTelex{});
  CHECK(kiosk.on<screen::FindName>()->text == "đào");
  kiosk.type("s");
  CHECK(kiosk.on<screen::FindName>()->text == "đàos");
}

TEST_CASE("pages turn to the last one and no further, and a new letter starts at the first") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("a");
  REQUIRE(kiosk.on<screen::FindName>()->found.size() == 5);
  kiosk.tell(event::PreviousPage{});
  CHECK(kiosk.on<screen::FindName>()->page == 0);
  for (int i = 0; i < 3; ++i) kiosk.tell(event::NextPage{});
  CHECK(kiosk.on<screen::FindName>()->page == 1);
  kiosk.type("n");
  CHECK(kiosk.on<screen::FindName>()->page == 0);
}

TEST_CASE("a confirmed name is checked in by its number") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("binh");
  kiosk.tell(event::PersonChosen{2});
  REQUIRE(kiosk.on<screen::IsThisYou>());
  CHECK(kiosk.caused<effect::CheckInPerson>().empty());
  kiosk.tell(event::Confirmed{});
  REQUIRE(kiosk.caused<effect::CheckInPerson>().size() == 1);
  CHECK(kiosk.caused<effect::CheckInPerson>()[0].participant == 103);
  CHECK(kiosk.on<screen::Waiting>());
  kiosk.settle(103);
  CHECK(kiosk.shown_participant() == 103);
}

TEST_CASE("not me goes back to the same search") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("a");
  kiosk.tell(event::NextPage{});
  kiosk.tell(event::PersonChosen{0});
  kiosk.tell(event::Declined{});
  REQUIRE(kiosk.on<screen::FindName>());
  CHECK(kiosk.on<screen::FindName>()->text == "a");
  CHECK(kiosk.on<screen::FindName>()->page == 1);
  CHECK(kiosk.caused<effect::CheckInPerson>().empty());
}

TEST_CASE("the privacy notice stands beside the question until the person has confirmed once") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::PersonChosen{0});
  CHECK(kiosk.on<screen::IsThisYou>()->notice_shown);
  kiosk.tell(event::Confirmed{});
  kiosk.settle(101);
  kiosk.wait(2'500);
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::PersonChosen{0});
  CHECK_FALSE(kiosk.on<screen::IsThisYou>()->notice_shown);
  kiosk.tell(event::Back{});
  kiosk.tell(event::PersonChosen{1});
  CHECK(kiosk.on<screen::IsThisYou>()->notice_shown);
}

TEST_CASE("the big button takes the only one that was found and nobody else") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("a");
  kiosk.tell(event::Submit{});
  CHECK(kiosk.on<screen::FindName>());
  kiosk.tell(event::KeyErase{});
  kiosk.type("tran");
  kiosk.tell(event::Submit{});
  REQUIRE(kiosk.on<screen::IsThisYou>());
  CHECK(kiosk.on<screen::IsThisYou>()->roster_place == 2);
}

TEST_CASE("a place that is not in the roster is nobody") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::PersonChosen{4'000'000'000});
  CHECK(kiosk.on<screen::FindName>());
}

TEST_CASE("what is typed is bounded and holds no control characters") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::KeyTelex{});
  kiosk.tell(event::KeyTyped{std::string(1, '\0')});
  kiosk.tell(event::KeyTyped{"\x1b"});
  kiosk.tell(event::KeyTyped{"\xff\xfe"});
  CHECK(kiosk.on<screen::FindName>()->text.empty());
  kiosk.type(std::string(5'000, 'x'));
  CHECK(kiosk.on<screen::FindName>()->text.size() == kLongestQuery);
}

TEST_CASE("a new pack sends a half-done search home: places in the roster have moved") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.tell(event::PersonChosen{1});
  kiosk.tell(event::ClassReplaced{small_class()});
  CHECK(kiosk.on<screen::Home>());
}
