// A roster as a spreadsheet writes it.
#include "shared/course/roster.h"

#include "shared/course/csv.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {

void rosters(base::ByteView input) {
  for (char delimiter : {',', ';'}) {
    course::CsvReader reader(input, delimiter);
    course::CsvRow row, again;
    while (reader.next(row)) {
      std::string written;
      for (auto const& cell : row.cells) written += (written.empty() ? "" : ",") + course::csv_cell(cell);
      course::CsvReader second(written, ',');
      if (row.cells.front().empty()) continue;  // a row that begins with nothing may be no row
      require(second.next(again) && again.cells == row.cells, "cells are written so that they are read the same");
    }
  }
  auto const roster = course::read_roster_csv(input);
  if (!roster.ok()) return;
  for (auto const& row : roster->rows) {
    require(!row.name.empty(), "who is in a roster has a name");
    require(row.phone.empty() || row.phone.front() == '+', "a phone is E.164 or none");
    require(row.citizen_number.empty() || row.citizen_number.size() == 12, "a citizen's number is whole or none");
    require(row.line > 0, "a row stands in a line");
  }
  for (auto const& problem : roster->problems) require(!problem.code.empty(), "a problem has a name");
}

}  // namespace dga::fuzz
