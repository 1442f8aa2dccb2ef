// Whether a record costs more where there are many already.
#include <nlohmann/json.hpp>

#include "tools/benchmarks/measure.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/drain.h"

namespace dga::benchmarks {
namespace {

constexpr std::uint64_t kDrained = 20'000;
constexpr std::size_t kKiosks = 12;  // the first one sends, the others' logs fill the centre

struct Figures {
  std::vector<double> wall, processors;  // microseconds a record
  std::vector<double> first;             // seconds, the first answer after a start
};

void measure(SyncPlan const& plan, Keeper keeper, nlohmann::ordered_json& report) {
  House house(plan.folder / "sync", keeper, plan.postgresql, kKiosks);
  house.load_kiosks(kDrained, 1);
  std::uint64_t there = 0;
  std::vector<double> walls, processors;
  for (std::uint64_t const wanted : {10'000UL, 100'000UL, 1'000'000UL}) {
    house.load_centre(wanted - there);
    there = wanted;
    Figures figures;
    for (int i = 0; i < plan.rounds; ++i) {
      auto const round = house.copy(2);
      double first = 0;
      auto const drained = drain_warm(plan, round, first);
      figures.first.push_back(first);
      auto const micro = 1e6 / static_cast<double>(drained.sent.acknowledged);
      figures.wall.push_back(drained.sent.seconds * micro);
      figures.processors.push_back((drained.centre_seconds + drained.postgresql_seconds) * micro);
    }
    walls.push_back(median(figures.wall));
    processors.push_back(median(figures.processors));
    fmt::print(
        "{:<12}{:>10} records there: {:>6.2f} us a record, {:>6.2f} us of the centre's processors; first answer after "
        "a start {:.2f} s\n",
        name_of(keeper), there, walls.back(), processors.back(), median(figures.first));
    std::fflush(stdout);
    report[fmt::format("growth, {}", name_of(keeper))][std::to_string(there)] = {
        {"wall_us", figures.wall}, {"centre_processor_us", figures.processors}, {"first_answer_s", figures.first}};
  }
  fmt::print("{:<12} 10^6 to 10^4: {:.2f} x by the clock, {:.2f} x of the centre's processors (goal 1.3)\n",
             name_of(keeper), walls.back() / walls.front(), processors.back() / processors.front());
}

}  // namespace

void measure_growth(SyncPlan const& plan, nlohmann::ordered_json& report) {
  measure(plan, Keeper::kSqlite, report);
  if (!plan.postgresql.empty()) measure(plan, Keeper::kPostgresql, report);
}

}  // namespace dga::benchmarks
