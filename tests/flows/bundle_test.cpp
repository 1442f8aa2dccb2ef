// Kiosks that never see a network: couriers carry what they recorded, and bring the receipts back.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shared/base/random.h"
#include "sync/protocol/bundle.h"
#include "tests/support/demo.h"
#include "tests/support/large_roster.h"

using dga::support::Demo;
using dga::support::RunningCentre;
using nlohmann::json;
namespace files = std::filesystem;

namespace {

std::string content_of(std::string const& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}
void put(std::string const& file, std::string const& content) { std::ofstream(file, std::ios::binary) << content; }

struct Carried : Demo {
  Carried() : Demo(60, 2, 5) {
    for (int number = 1; number <= 2; ++number) {
      std::string lines;
      for (std::size_t i = static_cast<std::size_t>(number - 1) * 30; i < static_cast<std::size_t>(number) * 30; ++i)
        lines += badges()[i].digits + "\n";
      auto const scanned = scan(number, lines);
      REQUIRE_MESSAGE(scanned.exit_code == 0, scanned.err);
    }
  }
  std::vector<std::string> at_kiosk(int number, std::vector<std::string> arguments) const {
    for (auto const& more : {std::string("--data"), kiosk(number), std::string("--passphrase-file"), passphrase_file()})
      arguments.push_back(more);
    return arguments;
  }
  // A parcel of one kiosk, written into a folder.
  json write(int number, std::string const& folder) const {
    auto const written = dga(at_kiosk(number, {"bundle", "write", "--out", folder, "--json"}));
    REQUIRE_MESSAGE(written.exit_code == 0, written.err);
    return json::parse(written.out);
  }
  dga::support::Ended import(std::string const& file, std::string const& receipts) const {
    return dga({"bundle", "import", file, "--data", path("centre"), "--out", receipts, "--json"});
  }
  json settle(int number, std::string const& receipts) const {
    auto const settled = dga(at_kiosk(number, {"bundle", "receipts", receipts, "--json"}));
    CHECK_MESSAGE(settled.exit_code == 0, settled.err);
    return json::parse(settled.out);
  }
  json status(int number) const {
    auto const told = dga(at_kiosk(number, {"kiosk", "status", "--json"}));
    REQUIRE(told.exit_code == 0);
    return json::parse(told.out);
  }
  json statement() const {
    auto const told = dga({"reconcile", "--data", path("centre"), "--json"});
    CHECK_MESSAGE(told.exit_code == 0, told.err);
    return json::parse(told.out);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Carried,
                  "two couriers, cut copies and the network together bring every record once, and receipts back") {
  auto const stick = scratch("stick"), other_stick = scratch("other-stick");
  files::create_directories(stick);
  files::create_directories(other_stick);
  auto const waiting = status(1)["waiting"].get<std::uint64_t>();
  CHECK(waiting > 30);
  auto const first = write(1, stick);
  auto const again = write(1, other_stick);  // another courier, the same records sealed anew
  write(2, stick);                           // beside the first one's
  CHECK(first["through"] == status(1)["recorded"]);
  CHECK(first["records"] == waiting);
  CHECK(first["left"] == 0);
  CHECK(std::distance(files::directory_iterator(stick), {}) == 2);
  CHECK(first["file"] != again["file"]);

  // A copy that lost its end on the way, then the whole one, then both again.
  auto const bytes = content_of(first["file"]);
  put(scratch("cut.dgab"), bytes.substr(0, bytes.size() - 20));
  auto const cut = import(scratch("cut.dgab"), scratch("cut-receipts.dgab"));
  CHECK_MESSAGE(cut.exit_code == 3, cut.err);
  CHECK(cut.err.find("cut.dgab") != std::string::npos);
  CHECK(settle(1, scratch("cut-receipts.dgab"))["acknowledged"] == 0);
  {
    RunningCentre running(path("centre"));  // the same command speaks to the server that has the folder
    for (auto const& entry : files::directory_iterator(stick)) {
      auto const taken = import(entry.path(), scratch("receipts-" + entry.path().filename().string()));
      CHECK_MESSAGE(taken.exit_code == 0, taken.err);
    }
    CHECK(import(again["file"], scratch("again-receipts.dgab")).exit_code == 0);
    CHECK(import(scratch("cut.dgab"), scratch("ignored.dgab")).exit_code == 3);
    // Before its receipts are home the kiosk finds a network after all.
    auto const synced = sync(2, running.address());
    CHECK_MESSAGE(synced.exit_code == 0, synced.err);
  }
  auto const settled =
      settle(1, scratch("receipts-" + files::path(first["file"].get<std::string>()).filename().string()));
  CHECK(settled["acknowledged"] == first["records"]);
  CHECK(settled["fresh"] == 1);
  CHECK(settled["waiting"] == 0);
  CHECK(settled["pack_version"] > 0);
  CHECK(settle(1, scratch("again-receipts.dgab"))["acknowledged"] == 0);
  // Applying the pack was recorded; nothing else was.
  CHECK(status(1)["waiting"].get<std::uint64_t>() <= 1);
  CHECK(status(2)["waiting"] == 0);

  auto const sum = statement();
  CHECK(sum["closes"] == true);
  CHECK(sum["parked"] == 0);
  CHECK(sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>() ==
        first["through"].get<std::uint64_t>() + status(2)["received_through"].get<std::uint64_t>());
}

TEST_CASE_FIXTURE(Carried,
                  "a courier's file is inspected without keys, verified without being taken in, and errors name it") {
  auto const file = scratch("parcel.dgab");
  REQUIRE(dga(at_kiosk(1, {"bundle", "write", "--out", file})).exit_code == 0);
  auto const inspected = dga({"bundle", "inspect", file, "--json"});
  REQUIRE_MESSAGE(inspected.exit_code == 0, inspected.err);
  auto const told = json::parse(inspected.out);
  REQUIRE(told["frames"].size() == 3);
  CHECK(told["frames"][0]["is"] == "certificate");
  CHECK(told["frames"][2]["first_seq"] == status(1)["received_through"].get<std::uint64_t>() + 1);
  CHECK(told["frames"][2]["last_seq"] == status(1)["recorded"]);

  auto const before = statement();
  auto const verified = dga({"bundle", "verify", file, "--data", path("centre"), "--json"});
  REQUIRE_MESSAGE(verified.exit_code == 0, verified.err);
  CHECK(json::parse(verified.out)["frames"][2]["new"] == status(1)["waiting"]);
  CHECK(statement() == before);
  auto const unwritten = import(file, scratch("no-such-folder/receipts.dgab"));
  CHECK(unwritten.exit_code != 0);
  CHECK(unwritten.err.find("took in the records of " + file) != std::string::npos);
  CHECK(statement() != before);
  CHECK(import(file, scratch("receipts.dgab")).exit_code == 0);
  CHECK(json::parse(dga({"bundle", "verify", file, "--data", path("centre"), "--json"}).out)["frames"][2]["new"] == 0);

  auto bytes = content_of(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  put(file, bytes);
  auto const damaged = dga({"bundle", "inspect", file, "--json"});
  CHECK(damaged.exit_code == 3);
  CHECK(json::parse(damaged.out)["damages"] == 1);
  CHECK(dga({"bundle", "verify", file, "--data", path("centre")}).exit_code == 3);

  put(file, "a letter");
  for (auto const& refused : {dga({"bundle", "inspect", file}), import(file, scratch("receipts.dgab")),
                              dga(at_kiosk(1, {"bundle", "receipts", file}))}) {
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find(file) != std::string::npos);
  }
  CHECK(dga({"bundle", "inspect", scratch("nowhere.dgab")}).exit_code == 1);
  CHECK(dga({"bundle", "write"}).exit_code == 2);
  // Another kiosk's receipts are nothing to this one.
  auto const received = status(1)["received_through"];
  REQUIRE(dga(at_kiosk(2, {"bundle", "write", "--out", file})).exit_code == 0);
  REQUIRE(import(file, scratch("others.dgab")).exit_code == 0);
  auto const others = dga(at_kiosk(1, {"bundle", "receipts", scratch("others.dgab")}));
  CHECK(others.exit_code == 1);
  CHECK(status(1)["received_through"] == received);
}

TEST_CASE_FIXTURE(Carried, "a centre's answer that is brought to a centre is told to belong to the kiosk") {
  auto const parcel = scratch("parcel.dgab"), receipts = scratch("receipts.dgab");
  REQUIRE(dga(at_kiosk(1, {"bundle", "write", "--out", parcel})).exit_code == 0);
  REQUIRE(dga({"bundle", "import", parcel, "--data", path("centre"), "--out", receipts}).exit_code == 0);
  auto const mixed_up = dga({"bundle", "import", receipts, "--data", path("centre"), "--out", scratch("more.dgab")});
  CHECK(mixed_up.exit_code == 1);
  CHECK(mixed_up.err.find("dga bundle receipts") != std::string::npos);
}

TEST_CASE_FIXTURE(Carried, "of a heap that the centre did not look at to its end the import says so, on both roads") {
  auto const parcel = scratch("parcel.dgab"), heap = scratch("heap.dgab"), receipts = scratch("receipts.dgab");
  REQUIRE(dga(at_kiosk(1, {"bundle", "write", "--out", parcel})).exit_code == 0);
  auto const whole = dga::protocol::read_bundle(content_of(parcel)).value().frames;
  auto const with_strangers = [&](int count) {
    auto frames = whole;
    for (int i = 0; i < count; ++i) frames.push_back({1, "no batch " + std::to_string(i)});
    put(heap, dga::protocol::write_bundle(frames).value());
  };
  auto const says = [&](dga::support::Ended const& imported) {
    CHECK_MESSAGE(imported.exit_code == 3, imported.err);
    CHECK(imported.err.find("did not look at all of this file") != std::string::npos);
    CHECK(imported.err.find("next file of each kiosk") != std::string::npos);
    CHECK(json::parse(imported.out)["gave_up"] == true);
    CHECK(json::parse(imported.out)["logs_refused"] == 0);  // by the receipts alone it would be done
  };
  with_strangers(63);
  auto const read = import(heap, receipts);
  CHECK_MESSAGE(read.exit_code == 0, read.err);
  CHECK(json::parse(read.out)["gave_up"] == false);
  with_strangers(64);  // the kiosk's question, which is answered last, was not looked at
  says(import(heap, receipts));
  with_strangers(65);
  says(import(heap, receipts));  // in this process
  RunningCentre const running(path("centre"));
  says(import(heap, receipts));  // and over HTTP
  CHECK(settle(1, receipts)["waiting"] == 0);
}

TEST_CASE_FIXTURE(Carried, "a class too large for a courier's file is named by the import") {
  auto const parcel = scratch("parcel.dgab"), roster = scratch("roster.csv"), receipts = scratch("receipts.dgab");
  REQUIRE(dga(at_kiosk(1, {"bundle", "write", "--out", parcel})).exit_code == 0);
  auto const small = dga({"bundle", "import", parcel, "--data", path("centre"), "--out", receipts});
  CHECK(small.out.find("more than a courier's file takes") == std::string::npos);
  put(roster, dga::support::large_roster(*dga::base::seeded_random(11)));
  auto const grown =
      dga({"class", "import", "--class", "1", "--roster", roster, "--confirm", "--data", path("centre")});
  REQUIRE_MESSAGE(grown.exit_code == 0, grown.err);
  auto const large = dga({"bundle", "import", parcel, "--data", path("centre"), "--out", receipts});
  CHECK_MESSAGE(large.exit_code == 0, large.err);
  CHECK(large.out.find("Class 1 is not in it") != std::string::npos);
  CHECK(json::parse(import(parcel, receipts).out)["classes_too_large"] == json::array({1}));
}
