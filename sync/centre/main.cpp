#include <fmt/format.h>
#include <malloc.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "shared/base/clock.h"
#include "shared/base/file.h"
#include "shared/base/log.h"
#include "shared/base/random.h"
#include "shared/base/version.h"
#include "sync/centre/api.h"
#include "sync/centre/http_server.h"
#include "sync/centre/keys.h"

namespace {

using namespace dga;

struct Options {
  std::filesystem::path data;
  std::string database;
  std::string listen;
  base::LogFormat log_format = base::LogFormat::kText;
  bool check_only = false;
};

int fail(base::Error const& error) {
  fmt::print(stderr, "dga-centre: {}\n", base::describe(error));
  return base::exit_code(error.fault);
}

// Blocked before any thread starts, so that every thread inherits it and the signals wait for us to read them.
int signals_to_read() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  if (sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0) return -1;
  std::signal(SIGPIPE, SIG_IGN);  // a client that went away is no reason to end
  return signalfd(-1, &wanted, SFD_CLOEXEC);
}

void wait_for_signal(int signals) {
  signalfd_siginfo received{};
  while (read(signals, &received, sizeof received) < 0 && errno == EINTR) {}
}

// Many kiosks that send at once must leave no mark: with an arena a thread and a threshold that grows with what is
// freed, glibc keeps what the largest batches once took. So large buffers (bodies, opened batches) go back to the
// system when they are freed, and all threads share a few arenas.
void bound_memory() {
  constexpr int kLargeBytes = 128 * 1024, kArenas = 2;
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  mallopt(M_TRIM_THRESHOLD, 4 * kLargeBytes);
  mallopt(M_ARENA_MAX, kArenas);
}

int serve(Options const& options) {
  auto const address = centre::loopback_address(options.listen);
  if (!address.ok()) return fail(address.error());
  auto const clock = base::system_clock();
  auto const random = base::system_random();
  auto const opened = centre::Centre::open(options.data, *clock, *random, options.database);
  if (!opened.ok()) return fail(opened.error());
  if (auto const current = (*opened)->check_epoch(); !current.ok()) return fail(current.error());
  if (options.check_only) {
    fmt::print("dga-centre: {} and {} can be used\n", options.data.string(), *address);
    return 0;
  }

  int const signals = signals_to_read();
  if (signals < 0) return fail(base::storage("centre.signals", "could not ask the system for its signals"));
  centre::set_up_http_threads();
  auto const server = centre::HttpServer::start(**opened, *clock, *address);
  if (!server.ok()) return fail(server.error());
  // The command line finds a running server here when the store is held.
  auto const notice = options.data / centre::kServerFile;
  auto const noted =
      base::write_file(notice, nlohmann::json{{"address", *address}, {"instance", (*opened)->instance()}}.dump() + "\n",
                       base::FileAccess::kOwnerOnly);
  if (!noted.ok()) return fail(noted.error());
  fmt::print("dga-centre listening on {}\n", *address);
  std::fflush(stdout);
  base::log(base::LogLevel::kInfo, "centre.started",
            {{"address", *address}, {"version", std::string(base::kProductVersion)}});

  wait_for_signal(signals);
  base::log(base::LogLevel::kInfo, "centre.stopping");
  std::error_code ignored;
  std::filesystem::remove(notice, ignored);
  (*server)->stop();
  base::log(base::LogLevel::kInfo, "centre.stopped");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{
      "The centre of DGA Kiosk: takes in what kiosks recorded, gives them their class, and answers coordinators."};
  app.footer(
      "Listens on loopback only; nginx stands in front of it (assets/deploy).\n"
      "Ends cleanly on SIGTERM and SIGINT.\n\n"
      "Exit codes: 0 ended as asked, 1 refused or not found (no such centre, its store is held or of an earlier "
      "epoch,\n"
      "            the port is in use),\n"
      "            2 wrong usage, 3 damaged data, 4 not reachable.");
  Options options;
  app.add_option("--data", options.data, "The centre's folder, as \"dga centre init\" made it")->required();
  app.add_option(
         "--database", options.database,
         "sqlite:PATH or postgresql://user@host/database, instead of the one the folder names; a password comes "
         "from ?passfile=, PGPASSFILE or PGPASSWORD")
      ->type_name("ADDRESS");
  app.add_option("--listen", options.listen, "Where to listen, such as 127.0.0.1:8470")->default_str("127.0.0.1:8470");
  options.listen = "127.0.0.1:8470";
  app.add_option("--log-format", options.log_format, "text or json, on standard error")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, base::LogFormat>{{"text", base::LogFormat::kText}, {"json", base::LogFormat::kJson}}));
  app.add_flag("--check-config", options.check_only, "Opens everything once, says whether it can be used, and ends");
  app.set_version_flag("--version", std::string(base::kProductVersion));
  try {
    app.parse(count, arguments);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : base::exit_code(base::Fault::kUsage);
  }
  bound_memory();
  base::set_up_logging(options.log_format, base::LogLevel::kInfo);
  return serve(options);
}
