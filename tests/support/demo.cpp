#include "tests/support/demo.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

namespace dga::support {

std::vector<std::vector<std::string>> read_csv(std::string const& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += '"';
        ++i;
      } else if (c == '"')
        quoted = false;
      else
        row.back() += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(row);
      row.assign(1, "");
    } else if (c != '\r') {
      row.back() += c;
    }
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

Demo::Demo(int participants, int kiosks, int seed, std::string const& database) {
  std::vector<std::string> arguments{bin("dga"),
                                     "demo",
                                     "init",
                                     "--out",
                                     folder_ / "demo",
                                     "--participants",
                                     std::to_string(participants),
                                     "--kiosks",
                                     std::to_string(kiosks),
                                     "--seed",
                                     std::to_string(seed)};
  if (!database.empty()) arguments.insert(arguments.end(), {"--database", database});
  auto const made = run(arguments);
  REQUIRE_MESSAGE(made.exit_code == 0, made.err);
  std::ifstream file(path("badges.csv"));
  std::stringstream text;
  text << file.rdbuf();
  for (auto const& row : read_csv(text.str())) {
    REQUIRE(row.size() == 3);
    badges_.push_back({row[0], std::stoull(row[1]), row[2]});
  }
  REQUIRE(badges_.size() == static_cast<std::size_t>(participants));
}

std::vector<std::string> Demo::headless(int kiosk_number, std::string const& at) const {
  return {bin("dga-kiosk"),    "--headless",      "--offline", "--data", kiosk(kiosk_number),
          "--passphrase-file", passphrase_file(), "--at",      at};
}

Ended Demo::scan(int kiosk_number, std::string const& lines, std::string const& at) const {
  return run(headless(kiosk_number, at), lines);
}

Ended Demo::sync(int kiosk_number, std::string const& address) const {
  return run({bin("dga"), "kiosk", "sync", "--data", kiosk(kiosk_number), "--passphrase-file", passphrase_file(),
              "--centre", address, "--once", "--json"});
}

Ended Demo::dga(std::vector<std::string> arguments, std::string const& input) const {
  arguments.insert(arguments.begin(), bin("dga"));
  return run(arguments, input);
}

RunningCentre::RunningCentre(std::string const& folder, std::vector<std::string> const& more) {
  std::string const listen = "127.0.0.1:" + std::to_string(free_port());
  address_ = "http://" + listen;
  std::vector<std::string> arguments{bin("dga-centre"), "--data", folder, "--listen", listen};
  arguments.insert(arguments.end(), more.begin(), more.end());
  process_ = std::make_unique<Process>(arguments);
  REQUIRE_MESSAGE(process_->read_line().find("listening") != std::string::npos, "the centre did not start");
}

int RunningCentre::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

}  // namespace dga::support
