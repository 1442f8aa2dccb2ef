#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tools/benchmarks/record_table.h"
#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

constexpr int kRecords = 200'000, kOpenings = 20, kPasses = 2;

void fill(Store& store, int records) {
  RecordTable table(store, 9);
  for (int done = 0; done < records;) {
    store.run("BEGIN");
    for (int i = 0; i < 500 && done < records; ++i, ++done) table.insert();
    store.run("COMMIT");
  }
  store.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

// Milliseconds to read all of it in order, as a replay does.
double replay(Store& store) {
  auto const& calls = store.calls();
  auto* const query = store.prepare("SELECT place, bytes, digest, hash FROM record ORDER BY place");
  double const start = wall_seconds();
  std::uint64_t sum = 0;
  while (store.step(query)) {
    sum += static_cast<std::uint64_t>(calls.column_int64(query, 0));
    for (int column = 1; column <= 3; ++column) {
      auto const* const bytes = static_cast<unsigned char const*>(calls.column_blob(query, column));
      sum += bytes[static_cast<std::size_t>(calls.column_bytes(query, column)) - 1];
    }
  }
  double const took = (wall_seconds() - start) * 1e3;
  if (sum == 0) std::abort();  // all of it was read
  return took;
}

// Microseconds from the key to the first answer.
double open(Contestant const& contestant, std::filesystem::path const& file) {
  double const start = wall_seconds();
  auto store = contestant.open(file, {});
  auto* const query = store->prepare("SELECT hash FROM record ORDER BY place DESC LIMIT 1");
  while (store->step(query)) {}
  return (wall_seconds() - start) * 1e6;
}

}  // namespace

void measure_records(Plan const& plan, std::vector<Contestant> const& all, Report& report) {
  auto const folder = plan.folder / "records";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto const file = [&](std::size_t i) { return folder / fmt::format("{}.db", i); };
  Line size{"file of 200,000 records", "MB", 1.015, {{}}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    fill(*all[i].open(file(i), {}), kRecords / plan.divisor);
    size.rounds.front().push_back(static_cast<double>(std::filesystem::file_size(file(i))) / 1e6);
  }
  Line replayed{"replay of 200,000 records, warm", "ms", 2.6, {}}, opened{"open, key given", "us", 1.25, {}};
  for (int round = -1; round < plan.rounds; ++round) {
    std::vector<double> replay_took(all.size()), open_took(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto const who = (i + static_cast<std::size_t>(round + 1)) % all.size();
      auto store = all[who].open(file(who), {});
      std::vector<double> passes;
      for (int pass = 0; pass < kPasses; ++pass) passes.push_back(replay(*store));
      replay_took[who] = *std::min_element(passes.begin(), passes.end());
    }
    std::vector<std::vector<double>> openings(all.size());
    for (int n = 0; n < kOpenings; ++n)
      for (std::size_t who = 0; who < all.size(); ++who) openings[who].push_back(open(all[who], file(who)));
    for (std::size_t who = 0; who < all.size(); ++who) open_took[who] = median(std::move(openings[who]));
    if (round < 0) continue;
    replayed.rounds.push_back(std::move(replay_took));
    opened.rounds.push_back(std::move(open_took));
  }
  report.add(std::move(replayed));
  report.add(std::move(opened));
  report.add(std::move(size));
  std::filesystem::remove_all(folder);
}

}  // namespace dga::benchmarks
