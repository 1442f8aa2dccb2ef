// What a coordinator does about kiosks that went astray, through the programs as people run them.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/demo.h"

using dga::support::Demo;
using dga::support::Ended;
using dga::support::RunningCentre;
using nlohmann::json;

namespace {

json must(Ended const& ended) {
  REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
  return json::parse(ended.out, nullptr, false);
}

struct Astray : Demo {
  Astray() : Demo(12, 1, 5) {}
  std::string centre = path("centre");
  void check_in(std::size_t who) const { (void)must(scan(1, badges()[who].digits + "\n")); }
  json ask(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", centre, "--json"});
    return must(dga(arguments));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Astray, "a revoked kiosk's records wait in quarantine until a coordinator takes them in") {
  RunningCentre running(centre);
  check_in(0);
  (void)must(sync(1, running.address()));
  auto const device = ask({"kiosk", "list"}).at("devices").at(0);
  CHECK(device.at("last_heard_ms") > 0);
  (void)ask({"kiosk", "revoke", "--device", device.at("device").get<std::string>()});
  check_in(1);
  (void)sync(1, running.address());  // it is told that it is revoked
  auto const quarantine = ask({"centre", "quarantine", "list"});
  REQUIRE(quarantine.at("total") > 0);
  auto const last = quarantine.at("records").back();
  CHECK(last.at("reason") == "DEVICE_REVOKED");
  CHECK(ask({"centre", "quarantine", "replay"}).at("accepted") == 0);
  auto const log = last.at("log").get<std::string>();
  auto const admitted = ask({"centre", "quarantine", "admit", "--log", log, "--through",
                             std::to_string(last.at("seq").get<std::uint64_t>())});
  CHECK(admitted.at("accepted") == quarantine.at("total"));
  CHECK(ask({"centre", "quarantine", "list", "--class", "1"}).at("total") == 0);
  CHECK(ask({"reconcile"}).at("closes") == true);
  auto const told = dga({"centre", "quarantine", "list", "--data", centre});
  CHECK(told.out.find("0 records in quarantine") != std::string::npos);
}

TEST_CASE_FIXTURE(Astray, "a copied kiosk is named as a fork with both its lines") {
  RunningCentre running(centre);
  check_in(0);
  auto const copy = scratch("copy");
  std::filesystem::copy(kiosk(1), copy, std::filesystem::copy_options::recursive);
  check_in(1);
  (void)must(sync(1, running.address()));
  CHECK(ask({"centre", "forks"}).at("forks").empty());
  std::filesystem::remove_all(kiosk(1));
  std::filesystem::rename(copy, kiosk(1));
  check_in(2);
  (void)sync(1, running.address());
  auto const forks = ask({"centre", "forks"}).at("forks");
  REQUIRE(forks.size() == 1);
  auto const& fork = forks.at(0);
  CHECK(fork.at("name") == "1");
  CHECK(fork.at("left").at("branch") == 0);
  CHECK(fork.at("branch").at("branch") == 1);
  CHECK(fork.at("branch").at("fork_at") == fork.at("fork_at"));
  CHECK(fork.at("left").at("head") != fork.at("branch").at("head"));
  auto const told = dga({"centre", "forks", "--data", centre});
  CHECK(told.out.find("two lines from record") != std::string::npos);
  auto const statement = dga({"reconcile", "--data", centre});
  CHECK(statement.exit_code == 0);
  CHECK(statement.out.find("last heard") != std::string::npos);
  CHECK(statement.out.find("a fork") != std::string::npos);
}

TEST_CASE_FIXTURE(Astray, "a kiosk is assigned to a class that is there, and to no other") {
  auto const device = ask({"kiosk", "list"}).at("devices").at(0).at("device").get<std::string>();
  CHECK(ask({"kiosk", "assign", "--device", device, "--class", "1"}).at("class") == 1);
  CHECK(dga({"kiosk", "assign", "--data", centre, "--device", device, "--class", "9"}).exit_code == 1);
  CHECK(dga({"kiosk", "assign", "--data", centre, "--device", std::string(32, 'a'), "--class", "1"}).exit_code == 1);
  CHECK(dga({"kiosk", "assign", "--data", centre, "--device", "x", "--class", "1"}).exit_code == 2);
}
