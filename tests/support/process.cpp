#include "tests/support/process.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

extern char** environ;

namespace dga::support {
namespace {

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    read = ends[0];
    write = ends[1];
  }
};

pid_t spawn(std::vector<std::string> const& arguments, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, 2);
  std::vector<char*> argv;
  for (auto const& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  int const failed = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE_MESSAGE(failed == 0, "could not start ", arguments[0]);
  return pid;
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// A child that has gone must be an EPIPE, not the end of the test.
void ignore_broken_pipes() { ::signal(SIGPIPE, SIG_IGN); }

}  // namespace

std::string bin(std::string const& name) { return std::string(DGA_BIN_DIR) + "/" + name; }

Ended run(std::vector<std::string> const& arguments, std::string const& input) {
  ignore_broken_pipes();
  Pipe in, out, err;
  pid_t const pid = spawn(arguments, in.read, out.write, err.write);
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  ::fcntl(in.write, F_SETFL, O_NONBLOCK);
  Ended ended;
  std::size_t written = 0;
  if (input.empty()) {
    ::close(in.write);
    in.write = -1;
  }
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  bool out_open = true, err_open = true;
  char part[65536];
  while (out_open || err_open) {
    pollfd waits[3] = {
        {out_open ? out.read : -1, POLLIN, 0}, {err_open ? err.read : -1, POLLIN, 0}, {in.write, POLLOUT, 0}};
    ::poll(waits, 3, 1000);
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid, SIGKILL);
      FAIL_CHECK("a program did not end within two minutes: ", arguments[0]);
    }
    auto take = [&](pollfd const& wait, std::string& into, bool& open) {
      if (!open || wait.revents == 0) return;
      ssize_t const got = ::read(wait.fd, part, sizeof part);
      if (got > 0)
        into.append(part, static_cast<std::size_t>(got));
      else if (got == 0 || errno != EINTR)
        open = false;
    };
    take(waits[0], ended.out, out_open);
    take(waits[1], ended.err, err_open);
    if (in.write >= 0 && waits[2].revents != 0) {
      ssize_t const put = ::write(in.write, input.data() + written, input.size() - written);
      if (put > 0) written += static_cast<std::size_t>(put);
      if ((put < 0 && errno != EAGAIN && errno != EINTR) || written == input.size()) {
        ::close(in.write);
        in.write = -1;
      }
    }
  }
  if (in.write >= 0) ::close(in.write);
  ::close(out.read);
  ::close(err.read);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ended.exit_code = exit_code_of(status);
  return ended;
}

Process::Process(std::vector<std::string> const& arguments, Complaints complaints) {
  ignore_broken_pipes();
  Pipe in, out;
  int const nowhere = complaints == Complaints::kDropped ? ::open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
  pid_ = spawn(arguments, in.read, out.write, nowhere);
  if (nowhere >= 0) ::close(nowhere);
  ::close(in.read);
  ::close(out.write);
  input_ = in.write;
  output_ = out.read;
}

Process::~Process() {
  if (!waited_) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  close_input();
  ::close(output_);
}

void Process::write(std::string const& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    ssize_t const put = ::write(input_, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return;  // it has gone; the test sees that by its output
    written += static_cast<std::size_t>(put);
  }
}

void Process::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::string Process::read_line() {
  for (;;) {
    if (auto const end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char part[65536];
    ssize_t const got = ::read(output_, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};  // what is left is no whole line
    pending_.append(part, static_cast<std::size_t>(got));
  }
}

std::vector<std::string> Process::read_to_end() {
  std::vector<std::string> lines;
  for (auto line = read_line(); !line.empty(); line = read_line()) lines.push_back(line);
  return lines;
}

void Process::signal(int number) { ::kill(pid_, number); }

int Process::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
  waited_ = true;
  return exit_code_of(status);
}

TemporaryFolder::TemporaryFolder() {
  char name[] = "/tmp/dga-test-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

int free_port() {
  int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t size = sizeof address;
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(probe);
  return ntohs(address.sin_port);
}

}  // namespace dga::support
