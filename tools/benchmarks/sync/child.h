#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dga::benchmarks {

// What a process cost from its start to its end (wait4).
struct Cost {
  int exit_code = -1;  // 128 + signal
  double processor_seconds = 0;
  std::uint64_t peak_bytes = 0;
};

// A program that is measured. Killed when it goes before finish().
class Child {
 public:
  // `errors`: the file its standard error goes to; empty: this program's.
  explicit Child(std::vector<std::string> const& arguments, std::string const& errors = {});
  ~Child();
  Child(Child const&) = delete;
  Child& operator=(Child const&) = delete;

  void write_line(std::string const& text);
  // The next line of its standard output; empty at the end of it.
  [[nodiscard]] std::string read_line();
  void signal(int number);
  [[nodiscard]] Cost finish();  // waits
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1, output_ = -1;
  std::string pending_;
};

// Of a running process so far. Zeros for one that has gone.
[[nodiscard]] double processor_seconds_of(pid_t pid);
// With its children, and those of them that have ended: PostgreSQL is a process a connection.
[[nodiscard]] double processor_seconds_of_family(pid_t pid);
[[nodiscard]] std::uint64_t resident_bytes(pid_t pid);
[[nodiscard]] std::uint64_t peak_resident_bytes(pid_t pid);

// Runs a program to its end; the benchmark ends where it fails.
void run_program(std::vector<std::string> const& arguments);

}  // namespace dga::benchmarks
