#pragma once

#include <sys/types.h>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dga::support {

struct Ended {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string out, err;
};

// Runs a program of ours to its end: bin("dga"), arguments, all of `input` on its standard input.
// Fails the calling test when it does not end within two minutes.
[[nodiscard]] Ended run(std::vector<std::string> const& arguments, std::string const& input = {});

// A program of ours in build/<preset>/bin.
[[nodiscard]] std::string bin(std::string const& name);

// A program that goes on while the test talks to it. Killed and waited for when it goes.
class Process {
 public:
  // What it says on standard error: to the test's own, or nowhere, where it is meant to fail hundreds of times.
  enum class Complaints { kShown, kDropped };
  explicit Process(std::vector<std::string> const& arguments, Complaints complaints = Complaints::kShown);
  ~Process();
  Process(Process const&) = delete;
  Process& operator=(Process const&) = delete;

  void write(std::string const& text);  // to its standard input
  void close_input();
  // The next line of its standard output without the line end; empty at the end of it.
  [[nodiscard]] std::string read_line();
  // Lines that stand ready or arrive until the end of its output.
  [[nodiscard]] std::vector<std::string> read_to_end();
  void signal(int number);
  int wait();  // exit code, 128 + signal
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1, output_ = -1;
  std::string pending_;
  bool waited_ = false;
};

// A folder of the test's own, removed when it goes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
  [[nodiscard]] std::string const& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string const& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A port on loopback that was free a moment ago.
[[nodiscard]] int free_port();

}  // namespace dga::support
