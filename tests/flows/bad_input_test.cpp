// Bad input: a clear message, the documented exit code, nothing half-done.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/canned_server.h"
#include "tests/support/demo.h"

using dga::support::bin;
using dga::support::Demo;
using dga::support::run;
using nlohmann::json;

namespace {

void write(std::string const& path, std::string const& content) { std::ofstream(path, std::ios::binary) << content; }

// Refused with words for a reader, and no more than a screenful of them.
void check_refused(dga::support::Ended const& ended, int exit_code) {
  CHECK(ended.exit_code == exit_code);
  CHECK(ended.out.empty());
  CHECK(ended.err.size() > 20);
  CHECK(ended.err.size() < 2000);
}

json status(Demo const& demo) {
  auto const told =
      demo.dga({"kiosk", "status", "--data", demo.kiosk(1), "--passphrase-file", demo.passphrase_file(), "--json"});
  REQUIRE_MESSAGE(told.exit_code == 0, told.err);
  return json::parse(told.out);
}

}  // namespace

TEST_CASE("a wrong passphrase is refused and the right one works afterwards") {
  Demo const demo(3, 1, 3);
  auto const wrong = demo.scratch("wrong");
  write(wrong, "not the passphrase\n");
  check_refused(run({bin("dga-kiosk"), "--headless", "--data", demo.kiosk(1), "--passphrase-file", wrong}), 1);
  check_refused(demo.dga({"kiosk", "status", "--data", demo.kiosk(1), "--passphrase-file", wrong}), 1);
  CHECK(demo.scan(1, demo.badges()[0].digits + "\n").exit_code == 0);
}

TEST_CASE("a truncated database is damage and is said to be") {
  Demo const demo(3, 1, 3);
  auto const database = demo.kiosk(1) + "/kiosk.db";
  std::filesystem::resize_file(database, std::filesystem::file_size(database) / 2);
  check_refused(demo.scan(1, ""), 3);
  std::filesystem::resize_file(database, 100);
  check_refused(demo.scan(1, ""), 3);
}

TEST_CASE("a portal that answers 200 with HTML acknowledges nothing") {
  Demo const demo(3, 1, 3);
  CHECK(demo.scan(1, demo.badges()[0].digits + "\n").exit_code == 0);
  auto const before = status(demo);
  CHECK(before.at("waiting").get<int>() > 0);
  std::string const page = "<html><body>Welcome to the hotel. Log in.</body></html>";
  dga::support::CannedServer portal("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
                                    std::to_string(page.size()) + "\r\nConnection: close\r\n\r\n" + page);
  auto const synced = demo.sync(1, portal.address());
  CHECK(synced.exit_code == 4);
  CHECK(portal.requests() >= 1);
  CHECK(json::parse(synced.out).at("acknowledged") == 0);
  CHECK(status(demo).at("waiting") == before.at("waiting"));
}

TEST_CASE("no centre to reach is exit 4 and everything waits") {
  Demo const demo(3, 1, 3);
  CHECK(demo.scan(1, demo.badges()[0].digits + "\n").exit_code == 0);
  auto const synced = demo.sync(1, "http://127.0.0.1:" + std::to_string(dga::support::free_port()));
  CHECK(synced.exit_code == 4);
  CHECK(json::parse(synced.out).at("waiting").get<int>() > 0);
  auto const port = std::to_string(dga::support::free_port());
  CHECK(demo.sync(1, "http://127.0.0.1:" + port).err.find("127.0.0.1:" + port) != std::string::npos);
}

TEST_CASE("what a command line has wrong is named, before what it lacks") {
  auto const wrong = [](std::vector<std::string> arguments, std::string const& word) {
    arguments.insert(arguments.begin(), bin("dga"));
    auto const ended = run(arguments);
    check_refused(ended, 2);
    CHECK_MESSAGE(ended.err.find(word) != std::string::npos, ended.err);
  };
  wrong({"frob"}, "there is no \"frob\" in dga. See dga --help.");
  wrong({"kiosk", "sinc"}, "there is no \"sinc\" in dga kiosk; did you mean \"sync\"?");
  wrong({"--verbose", "kiosk", "sinc"}, "\"sinc\"");
  wrong({"kiosk", "sync", "--bogus"}, "\"--bogus\" in dga kiosk sync");
  wrong({"kiosk", "sync", "--dta=x"}, "did you mean \"--data\"?");
  wrong({"kiosk", "revoke", "--data", "kiosk", "--device", "1"}, "32 hexadecimal digits: see dga kiosk list");
  wrong({"kiosk", "list"}, "--data");  // nothing unknown: what is missing
  CHECK(run({bin("dga"), "kiosk", "--help"}).exit_code == 0);
}

TEST_CASE("a kiosk that is revoked hears so, sends and keeps everything, and that is no success") {
  Demo const demo(3, 1, 3);
  CHECK(demo.scan(1, demo.badges()[0].digits + "\n").exit_code == 0);
  auto const revoked = demo.dga({"kiosk", "revoke", "--data", demo.path("centre"), "--device",
                                 json::parse(demo.dga({"kiosk", "list", "--data", demo.path("centre"), "--json"}).out)
                                     .at("devices")[0]
                                     .at("device")
                                     .get<std::string>()});
  REQUIRE_MESSAGE(revoked.exit_code == 0, revoked.err);
  auto const before = status(demo);
  dga::support::RunningCentre running(demo.path("centre"));
  for (int round = 0; round < 2; ++round) {
    auto const synced = demo.sync(1, running.address());
    CHECK(synced.exit_code == 1);
    CHECK_MESSAGE(synced.err.find("revoked") != std::string::npos, synced.err);
  }
  auto const after = status(demo);
  CHECK(after.at("recorded") >= before.at("recorded"));  // nothing is gone from the kiosk
  CHECK(after.at("received_through") == after.at("recorded"));
  auto const whole = json::parse(demo.dga({"reconcile", "--data", demo.path("centre"), "--json"}).out);
  CHECK(whole.at("quarantined") >= 1);  // what came after the revocation waits for somebody's judgement
  CHECK(whole.at("waiting") == 0);
  CHECK(whole.at("closes") == true);
  auto const list = demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1"});
  CHECK(list.out.find("kept in quarantine") != std::string::npos);  // who reads the list hears of it
}

