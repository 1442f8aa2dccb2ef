// Measures the store against plain SQLite, and SQLCipher where it is installed, interleaved in one run; and how fast
// records get from a kiosk to its centre.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/benchmarks/sync/drain.h"
#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

struct Options {
  std::filesystem::path folder, memory_folder = "/dev/shm", json;
  int rounds = 7;
  bool quick = false;
  std::vector<std::string> parts;
};

// True where the figures could be written, or nobody wanted them.
bool write_json(std::filesystem::path const& file, nlohmann::ordered_json const& report) {
  if (file.empty() || std::ofstream(file) << report.dump(1) << '\n') return true;
  fmt::print(stderr, "bench: could not write {}\n", file.string());
  return false;
}

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
  return write_json(options.json, report.json()) ? 0 : 1;
}

int sync(SyncPlan plan, std::vector<std::string> parts, std::filesystem::path const& json) {
  plan.folder /= "dga-bench";
  if (parts.empty()) parts = {"drain", "many"};
  nlohmann::ordered_json report;
  for (auto const& part : parts) {
    if (part == "drain") measure_drain(plan, report);
    if (part == "many") measure_many(plan, report);
    if (part == "cost") measure_growth(plan, report);
    if (part == "memory") measure_memory(plan, report);
  }
  std::filesystem::remove_all(plan.folder);
  return write_json(json, report) ? 0 : 1;
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

  dga::benchmarks::SyncPlan plan;
  std::vector<std::string> parts;
  auto* const sync = bench.add_subcommand("sync", "Records from kiosks to a centre over loopback HTTP");
  sync->add_option("parts", parts, "drain and many (both without a word), cost, memory")
      ->check(CLI::IsMember({"drain", "many", "cost", "memory"}));
  sync->add_option("--folder", plan.folder, "On the disk that is to be measured")->required();
  sync->add_option("--rounds", plan.rounds, "Of each figure")->check(CLI::Range(1, 1000))->capture_default_str();
  sync->add_option("--records", plan.records, "Of the one kiosk")->capture_default_str();
  sync->add_option("--kiosks", plan.kiosks, "At once")->capture_default_str();
  sync->add_option("--each", plan.each, "Records of each of them")->capture_default_str();
  sync->add_option("--seconds", plan.seconds, "That the memory is watched")
      ->check(CLI::Range(10, 86'400))
      ->capture_default_str();
  sync->add_option("--postgresql", plan.postgresql, "A server's address with the database postgres; none: SQLite only");
  sync->add_option("--postgresql-pid", plan.postgresql_pid, "Its first process");
  sync->add_option("--json", options.json, "The figures of every round, into this file");

  std::string centre;
  std::vector<std::filesystem::path> kiosks;
  auto* const sender = bench.add_subcommand("sync-sender", "The kiosks' side of sync, as it starts it itself");
  sender->add_option("--centre", centre)->required();
  sender->add_option("kiosks", kiosks)->required();

  CLI11_PARSE(bench, count, arguments);
  if (sync->parsed()) return dga::benchmarks::sync(plan, parts, options.json);
  if (sender->parsed()) return dga::benchmarks::send(centre, kiosks);
  return dga::benchmarks::store(options);
}
