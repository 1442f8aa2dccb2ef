#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "shared/course/roster.h"
#include "sync/centre/context.h"

namespace dga::centre {

enum class ImportMode { kPreview, kConfirmed };

struct ImportReport {
  std::uint64_t rows = 0;                       // people found in the file
  std::uint64_t added = 0;                      // of them new to the class
  std::uint64_t updated = 0;                    // of them in the class, and now known better
  std::uint64_t imported = 0;                   // `rows`, or 0 for a preview: it brings in nothing
  std::vector<course::RosterProblem> problems;  // by line
};
// Brings a roster into a class. A person who is in the class already (the same citizen number; the same name and phone;
// the same name and agency where one or both lack a phone) is updated, never doubled, so the same file twice changes
// nothing. What the file leaves blank stays as it was. Every row is a person of its own: rows of one file that share a
// citizen's number are all brought in, and the number stays with one of them (the reader's notice is
// "citizen_number_shared"). Refused "class.not_found"; usage "roster.not_csv",
// "roster.no_heading".
[[nodiscard]] base::Result<ImportReport> import_roster(Context const& context, std::uint64_t class_id,
                                                       std::string_view csv, ImportMode mode);

}  // namespace dga::centre
