#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace dga::support {

// When the demo class's first session is open.
inline constexpr char kFirstMorning[] = "2024-11-12T07:55:00+07:00";

struct Badge {
  std::string digits;
  std::uint64_t participant = 0;
  std::string name;
};

// A demo made by the command line, in a folder of its own: a centre and enrolled kiosks.
class Demo {
 public:
  // `database`: as --database takes it; empty: the file in the centre's folder.
  Demo(int participants, int kiosks, int seed, std::string const& database = {});

  [[nodiscard]] std::string path(std::string const& name) const { return folder_ / ("demo/" + name); }
  [[nodiscard]] std::string kiosk(int number) const { return path("kiosk-" + std::to_string(number)); }
  [[nodiscard]] std::string passphrase_file() const { return path("passphrase"); }
  [[nodiscard]] std::vector<Badge> const& badges() const { return badges_; }
  [[nodiscard]] std::string scratch(std::string const& name) const { return folder_ / name; }

  // Scans (one a line) through `dga-kiosk --headless --offline` at the demo's first morning, or at another time.
  [[nodiscard]] Ended scan(int kiosk, std::string const& lines, std::string const& at = kFirstMorning) const;
  [[nodiscard]] std::vector<std::string> headless(int kiosk, std::string const& at = kFirstMorning) const;
  [[nodiscard]] Ended sync(int kiosk, std::string const& address) const;
  [[nodiscard]] Ended dga(std::vector<std::string> arguments, std::string const& input = {}) const;

 private:
  TemporaryFolder folder_;
  std::vector<Badge> badges_;
};

// `dga-centre` on a free port of loopback, ready to answer.
class RunningCentre {
 public:
  explicit RunningCentre(std::string const& folder, std::vector<std::string> const& more = {});
  [[nodiscard]] std::string const& address() const { return address_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  // Ends it as an operator does; its exit code.
  int stop();

 private:
  std::string address_;
  std::unique_ptr<Process> process_;
};

// The first columns of CSV lines, quotes undone; the heading left out.
[[nodiscard]] std::vector<std::vector<std::string>> read_csv(std::string const& text);

}  // namespace dga::support
