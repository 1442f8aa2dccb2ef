#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "shared/course/csv.h"
#include "shared/course/roster.h"
#include "shared/course/roster_columns.h"

namespace dga::course {

// One row's cells (tidied) as a person. `problems` gets a code for each cell that could not be used; such a field stays
// empty.
[[nodiscard]] RosterRow read_roster_row(CsvRow const& row, Columns const& columns,
                                        std::vector<std::string_view>& problems);

// Notices rows that are alike: the same row again, namesakes, a phone or a number that two people have.
class Likenesses {
 public:
  // False for a row that repeats one before. Else adds a notice for each likeness, for the first namesake too.
  [[nodiscard]] bool add(RosterRow const& row, std::vector<RosterProblem>& problems);

 private:
  struct First {
    std::uint32_t line = 0;
    bool noticed = false;
  };
  std::unordered_set<std::string> whole_;
  std::unordered_map<std::string, First> names_;
  std::unordered_set<std::string> phones_, emails_, citizen_numbers_;
};

}  // namespace dga::course
