#include "sync/centre/projection/export.h"

#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

struct Ready : House {
  explicit Ready(std::uint64_t seed = 1) : House(seed) {
    demo_class();
    roster(1, 5);
    kiosk.enrol();
    for (std::uint64_t person = 1; person <= 5; ++person) kiosk.check_in(person);
  }
  std::string records(std::string const& query = {}) const {
    auto const response = coordinator("GET", "/api/v1/records" + query);
    CHECK(response.status == 200);
    return response.body;
  }
  static std::vector<nlohmann::json> lines(std::string const& text) {
    std::vector<nlohmann::json> all;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }
  Kiosk kiosk{*this};
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "the export has each record's bytes, its fact and its raw stamp") {
  kiosk.send_all();
  auto const all = lines(records());
  REQUIRE(all.size() == 6);
  auto const& first = all[1];
  CHECK(first["log"] == kiosk.log().hex());
  CHECK(first["branch"] == kiosk.hash_at(1).hex());
  CHECK(first["seq"] == 2);
  CHECK(first["hash"] == kiosk.hash_at(2).hex());
  CHECK(first["device"] == kiosk.device().hex());
  CHECK(first["class"] == 1);
  CHECK(first["fact"]["check_in"]["participant"] == "1");
  CHECK(first["fact"]["at"]["wall_ms"] == std::to_string(support::kDemoMorning));
  CHECK(first["record"].get<std::string>().starts_with("CAI"));  // seq 2: the octets 08 02
}

TEST_CASE_FIXTURE(Ready, "branches come in the same order whichever arrived first") {
  Kiosk clone = kiosk;
  clone.forget_after(4);
  clone.check_in(1, 2);
  Ready other;  // the same seeds: the same kiosk at another centre
  Kiosk there = other.kiosk, there_too = other.kiosk;
  there_too.forget_after(4);
  there_too.check_in(1, 2);

  kiosk.send_all();
  clone.send_all();
  there_too.send(1, 2);
  there_too.send_all();
  there.send_all();
  auto const text = records();
  CHECK(lines(text).size() == 7);
  CHECK(text == other.records());
}

TEST_CASE_FIXTURE(Ready, "the export goes on behind a place, and keeps to a class") {
  kiosk.send_all();
  auto const text = records();
  auto const all = lines(text);
  auto const after = kiosk.log().hex() + "." + all[2]["branch"].get<std::string>() + ".3";
  auto const fourth = text.rfind('\n', text.find("\"seq\":4")) + 1;
  CHECK(records("?after=" + after) == text.substr(fourth));
  CHECK(lines(records("?class=1")).size() == 5);
  CHECK(records("?class=2").empty());
  CHECK(coordinator("GET", "/api/v1/records?after=nowhere").status == 400);
}

TEST_CASE_FIXTURE(Ready, "only a coordinator gets the export") {
  CHECK(ask("GET", "/api/v1/records").status == 401);
  CHECK(ask("GET", "/api/v1/records", {}, {}, "no token").status == 401);
}
