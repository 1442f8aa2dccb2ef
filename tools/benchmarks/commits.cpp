#include <fmt/format.h>

#include "tools/benchmarks/record_table.h"
#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

constexpr int kCommitsARound = 400;
// So many in a row, then it is the next one's turn: what the disk does to one it does to all.
constexpr int kCommitsATurn = 20;

struct Lane {
  std::unique_ptr<Store> store;
  RecordTable table;

  Lane(Contestant const& contestant, std::filesystem::path const& file, Settings const& settings)
      : store(contestant.open(file, settings)), table(*store, 1) {}
};

std::vector<std::unique_ptr<Lane>> lanes(std::vector<Contestant> const& all, std::filesystem::path const& folder,
                                         Settings const& settings) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::vector<std::unique_ptr<Lane>> made;
  for (auto const& contestant : all)
    made.push_back(std::make_unique<Lane>(contestant, folder / fmt::format("{}.db", made.size()), settings));
  return made;
}

// Microseconds: half of the commits of a round took no longer.
Line p50(Plan const& plan, std::vector<Contestant> const& all, store::Durability durability, std::string what,
         double goal) {
  auto running = lanes(all, plan.folder / "commits", {.durability = durability});
  Line line{std::move(what), "us", goal, {}};
  for (int round = -1; round < plan.rounds; ++round) {  // the first one warms up
    std::vector<std::vector<double>> took(all.size());
    for (int turn = 0; turn < kCommitsARound / plan.divisor / kCommitsATurn; ++turn)
      for (std::size_t i = 0; i < running.size(); ++i) {
        auto const who = (i + static_cast<std::size_t>(turn)) % running.size();
        for (int n = 0; n < kCommitsATurn; ++n) {
          double const start = wall_seconds();
          running[who]->table.insert();
          took[who].push_back((wall_seconds() - start) * 1e6);
        }
      }
    std::vector<double> figures;
    for (auto& one : took) figures.push_back(median(std::move(one)));
    if (round >= 0) line.rounds.push_back(std::move(figures));
  }
  return line;
}

// Microseconds of processor a commit, user and system.
Line processor(Plan const& plan, std::vector<Contestant> const& all) {
  auto running = lanes(all, plan.memory_folder / "commits", {});
  Line line{"commit FULL on tmpfs, processor", "us", 1.9, {}};
  for (int round = -1; round < plan.rounds; ++round) {
    std::vector<double> figures(all.size());
    int const turns = 10, commits = 5 * kCommitsARound / plan.divisor / turns;
    for (int turn = 0; turn < turns; ++turn)
      for (std::size_t i = 0; i < running.size(); ++i) {
        double const start = processor_seconds();
        for (int n = 0; n < commits; ++n) running[i]->table.insert();
        figures[i] += (processor_seconds() - start) * 1e6 / (turns * commits);
      }
    if (round >= 0) line.rounds.push_back(std::move(figures));
  }
  return line;
}

}  // namespace

void measure_commits(Plan const& plan, std::vector<Contestant> const& all, Report& report) {
  report.add(p50(plan, all, store::Durability::kFull, "commit FULL, p50", 1.15));
  report.add(p50(plan, all, store::Durability::kNormal, "commit NORMAL, p50", 1.7));
  report.add(processor(plan, all));
  std::filesystem::remove_all(plan.folder / "commits");
  std::filesystem::remove_all(plan.memory_folder / "commits");
}

}  // namespace dga::benchmarks
