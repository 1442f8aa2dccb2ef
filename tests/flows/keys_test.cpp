// A kiosk's keys as people change them: the real programs, the real cost of a passphrase.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/demo.h"

using dga::support::bin;
using dga::support::Demo;
using dga::support::Ended;
using nlohmann::json;

namespace {

constexpr int kPeople = 40;

struct Keys {
  Demo demo{kPeople, 1, 9};
  std::string credential = demo.scratch("credential"), recovery = demo.scratch("recovery");

  Keys() {
    std::mt19937 octets(7);
    std::string content(40, '\0');
    for (char& octet : content) octet = static_cast<char>(octets());
    write(credential, content);
  }
  static void write(std::string const& file, std::string const& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  }
  // dga kiosk WORDS --data KIOSK MORE
  Ended kiosk(std::vector<std::string> words, std::vector<std::string> const& more,
              std::string const& input = {}) const {
    words.insert(words.begin(), "kiosk");
    words.insert(words.end(), {"--data", demo.kiosk(1)});
    words.insert(words.end(), more.begin(), more.end());
    return demo.dga(words, input);
  }
  std::vector<std::string> by_passphrase() const { return {"--passphrase-file", demo.passphrase_file()}; }
  std::vector<std::string> by_credential() const { return {"--credential-file", credential}; }
  void add_credential() const {
    auto const added =
        kiosk({"slots", "add"}, {"--passphrase-file", demo.passphrase_file(), "--new-credential-file", credential});
    REQUIRE_MESSAGE(added.exit_code == 0, added.err);
  }
  // How many records there are, opened with the credential; none but 0 ends the test.
  std::uint64_t recorded() const {
    auto more = by_credential();
    more.push_back("--json");
    auto const status = kiosk({"status"}, more);
    REQUIRE_MESSAGE(status.exit_code == 0, status.err);
    return json::parse(status.out).at("recorded");
  }
  std::uint32_t generation() const { return json::parse(kiosk({"slots"}, {"--json"}).out).at("generation"); }
};

}  // namespace

