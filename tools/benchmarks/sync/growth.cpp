// Whether a record costs more where there are many already.
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/benchmarks/measure.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/drain.h"

namespace dga::benchmarks {
namespace {

constexpr std::uint64_t kDrained = 40'000;
constexpr std::size_t kKiosks = 12;  // the first one sends, the others' logs fill the centre
constexpr double kGoal = 1.3;

// A centre that holds so many records of others, and what a record costs there: microseconds.
struct Size {
  std::uint64_t records = 0;
  std::unique_ptr<House> house;
  std::vector<double> wall, processors;
  std::vector<double> first;  // seconds, the first answer after a start
};

// The median over the rounds of the ratio within each: whatever else the machine did meanwhile, it did to both.
double growth(std::vector<double> const& small, std::vector<double> const& large) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < small.size(); ++round) ratios.push_back(large[round] / small[round]);
  return median(std::move(ratios));
}

void measure(SyncPlan const& plan, Keeper keeper, nlohmann::ordered_json& report) {
  std::vector<Size> sizes;
  for (std::uint64_t const records : {10'000UL, 100'000UL, 1'000'000UL}) {
    Size size;
    size.records = records;
    size.house =
        std::make_unique<House>(plan.folder / fmt::format("sync_{}", records), keeper, plan.postgresql, kKiosks);
    size.house->load_kiosks(kDrained, 1);
    size.house->load_centre(records);
    sizes.push_back(std::move(size));
  }
  for (int i = 0; i < plan.rounds; ++i)
    for (auto& size : sizes) {
      auto const round = size.house->copy(2);
      double first = 0;
      auto const drained = drain_warm(plan, round, first);
      size.first.push_back(first);
      auto const micro = 1e6 / static_cast<double>(drained.sent.acknowledged);
      size.wall.push_back(drained.sent.seconds * micro);
      size.processors.push_back((drained.centre_seconds + drained.postgresql_seconds) * micro);
    }
  for (auto const& size : sizes) {
    fmt::print(
        "{:<12}{:>10} records there: {:>6.2f} us a record, {:>6.2f} us of the centre's processors; first answer after "
        "a start {:.2f} s\n",
        name_of(keeper), size.records, median(size.wall), median(size.processors), median(size.first));
    report[fmt::format("growth, {}", name_of(keeper))][std::to_string(size.records)] = {
        {"wall_us", size.wall}, {"centre_processor_us", size.processors}, {"first_answer_s", size.first}};
  }
  fmt::print("{:<12} 10^6 to 10^4: {:.2f} x by the clock, {:.2f} x of the centre's processors (goal {})\n",
             name_of(keeper), growth(sizes.front().wall, sizes.back().wall),
             growth(sizes.front().processors, sizes.back().processors), kGoal);
  std::fflush(stdout);
}

}  // namespace

void measure_growth(SyncPlan const& plan, nlohmann::ordered_json& report) {
  measure(plan, Keeper::kSqlite, report);
  if (!plan.postgresql.empty()) measure(plan, Keeper::kPostgresql, report);
}

}  // namespace dga::benchmarks
