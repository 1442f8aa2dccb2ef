// dga store check and salvage, as somebody at a terminal meets them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/process.h"

using namespace dga;
using support::bin, support::run;

namespace {

struct Demo {
  support::TemporaryFolder folder;
  std::string demo = folder / "demo", kiosk = demo + "/kiosk-1", passphrase = demo + "/passphrase";

  Demo() { REQUIRE(run({bin("dga"), "demo", "init", "--out", demo, "--participants", "60"}).exit_code == 0); }

  support::Ended store(std::string const& command, std::string const& data, std::vector<std::string> more = {}) {
    std::vector<std::string> words{bin("dga"), "store", command, data};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  void damage(std::string const& file, std::streamoff at) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(at);
    auto const octet = static_cast<char>(stream.get() ^ 1);
    stream.seekp(at);
    stream.put(octet);
    REQUIRE(stream.good());
  }
};

std::string content(std::string const& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a check says whole with exit 0, and what is damaged with exit 3") {
  Demo demo;
  auto const kiosk = demo.store("check", demo.kiosk, {"--passphrase-file", demo.passphrase});
  CHECK(kiosk.exit_code == 0);
  CHECK(kiosk.out.find("whole\n") != std::string::npos);
  auto const centre = demo.store("check", demo.demo + "/centre", {"--json"});
  CHECK(centre.exit_code == 0);
  CHECK(nlohmann::json::parse(centre.out).at("records") > 0);

  CHECK(demo.store("check", demo.kiosk).exit_code == 2);
  CHECK(demo.store("check", demo.folder / "nothing", {"--passphrase-file", demo.passphrase}).exit_code == 1);

  demo.damage(demo.kiosk + "/kiosk.db", 4096 + 7);
  demo.damage(demo.demo + "/centre/centre.db", 3 * 4096 + 7);
  auto const before = content(demo.kiosk + "/kiosk.db");
  auto const damaged = demo.store("check", demo.kiosk, {"--passphrase-file", demo.passphrase, "--json"});
  CHECK(damaged.exit_code == 3);
  auto const report = nlohmann::json::parse(damaged.out);
  CHECK(report.at("whole") == false);
  CHECK(report.at("damage").at(0).at("piece") == "page");
  CHECK(report.at("damage").at(0).at("number") == 2);
  CHECK(demo.store("check", demo.demo + "/centre").exit_code == 3);
  CHECK(content(demo.kiosk + "/kiosk.db") == before);
}

TEST_CASE("a check says when slots and database are of different days, each of them whole") {
  Demo demo;
  std::filesystem::copy(demo.kiosk + "/slots", demo.folder / "slots-of-yesterday");
  REQUIRE(run({bin("dga"), "kiosk", "rekey", "--data", demo.kiosk, "--passphrase-file", demo.passphrase}).exit_code ==
          0);
  REQUIRE(demo.store("check", demo.kiosk, {"--passphrase-file", demo.passphrase}).exit_code == 0);
  std::filesystem::copy_file(demo.folder / "slots-of-yesterday", demo.kiosk + "/slots",
                             std::filesystem::copy_options::overwrite_existing);
  auto const checked = demo.store("check", demo.kiosk, {"--passphrase-file", demo.passphrase});
  CHECK(checked.exit_code == 3);
  CHECK(checked.out.find("generation") != std::string::npos);
}

TEST_CASE("salvaged records are told to be readable, written for the owner alone, and over nothing") {
  Demo demo;
  demo.damage(demo.kiosk + "/kiosk.db", 7);  // the database does not open any more
  auto const out = demo.folder / "records.jsonl";
  auto const salvaged = demo.store("salvage", demo.kiosk, {"--passphrase-file", demo.passphrase, "--out", out});
  CHECK(salvaged.exit_code == 0);
  CHECK(salvaged.err.find("readable by anyone") != std::string::npos);
  struct stat about {};
  REQUIRE(stat(out.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  std::istringstream lines(content(out));
  std::uint64_t seq = 0;
  for (std::string line; std::getline(lines, line);) {
    auto const record = nlohmann::json::parse(line);
    CHECK(record.at("seq") == ++seq);
    CHECK(record.at("follows") == true);
    CHECK_FALSE(record.at("record").get<std::string>().empty());
  }
  CHECK(seq >= 2);
  auto const before = content(out);
  CHECK(demo.store("salvage", demo.kiosk, {"--passphrase-file", demo.passphrase, "--out", out}).exit_code == 1);
  CHECK(content(out) == before);
  CHECK(demo.store("salvage", demo.kiosk, {"--passphrase-file", demo.passphrase}).exit_code == 2);

  auto const anew = demo.folder / "anew";
  CHECK(demo.store("salvage", demo.kiosk, {"--passphrase-file", demo.passphrase, "--into", anew}).exit_code == 0);
  CHECK(demo.store("check", anew, {"--passphrase-file", demo.passphrase}).exit_code == 0);
  CHECK(demo.store("salvage", demo.demo + "/centre", {"--out", demo.folder / "centre.jsonl"}).exit_code == 1);
}