TEST_CASE("an export of a class that is not there is refused") {
  Demo const demo(3, 1, 3);
  auto const out = demo.scratch("records");
  check_refused(demo.dga({"export", "--data", demo.path("centre"), "--class", "7", "--out", out}), 1);
  CHECK_FALSE(std::filesystem::exists(out));
  CHECK(demo.dga({"export", "--data", demo.path("centre"), "--class", "1", "--out", out}).exit_code == 0);
}

TEST_CASE("a roster that is a JPEG is refused and imports nothing") {
  Demo const demo(3, 1, 3);
  auto const picture = demo.scratch("roster.csv");
  std::string jpeg = "\xff\xd8\xff\xe0";
  jpeg += std::string("\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 16);
  for (int i = 0; i < 4000; ++i) jpeg += static_cast<char>(i * 31);
  write(picture, jpeg);
  check_refused(
      demo.dga({"class", "import", "--data", demo.path("centre"), "--class", "1", "--roster", picture, "--confirm"}),
      2);
  auto const list = json::parse(demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1", "--json"}).out);
  CHECK(list.at("participants").size() == 3);
}

TEST_CASE("an import shows each row's problem and brings nothing in before it is confirmed") {
  Demo const demo(3, 1, 3);
  auto const roster = demo.scratch("roster.csv");
  write(roster,
        "STT,Họ và tên,Đơn vị công tác,Số điện thoại\n1,Lý Thị Mẫu,Sở Nội vụ,0903123456\n2,,Sở Nội vụ,\n3,Cao Văn "
        "Mẫu,Sở Nội vụ,12\n");
  auto const import = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"class",    "import", "--data", demo.path("centre"), "--class", "1",
                                       "--roster", roster,   "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(demo.dga(arguments).out);
  };
  auto const people = [&] {
    return json::parse(demo.dga({"attendance", "--data", demo.path("centre"), "--class", "1", "--json"}).out)
        .at("participants")
        .size();
  };
  auto const preview = import({});
  CHECK(preview.at("imported") == 0);
  CHECK(preview.at("problems").size() >= 2);
  CHECK(people() == 3);
  CHECK(import({"--confirm"}).at("imported") == 2);
  CHECK(people() == 5);
  // The same file again changes nothing.
  (void)import({"--confirm"});
  CHECK(people() == 5);
}

TEST_CASE("an enrolment that fails takes its kiosk away again and nothing else") {
  Demo const demo(3, 1, 3);
  dga::support::TemporaryFolder folder;
  auto const data = folder / "data";
  std::filesystem::create_directory(data);
  write(data + "/thesis.txt", "years of work");
  auto const code = demo.dga({"kiosk", "code", "--data", demo.path("centre"), "--class", "1", "--name", "9",
                              "--address", "http://127.0.0.1:" + std::to_string(dga::support::free_port()), "--json"});
  REQUIRE(code.exit_code == 0);
  write(folder / "ticket", json::parse(code.out).at("ticket").get<std::string>() + "\n");
  auto const enrolled = demo.dga({"kiosk", "enrol", "--data", data, "--name", "9", "--passphrase-file",
                                  demo.passphrase_file(), "--ticket-file", folder / "ticket"});
  check_refused(enrolled, 4);
  std::vector<std::string> left;
  for (auto const& entry : std::filesystem::directory_iterator(data)) left.push_back(entry.path().filename().string());
  CHECK(left == std::vector<std::string>{"thesis.txt"});
}

TEST_CASE("a list that cannot be written whole is no success") {
  auto const full =
      run({"/bin/sh", "-c", bin("dga") + " explain " DGA_SOURCE_DIR "/tests/vectors/attendance.json > /dev/full"});
  CHECK(full.exit_code == 1);
  CHECK_FALSE(full.err.empty());
}

TEST_CASE("commands refuse what is missing or malformed with the documented exit code") {
  dga::support::TemporaryFolder folder;
  check_refused(run({bin("dga"), "attendance", "--data", folder / "none", "--class", "1", "--json"}), 1);
  check_refused(run({bin("dga"), "reconcile", "--data", folder / "none", "--json"}), 1);
  check_refused(run({bin("dga-kiosk"), "--headless", "--data", folder / "none", "--passphrase-file", folder / "none"}),
                1);
  check_refused(run({bin("dga-centre"), "--data", folder / "none", "--listen", "127.0.0.1:1"}), 1);
  CHECK(run({bin("dga"), "no-such-command"}).exit_code == 2);
  CHECK(run({bin("dga"), "--help"}).exit_code == 0);
  CHECK(run({bin("dga-kiosk"), "--help"}).exit_code == 0);
  CHECK(run({bin("dga-centre"), "--help"}).exit_code == 0);
  write(folder / "class.json", "{\"id\": 1, \"sessions\": \"none\"}");
  CHECK(run({bin("dga"), "centre", "init", "--data", folder / "centre"}).exit_code == 0);
  check_refused(run({bin("dga"), "class", "create", folder / "class.json", "--data", folder / "centre"}), 2);
  check_refused(run({bin("dga"), "attendance", "--data", folder / "centre", "--class", "9", "--json"}), 1);
  check_refused(run({bin("dga"), "centre", "init", "--data", folder / "centre"}), 1);
}
