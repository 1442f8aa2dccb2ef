// A hotspot whose bytes somebody pays for: what is told beforehand, and what is then spent.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/demo.h"

using dga::support::Demo;
using dga::support::RunningCentre;
using nlohmann::json;

namespace {

struct Metered : Demo {
  Metered() : Demo(600, 1, 6) { come(0, 300); }
  void come(std::size_t from, std::size_t to) const {
    std::string lines;
    for (auto i = from; i < to; ++i) lines += badges()[i].digits + "\n";
    auto const scanned = scan(1, lines);
    REQUIRE_MESSAGE(scanned.exit_code == 0, scanned.err);
  }
  dga::support::Ended at_kiosk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "kiosk");
    for (auto const& more : {std::string("--data"), kiosk(1), std::string("--passphrase-file"), passphrase_file()})
      arguments.push_back(more);
    return dga(arguments);
  }
  json sync(std::vector<std::string> more, int exit_code) const {
    more.insert(more.begin(), {"sync", "--json", "--once"});
    auto const ended = at_kiosk(std::move(more));
    CHECK_MESSAGE(ended.exit_code == exit_code, ended.err);
    return json::parse(ended.out);
  }
};

std::uint64_t spent(json const& sync) {
  return sync["bytes_up"].get<std::uint64_t>() + sync["bytes_down"].get<std::uint64_t>();
}

}  // namespace

TEST_CASE_FIXTURE(Metered, "the forecast is what sending takes, and a limit holds until it is raised") {
  RunningCentre running(path("centre"));
  auto const centre = std::vector<std::string>{"--centre", running.address()};
  auto const with = [&](std::vector<std::string> more) {
    more.insert(more.end(), centre.begin(), centre.end());
    return more;
  };
  auto const before = sync(with({"--forecast"}), 0);
  CHECK(before["records"].get<std::uint64_t>() >= 300);
  CHECK_FALSE(before.contains("budget"));

  // Not a single batch fits; what is recorded stays.
  auto const nothing = sync(with({"--most-bytes", "1000"}), 4);
  CHECK(nothing["waiting"].get<std::uint64_t>() >= before["records"].get<std::uint64_t>());
  CHECK(spent(nothing) == 0);
  CHECK(spent(sync(with({"--most-bytes", "0"}), 4)) == 0);

  REQUIRE(at_kiosk({"limit", "--most-bytes", "4000"}).exit_code == 0);
  auto const some = sync(with({}), 0);  // what arrived is good news
  CHECK(spent(some) > 2'000);
  CHECK(spent(some) <= 4'000);
  CHECK(some["waiting"].get<std::uint64_t>() > 0);
  CHECK(some["received_through"].get<std::uint64_t>() > 0);
  auto const told = sync(with({"--forecast"}), 0);
  CHECK(told["budget"]["most_bytes"] == 4000);
  CHECK(told["budget"]["used_bytes"] == spent(some));
  CHECK(spent(sync(with({}), 4)) == 0);

  CHECK(json::parse(at_kiosk({"limit", "--json"}).out)["budget"]["used_bytes"] == spent(some));
  CHECK(at_kiosk({"sync", "--once", "--centre", running.address()}).err.find("used up") != std::string::npos);

  REQUIRE(at_kiosk({"limit", "--none"}).exit_code == 0);
  auto const rest = sync(with({}), 0);
  CHECK(rest["waiting"] == 0);
  CHECK(rest["records_per_second"].get<std::uint64_t>() > 0);

  come(300, 600);
  auto const expected = sync(with({"--forecast"}), 0);
  auto const took = sync(with({}), 0);
  CHECK(took["acknowledged"].get<std::uint64_t>() >= expected["records"].get<std::uint64_t>());
  // Receipts add a tenth to what goes up.
  CHECK(expected["bytes"].get<double>() == doctest::Approx(took["bytes_up"].get<double>()).epsilon(0.25));
  // With the class pack that the centre may have, it is no less than all of it.
  CHECK(static_cast<double>(spent(took)) <
        1.1 * (expected["bytes"].get<double>() + expected["pack_bytes"].get<double>()));
}

TEST_CASE_FIXTURE(Metered, "a limit is shown, set to what can carry something, and taken away") {
  auto const limit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "limit");
    return at_kiosk(std::move(more));
  };
  CHECK(limit({}).out.find("no limit") != std::string::npos);
  CHECK(json::parse(limit({"--json"}).out)["budget"].is_null());
  auto const set = limit({"--most-bytes", "2000000"});
  CHECK(set.exit_code == 0);
  CHECK(set.out.find("2000000 bytes a day") != std::string::npos);
  CHECK(limit({}).out == set.out);

  auto const refused = [&](std::vector<std::string> more, char const* word) {
    auto const ended = limit(std::move(more));
    CHECK(ended.exit_code == 2);
    CHECK_MESSAGE(ended.err.find(word) != std::string::npos, ended.err);
  };
  refused({"--most-bytes", "0"}, "--none");
  refused({"--most-bytes", "3999"}, "at least 4000");
  refused({"--most-bytes", "2MB"}, "whole bytes");
  refused({"--most-bytes", "5000", "--none"}, "--none");
  CHECK(json::parse(limit({"--json"}).out)["budget"]["most_bytes"] == 2'000'000);
  CHECK(json::parse(limit({"--none", "--json"}).out)["budget"].is_null());
}
