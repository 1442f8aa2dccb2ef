#pragma once

#include <filesystem>

#include "tools/benchmarks/contestant.h"
#include "tools/benchmarks/measure.h"

namespace dga::benchmarks {

struct Plan {
  std::filesystem::path folder;         // on the disk that is measured
  std::filesystem::path memory_folder;  // on tmpfs: no disk, so what the processors do shows
  int rounds = 7;
  // A tenth of everything, to see that it runs.
  int divisor = 1;
};

// One check-in a transaction: FULL, NORMAL, and the processors' time where no disk is waited for.
void measure_commits(Plan const& plan, std::vector<Contestant> const& all, Report& report);
// 100,000 people into a table and an FTS5 index, then looked up by number and by the beginnings of their names.
void measure_people(Plan const& plan, std::vector<Contestant> const& all, Report& report);
// 200,000 records read in order; a database opened; sizes.
void measure_records(Plan const& plan, std::vector<Contestant> const& all, Report& report);
// A kiosk of 100,000 people from its key to the first scan. No contestants: seconds.
void measure_ready(Plan const& plan, Report& report);

}  // namespace dga::benchmarks
