#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/process.h"

using dga::support::Ended;

namespace {

Ended kiosk(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), dga::support::bin("dga-kiosk"));
  return dga::support::run(arguments);
}

}  // namespace

TEST_CASE("help tells the exit codes and what goes in and out") {
  Ended const ended = kiosk({"--help"});
  CHECK(ended.exit_code == 0);
  for (auto const* word :
       {"--headless", "--passphrase-file", "--at", "Exit codes: 0 fine; 1 refused", "not_a_badge", "--check-config"})
    CHECK(ended.out.find(word) != std::string::npos);
  CHECK(ended.out.find("--passphrase ") == std::string::npos);
}

TEST_CASE("what is not understood ends with exit code 2 and names the option") {
  for (auto const& [arguments, named] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--data", "d", "--at", "yesterday"}, "--at"},
           {{"--data", "d", "--at", "2024-11-12T07:55:00"}, "--at"},
           {{"--data", "d", "--window", "big"}, "--window"},
           {{"--data", "d", "--window", "1280x"}, "--window"},
           {{"--data", "d", "--language", "fr"}, "--language"},
           {{"--data", "d", "--theme", "pink"}, "--theme"},
           {{"--data", "d", "--scanner", "usb"}, "--scanner"},
           {{"--data", "d", "--log-format", "xml"}, "--log-format"},
           {{"--data", "d", "--passphrase", "secret"}, "--passphrase"},
           {{"--data", "d", "--headless"}, "--passphrase-file"},
           {{"--headless"}, "--data"},
           {{"--surprise"}, "--surprise"}}) {
    CAPTURE(named);
    Ended const ended = kiosk(arguments);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.find(named) != std::string::npos);
  }
}

TEST_CASE("a configuration file gives options, flags overrule it, and it can be checked") {
  dga::support::TemporaryFolder folder;
  std::ofstream(folder / "kiosk.toml")
      << "data = \"/srv/kiosk\"\nlarge_text = true\nlanguage = \"en\"\nwindow = \"800x1280\"\n";
  Ended const ended = kiosk({"--config", folder / "kiosk.toml", "--language", "vi", "--check-config"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out.find("large-text = true") != std::string::npos);
  CHECK(ended.out.find("language = vi") != std::string::npos);
  CHECK(ended.out.find("data = /srv/kiosk") != std::string::npos);
}

TEST_CASE("a configuration file that is wrong is told with its place") {
  dga::support::TemporaryFolder folder;
  auto refused = [&](std::string const& content) {
    std::ofstream(folder / "kiosk.toml") << content;
    Ended const ended = kiosk({"--config", folder / "kiosk.toml", "--check-config"});
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find("kiosk.toml") != std::string::npos);
    return ended.err;
  };
  CHECK(refused("data = \"x\"\nlanguage = \n").find("line 2") != std::string::npos);
  CHECK(refused("data = \"x\"\npassphrase = \"secret\"\n").find("passphrase") != std::string::npos);
  CHECK(refused("data = \"x\"\nlarge_text = 3\n").find("large_text") != std::string::npos);
  CHECK(kiosk({"--config", folder / "nothing.toml"}).exit_code == 2);
}
