// Measures the store against plain SQLite, and SQLCipher where it is installed, interleaved in one run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

struct Options {
  std::filesystem::path folder, memory_folder = "/dev/shm", json;
  int rounds = 7;
  bool quick = false;
  std::vector<std::string> parts;
};

int store(Options const& options) {
  auto const all = contestants();
  std::vector<std::string> names;
  for (auto const& one : all) names.push_back(one.name);
  Plan const plan{options.folder / "dga-bench", options.memory_folder / fmt::format("dga-bench-{}", getpid()),
                  options.rounds, options.quick ? 10 : 1};
  std::filesystem::create_directories(plan.folder);
  std::filesystem::create_directories(plan.memory_folder);
  auto const wanted = [&](std::string const& part) {
    return options.parts.empty() || std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
  };
  Report report(names);
  report.print_head();
  if (wanted("commits")) measure_commits(plan, all, report);
  if (wanted("records")) measure_records(plan, all, report);
  if (wanted("people")) measure_people(plan, all, report);
  if (wanted("ready")) measure_ready(plan, report);
  report.say(
      fmt::format("\"plain again\" is the same program as plain: what it differs by is the noise of this machine "
                  "({} processors, SQLite {}). Bounds closer to 1 than that are judged against it.",
                  std::thread::hardware_concurrency(), sqlite3_libversion()));
  std::filesystem::remove_all(plan.folder);
  std::filesystem::remove_all(plan.memory_folder);
  if (!options.json.empty() && !(std::ofstream(options.json) << report.json().dump(1) << '\n')) {
    fmt::print(stderr, "bench: could not write {}\n", options.json.string());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace dga::benchmarks

int main(int count, char** arguments) {
  CLI::App bench("Measures, as ratios in one run");
  bench.require_subcommand(1);
  dga::benchmarks::Options options;
  auto* const store = bench.add_subcommand("store", "The encrypted store against plain SQLite");
  store->add_option("parts", options.parts, "commits, records, people, ready; all without a word");
  store->add_option("--folder", options.folder, "On the disk that is to be measured")->required();
  store->add_option("--rounds", options.rounds, "At least five")->check(CLI::Range(5, 1000));
  store->add_option("--json", options.json, "The figures of every round, into this file");
  store->add_flag("--quick", options.quick, "A tenth of everything: only to see that it runs");
  CLI11_PARSE(bench, count, arguments);
  return dga::benchmarks::store(options);
}