TEST_CASE("keys are changed from the command line: credential, passphrase, recovery, and a slot taken away") {
  Keys const keys;
  keys.add_credential();
  CHECK(keys.recorded() > 0);
  auto const made = keys.demo.dga({"kiosk", "recovery-key", "make", "--out", keys.recovery});
  REQUIRE_MESSAGE(made.exit_code == 0, made.err);
  struct stat about {};
  REQUIRE(stat(keys.recovery.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(keys.demo.dga({"kiosk", "recovery-key", "make", "--out", keys.recovery}).exit_code == 1);
  CHECK(
      keys.kiosk({"slots", "add"}, {"--credential-file", keys.credential, "--recovery-key", keys.recovery}).exit_code ==
      1);  // the secret half
  CHECK(keys.kiosk({"slots", "add"}, {"--credential-file", keys.credential, "--recovery-key", keys.recovery + ".pub"})
            .exit_code == 0);

  CHECK(keys.kiosk({"passphrase"}, {"--passphrase-file", "-", "--new-passphrase-file", "-"}, "wrong\nlong enough\n")
            .exit_code == 1);
  CHECK(keys.kiosk({"passphrase"}, {"--credential-file", keys.credential, "--new-passphrase-file", "-"}, "short\n")
            .exit_code == 1);
  CHECK(keys.kiosk({"status"}, keys.by_passphrase()).exit_code == 0);
  CHECK(keys.kiosk({"passphrase"}, {"--credential-file", keys.credential, "--new-passphrase-file", "-"},
                   "mới và đủ dài\n")
            .exit_code == 0);
  CHECK(keys.kiosk({"status"}, keys.by_passphrase()).exit_code == 1);
  CHECK(keys.kiosk({"status"}, {"--passphrase-file", "-"}, "mới và đủ dài\n").exit_code == 0);
  CHECK(keys.kiosk({"recover"}, {"--recovery-key", keys.recovery, "--new-passphrase-file", "-"}, "found again\n")
            .exit_code == 0);
  CHECK(keys.kiosk({"status"}, {"--passphrase-file", "-"}, "mới và đủ dài\n").exit_code == 1);
  CHECK(keys.kiosk({"status"}, {"--passphrase-file", "-"}, "found again\n").exit_code == 0);

  CHECK(keys.kiosk({"slots", "remove"}, {"--slot", "2", "--credential-file", keys.credential}).exit_code == 1);
  CHECK(keys.kiosk({"slots", "remove"}, {"--slot", "1", "--credential-file", keys.credential}).exit_code == 0);
  auto const listed = json::parse(keys.kiosk({"slots"}, {"--json"}).out);
  REQUIRE(listed.at("slots").size() == 2);
  CHECK(listed.at("slots")[0].at("kind") == "credential");
  CHECK(listed.at("slots")[1].at("kind") == "recovery");
  CHECK(listed.at("slots")[1].at("key_id").get<std::string>().size() == 32);
  CHECK(listed.at("slots")[0].at("mark").get<std::string>().size() == 8);
  CHECK(listed.at("slots")[0].at("mark") != listed.at("slots")[1].at("mark"));

  CHECK(keys.kiosk({"status"}, {}).exit_code == 2);
  CHECK(keys.kiosk({"slots", "add"}, keys.by_credential()).exit_code == 2);
  CHECK(keys.kiosk({"status"}, {"--credential-file", keys.demo.passphrase_file()}).exit_code == 1);
}

TEST_CASE("a kiosk starts with nobody there when the system hands it its credential") {
  Keys const keys;
  keys.add_credential();
  auto const folder = keys.demo.scratch("credentials");
  std::filesystem::create_directory(folder);
  std::filesystem::copy_file(keys.credential, folder + "/dga-kiosk-key");
  std::vector<std::string> const start = {
      bin("dga-kiosk"), "--headless", "--offline", "--data", keys.demo.kiosk(1), "--at", dga::support::kFirstMorning};
  auto const scan = keys.demo.badges().front().digits + "\n";
  auto const unattended = [&](std::vector<std::string> command, std::string const& credentials) {
    command.insert(command.begin(), {"/usr/bin/env", "CREDENTIALS_DIRECTORY=" + credentials});
    return dga::support::run(command, scan);
  };
  auto const started = unattended(start, folder);
  CHECK_MESSAGE(started.exit_code == 0, started.err);
  CHECK(json::parse(started.out).at("result") == "checked_in");
  auto named = start;
  named.insert(named.end(), {"--credential-file", keys.credential});
  CHECK(dga::support::run(named, scan).exit_code == 0);

  CHECK(unattended(start, keys.demo.scratch("elsewhere")).exit_code == 2);  // nobody to ask
  Keys::write(folder + "/dga-kiosk-key", std::string(40, 'x'));
  CHECK(unattended(start, folder).exit_code == 1);
  Keys::write(folder + "/dga-kiosk-key", "too short");
  CHECK(unattended(start, folder).exit_code == 1);
  named.insert(named.end(), {"--passphrase-file", keys.demo.passphrase_file()});
  CHECK(dga::support::run(named, scan).exit_code == 2);
}

TEST_CASE("dga kiosk rekey killed at any moment leaves a kiosk that opens with every record, and runs again") {
  constexpr int kRounds = 30;
  Keys const keys;
  keys.add_credential();
  std::string scans;
  for (auto const& badge : keys.demo.badges()) scans += badge.digits + "\n";
  REQUIRE(keys.demo.scan(1, scans).exit_code == 0);
  auto const records = keys.recorded();
  REQUIRE(records > kPeople);

  std::uint64_t const seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::vector<std::string> const command = {bin("dga"),          "kiosk",        "rekey", "--data", keys.demo.kiosk(1),
                                            "--credential-file", keys.credential};
  // How long one takes on this machine today, so that the kills fall within it.
  timespec before{}, after{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  REQUIRE(dga::support::run(command).exit_code == 0);
  clock_gettime(CLOCK_MONOTONIC, &after);
  auto const whole_ns = (after.tv_sec - before.tv_sec) * 1'000'000'000L + after.tv_nsec - before.tv_nsec;

  int killed = 0, left_a_copy = 0;
  for (int round = 0; round < kRounds; ++round) {
    CAPTURE(round);
    auto const generation = keys.generation();
    {
      dga::support::Process rekey(command);
      auto const wait_ns = static_cast<long>(random() % static_cast<std::uint64_t>(whole_ns));
      timespec const wait{wait_ns / 1'000'000'000L, wait_ns % 1'000'000'000L};
      nanosleep(&wait, nullptr);
      rekey.signal(SIGKILL);
      auto const ended = rekey.wait();
      CHECK((ended == 0 || ended == 128 + SIGKILL));
      killed += ended != 0;
    }
    left_a_copy += std::filesystem::exists(keys.demo.kiosk(1) + "/kiosk.db.rekey");
    auto const now = keys.generation();
    CHECK((now == generation || now == generation + 1));
    if (round % 2 == 0) CHECK(keys.recorded() == records);
    if (round % 5 == 4) {
      REQUIRE(dga::support::run(command).exit_code == 0);
      CHECK(keys.recorded() == records);
      CHECK_FALSE(std::filesystem::exists(keys.demo.kiosk(1) + "/kiosk.db.rekey"));
    }
  }
  MESSAGE(killed << " of " << kRounds << " killed, " << left_a_copy << " left a copy behind");
  CHECK(killed > kRounds / 3);
  REQUIRE(dga::support::run(command).exit_code == 0);
  CHECK(keys.recorded() == records);
  // The log itself, not only its length: the kiosk replays it and goes on.
  auto const after_all = keys.demo.scan(1, scans);
  CHECK(after_all.exit_code == 0);
  CHECK(after_all.out.find("already") != std::string::npos);
}
