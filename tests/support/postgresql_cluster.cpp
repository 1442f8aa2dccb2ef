#include "tests/support/postgresql_cluster.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <utility>
#include <vector>

namespace dga::support {
namespace {

namespace files = std::filesystem;

// The newest version that is installed.
std::string newest_programs() {
  std::vector<files::path> found;
  std::error_code none;
  for (auto const& version : files::directory_iterator("/usr/lib/postgresql", none))
    if (files::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
  REQUIRE_MESSAGE(!found.empty(), "no PostgreSQL in /usr/lib/postgresql: tools/install installs it");
  return std::max_element(found.begin(), found.end())->string();
}

// Who runs the server: it refuses to be root.
passwd const* server_user() {
  if (::geteuid() != 0) return nullptr;
  auto const* user = ::getpwnam("postgres");
  if (user == nullptr) user = ::getpwnam("nobody");
  REQUIRE(user != nullptr);
  return user;
}

std::vector<std::string> words_of(std::string const& text) {
  std::istringstream words(text);
  std::vector<std::string> found;
  for (std::string word; words >> word;) found.push_back(word);
  return found;
}

}  // namespace

PostgresqlCluster& PostgresqlCluster::shared() {
  static PostgresqlCluster cluster;
  return cluster;
}

PostgresqlCluster::PostgresqlCluster() : programs_(newest_programs()) {
  make_folder();
  run_as_user("initdb", "-D " + folder_ + "/data -U dga -A trust -E UTF8 --locale=C.UTF-8 --no-sync");
  start();
}

PostgresqlCluster::PostgresqlCluster(std::string programs) : programs_(std::move(programs)) { make_folder(); }

std::unique_ptr<PostgresqlCluster> PostgresqlCluster::standby_of(PostgresqlCluster const& primary) {
  std::unique_ptr<PostgresqlCluster> made(new PostgresqlCluster(primary.programs_));
  made->run_as_user("pg_basebackup",
                    "-D " + made->folder_ + "/data -h " + primary.folder_ + " -U dga -R -X stream -c fast --no-sync");
  made->start();
  return made;
}

void PostgresqlCluster::make_folder() {
  // Not under TMPDIR: a socket's path has at most 107 bytes, and the server's user must be able to walk to it.
  char name[] = "/tmp/dga-postgresql-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  folder_ = name;
  // Its input ends with this program; the server, which the kernel ends then, gets a moment to be gone.
  sweeper_ = std::make_unique<Process>(
      std::vector<std::string>{"/bin/sh", "-c", "read -r _; sleep 1; rm -rf -- \"$0\"", folder_});
  if (auto const* user = server_user()) REQUIRE(::chown(folder_.c_str(), user->pw_uid, user->pw_gid) == 0);
}

PostgresqlCluster::~PostgresqlCluster() {
  crash();
  std::error_code ignored;
  files::remove_all(folder_, ignored);
}

pid_t PostgresqlCluster::start_as_user(std::string const& program, std::string const& arguments) const {
  auto const* user = server_user();
  auto words = words_of(programs_ + "/" + program + " " + arguments);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string const log = folder_ + "/server.log";
  pid_t const parent = ::getpid();
  pid_t const child = ::fork();
  REQUIRE(child >= 0);
  if (child > 0) return child;
  if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  // After the change of user, which would clear it: the server goes when the test program does, even by SIGKILL.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent || ::chdir(folder_.c_str()) != 0) ::_exit(126);
  ::setpgid(0, 0);  // Ctrl-C in a terminal ends the tests, which end the server
  int const out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int const in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void PostgresqlCluster::run_as_user(std::string const& program, std::string const& arguments) const {
  int status = -1;
  ::waitpid(start_as_user(program, arguments), &status, 0);
  REQUIRE_MESSAGE(status == 0, program, " failed");
}

void PostgresqlCluster::start() {
  server_ = start_as_user("postgres", "-D " + folder_ + "/data -k " + folder_ +
                                          " -c listen_addresses= -c max_connections=60 -c log_min_messages=error"
                                          " -c shared_buffers=64MB -c unix_socket_permissions=0700"
                                          " -c recovery_init_sync_method=syncfs");
  // Most statements a test waits for are its own: only here somebody else's progress is waited for.
  for (int tries = 0; tries < 1500; ++tries) {
    if (run({programs_ + "/pg_isready", "-q", "-h", folder_}).exit_code == 0) return;
    REQUIRE_MESSAGE(::waitpid(server_, nullptr, WNOHANG) == 0, "the PostgreSQL server ended; see its log");
    ::poll(nullptr, 0, 20);
  }
  FAIL("the PostgreSQL server was not ready within half a minute");
}

void PostgresqlCluster::crash() {
  if (server_ < 0) return;
  ::kill(server_, SIGQUIT);  // as "pg_ctl stop -m immediate"
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresqlCluster::crash_and_restart() {
  crash();
  start();
}

std::string PostgresqlCluster::make_database() {
  auto const name = "centre" + std::to_string(++databases_);
  std::string const start = "postgresql://dga@/";
  ask(start + "postgres?host=" + folder_, "CREATE DATABASE " + name);
  return start + name + "?host=" + folder_;
}

std::string PostgresqlCluster::ask_server(std::string const& statement) {
  return ask("postgresql://dga@/postgres?host=" + folder_, statement);
}

void PostgresqlCluster::wait_for(std::string const& statement, std::string const& wanted) {
  std::string last;
  for (int tries = 0; tries < 600; ++tries) {
    last = ask_server(statement);
    if (last == wanted) return;
    ::poll(nullptr, 0, 50);
  }
  FAIL(statement << " still says " << last);
}

std::string PostgresqlCluster::ask(std::string const& address, std::string const& statement) {
  auto const ended = run({programs_ + "/psql", address, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement});
  REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
  return ended.out.substr(0, ended.out.find_last_not_of('\n') + 1);
}

}  // namespace dga::support
