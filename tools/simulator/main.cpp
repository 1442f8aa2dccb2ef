// dga-sim: kiosks, a centre, couriers, disks, clocks and a hostile network in one process and virtual time.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "shared/base/log.h"
#include "tools/simulator/centre_folder.h"
#include "tools/simulator/run.h"

namespace {

using namespace dga::simulator;

// How a process that shares the seeds ends, beside 0: nothing to tell. What it dies of is neither.
constexpr int kViolated = 1, kFoundExpected = 10;

struct Options {
  std::uint64_t seeds = 100;
  std::uint64_t first_seed = 1;
  unsigned jobs = 2;
  bool trace = false;
  std::size_t most_failures = 5;
  std::string expected;  // a check that a planted bug must fail
};

// Whether a planted bug is found by its own check. The shipped code never gets here with one.
bool found(Options const& options, unsigned job) {
  Runner runner;
  for (auto seed = options.first_seed + job; seed < options.first_seed + options.seeds; seed += options.jobs) {
    auto const outcome = runner.run(seed, World::Telling::kSilent);
    for (auto const& violation : outcome.violations) {
      if (violation.check != options.expected) continue;
      std::printf("found by %s at seed %llu\n", violation.check.c_str(), static_cast<unsigned long long>(seed));
      return true;
    }
  }
  return false;
}

// Every jobs-th seed; 0 where none failed.
int work(Options const& options, unsigned job) {
  if (!options.expected.empty()) return found(options, job) ? kFoundExpected : 0;
  Runner runner;
  std::size_t failures = 0;
  for (auto seed = options.first_seed + job; seed < options.first_seed + options.seeds; seed += options.jobs) {
    auto const outcome = runner.run(seed, options.trace ? World::Telling::kStory : World::Telling::kSilent);
    if (outcome.violations.empty()) continue;
    for (auto const& violation : outcome.violations)
      std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(seed), violation.check.c_str(),
                  violation.what.c_str());
    std::printf("  again: tools/sim --first-seed %llu --seeds 1 --trace\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    if (++failures >= options.most_failures) break;
  }
  auto const& tally = runner.tally();
  std::printf("%s\n", describe(tally).c_str());
  std::fflush(stdout);
  return failures == 0 ? 0 : kViolated;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Simulates kiosks, their centre and everything between them from seeds, and checks what must hold"};
  app.footer("Exit codes: 0 nothing violated, 1 something was (its seed is printed), 2 wrong usage.");
  app.add_option("--seeds", options.seeds, "How many")->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first of them")->capture_default_str();
  app.add_option("--jobs", options.jobs, "Processes that share them")->capture_default_str()->check(CLI::Range(1, 64));
  app.add_option("--failures", options.most_failures, "Stop after so many failing seeds a process")
      ->capture_default_str();
  app.add_option("--expect", options.expected, "For a control: exit 0 when this check fails, 1 when it never does");
  app.add_flag("--trace", options.trace, "Tell the story of each seed");
  CLI11_PARSE(app, argc, argv);
  if (options.seeds < options.jobs) options.jobs = static_cast<unsigned>(options.seeds);
  dga::base::set_up_logging(dga::base::LogFormat::kText, dga::base::LogLevel::kError);

  // A process each: a world owns its process's generators, and one that crashes takes nobody with it.
  auto const begun = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (unsigned job = 0; job < options.jobs; ++job) {
    auto const child = fork();
    if (child == 0) {
      int result = kViolated;
      try {
        result = work(options, job);
      } catch (std::exception const& error) {
        std::fprintf(stderr, "dga-sim: %s\n", error.what());
      }
      std::fflush(stdout);
      _exit(result);
    }
    children.push_back(child);
  }
  bool failed = false, expected = false;
  for (auto const child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    bool const found_it = WIFEXITED(status) && WEXITSTATUS(status) == kFoundExpected;
    if (found_it) expected = true;
    if (!found_it && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) failed = true;
    if (!WIFSIGNALED(status)) continue;
    std::printf("a process died of signal %d\n", WTERMSIG(status));
    CentreFolder::remove_left_by(child);
  }
  if (!options.expected.empty()) return expected && !failed ? 0 : 1;
  auto const took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf("%llu seeds in %.1f s: %s\n", static_cast<unsigned long long>(options.seeds), took,
              failed ? "VIOLATED" : "0 violations");
  return failed ? 1 : 0;
}
