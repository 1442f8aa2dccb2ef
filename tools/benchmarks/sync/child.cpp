#include "tools/benchmarks/sync/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

extern char** environ;

namespace dga::benchmarks {
namespace {

[[noreturn]] void give_up(std::string const& why) {
  fmt::print(stderr, "bench: {}\n", why);
  std::exit(1);
}

// The fields of /proc/PID/stat after the name, which may hold anything; the state is the first.
std::vector<std::string> stat_fields(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  auto const end = text.rfind(')');
  std::vector<std::string> fields;
  if (end == std::string::npos) return fields;
  std::istringstream rest(text.substr(end + 1));
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

double ticks(std::vector<std::string> const& fields, std::size_t first, std::size_t last) {
  double sum = 0;
  for (auto at = first; at <= last && at < fields.size(); ++at) sum += std::strtod(fields[at].c_str(), nullptr);
  return sum / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Source: proc(5); counted from the state.
constexpr std::size_t kParent = 1, kChildrenUserTime = 13, kChildrenSystemTime = 14;

std::uint64_t status_bytes(pid_t pid, std::string_view name) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10) * 1024;
  return 0;
}

}  // namespace

Child::Child(std::vector<std::string> const& arguments, std::string const& errors) {
  std::signal(SIGPIPE, SIG_IGN);  // one that has gone shows by its output
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) give_up("no pipe could be made");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  if (!errors.empty())
    posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::vector<char*> argv;
  for (auto const& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int const failed = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  if (failed != 0) give_up("could not start " + arguments[0]);
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    static_cast<void>(finish());
  }
  ::close(input_);
  ::close(output_);
}

void Child::write_line(std::string const& text) {
  auto const line = text + '\n';
  if (::write(input_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) give_up("a child has gone");
}

std::string Child::read_line() {
  for (;;) {
    if (auto const end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char part[65536];
    ssize_t const got = ::read(output_, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    pending_.append(part, static_cast<std::size_t>(got));
  }
}

void Child::signal(int number) { ::kill(pid_, number); }

Cost Child::finish() {
  int status = 0;
  rusage used{};
  while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {}
  pid_ = -1;
  auto const seconds = [](timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024};
}

// From its clock, which counts nanoseconds; /proc counts hundredths of a second, as much as thousands of records take.
double processor_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double processor_seconds_of_family(pid_t pid) {
  double sum = processor_seconds_of(pid) + ticks(stat_fields(pid), kChildrenUserTime, kChildrenSystemTime);
  auto const parent = std::to_string(pid);
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    auto const name = entry.path().filename().string();
    pid_t child = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), child).ec != std::errc()) continue;
    auto const fields = stat_fields(child);
    if (fields.size() > kParent && fields[kParent] == parent) sum += processor_seconds_of(child);
  }
  return sum;
}

std::uint64_t resident_bytes(pid_t pid) { return status_bytes(pid, "VmRSS:"); }
std::uint64_t peak_resident_bytes(pid_t pid) { return status_bytes(pid, "VmHWM:"); }

void run_program(std::vector<std::string> const& arguments) {
  Child child(arguments);
  while (!child.read_line().empty()) {}
  if (child.finish().exit_code != 0) give_up(arguments[0] + " failed");
}

}  // namespace dga::benchmarks
