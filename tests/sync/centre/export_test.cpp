#include "sync/centre/projection/export.h"

#include <functional>
#include <map>

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
  std::string paged(
      std::size_t size, std::string const& query = {}, std::function<void()> const& between = [] {}) const {
    std::string all, next;
    do {
      auto page = records("?page=" + std::to_string(size) + query + (next.empty() ? "" : "&after=" + next));
      auto const mark = page.find("{\"next\"");
      next = mark == std::string::npos ? "" : nlohmann::json::parse(page.substr(mark))["next"].get<std::string>();
      page.resize(std::min(mark, page.size()));
      CHECK(lines(page).size() <= size);
      all += page;
      between();
    } while (!next.empty());
    return all;
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
  CHECK(coordinator("GET", "/api/v1/records?class=2").status == 404);  // there is none
  CHECK(coordinator("GET", "/api/v1/records?after=nowhere").status == 400);
}

TEST_CASE_FIXTURE(Ready, "page after page of any size is the whole export, forks at every place included") {
  // Three more lines that leave at 3 and 5, one of them twice; and a second log.
  std::vector<Kiosk> clones;
  for (std::uint64_t const left : {2U, 4U, 4U}) {
    auto& clone = clones.emplace_back(kiosk);
    clone.forget_after(left);
    for (std::uint64_t i = 0; i < 3; ++i) clone.check_in(1 + clones.size(), 2);
  }
  kiosk.send_all();
  for (auto& clone : clones) clone.send_all();
  Kiosk other(*this, 9);
  other.enrol(1, "2");
  other.check_in(3);
  other.send_all();
  auto const whole = records();
  CHECK(lines(whole).size() == 6 + 9 + 2);
  for (std::size_t size = 1; size <= 18; ++size) {
    CAPTURE(size);
    CHECK(paged(size) == whole);
  }
  CHECK(paged(2, "&class=1") == records("?class=1"));
  CHECK(coordinator("GET", "/api/v1/records?page=0").status == 400);
  CHECK(coordinator("GET", "/api/v1/records?page=x").status == 400);
}

TEST_CASE_FIXTURE(Ready, "no page is larger than a client takes, whatever a kiosk recorded") {
  auto const add = [&](std::size_t size, char letter) {
    v1::Record record;
    record.set_class_id(1);
    record.mutable_walk_in()->set_name(std::string(size, letter));
    kiosk.add(record);
    kiosk.send(kiosk.head(), kiosk.head());
  };
  kiosk.send_all();
  for (int i = 0; i < 2; ++i) add(700'000, 'a');  // 3.3 MB of lines
  add(1024 * 1024 - 128, '\x01');                 // alone 7.7 MB
  add(10, 'b');
  std::string all, next;
  std::size_t largest = 0;
  do {
    auto const page = records("?page=20000" + (next.empty() ? next : "&after=" + next));
    largest = std::max(largest, page.size());
    CHECK(page.size() < 8 * 1024 * 1024);
    auto const found = lines(page);
    auto const last = found.empty() ? nlohmann::json() : found.back();
    next = last.value("next", "");
    all += next.empty() ? page : page.substr(0, page.rfind("{\"next\""));
  } while (!next.empty());
  CHECK(largest > 7'500'000);  // the control: there was such a line
  auto const found = lines(all);
  REQUIRE(found.size() == 10);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i]["seq"] == i + 1);
  CHECK(found[8]["fact"]["walk_in"]["name"].get<std::string>() == std::string(1024 * 1024 - 128, '\x01'));
}

TEST_CASE_FIXTURE(Ready,
                  "a fork that arrives between two pages loses no line of those that were there, and doubles none") {
  kiosk.send_all();
  auto const before = lines(records());
  std::size_t odd = 0;
  for (std::uint64_t at = 0; at < before.size(); ++at)
    for (std::uint64_t left = 1; left < 6; ++left) {
      CAPTURE(at);
      CAPTURE(left);
      Kiosk clone = kiosk;
      clone.forget_after(left);
      clone.check_in(5, static_cast<std::uint32_t>(2 + at));
      auto const there = lines(records());
      std::size_t pages = 0;
      auto const text = paged(2, {}, [&] {
        if (pages++ == at) clone.send_all();
      });
      std::map<std::string, int> times;
      for (auto const& line : lines(text)) ++times[line["hash"].get<std::string>()];
      for (auto const& line : there) CHECK(times[line["hash"].get<std::string>()] == 1);
      for (auto const& [hash, count] : times) CHECK(count == 1);
      if (text != records()) ++odd;
    }
  CHECK(odd > 0);  // the control: there were forks that went elsewhere than to the end
}

TEST_CASE_FIXTURE(Ready, "only a coordinator gets the export") {
  CHECK(ask("GET", "/api/v1/records").status == 401);
  CHECK(ask("GET", "/api/v1/records", {}, {}, "no token").status == 401);
}
