#pragma once

#include <filesystem>

#include "shared/base/bytes.h"

namespace dga::fuzz {

// A small database that was changed a few times: every row has the number of the change (0 .. kChanges), so a mixture
// of two changes is seen.
inline constexpr int kChanges = 6;
enum class Changed {
  kInTheLog,      // the changes are commits of a write-ahead log
  kUnderJournal,  // the last change was under way: a rollback journal says how it was before
};
struct Versions {
  base::Bytes database, companion;
};
[[nodiscard]] Versions make_versions(Changed changed);

// Opens it and reads; -1 when it is refused, -2 when the rows are of several changes. Then writes, and reads again.
[[nodiscard]] int version_in(std::filesystem::path const& file);

}  // namespace dga::fuzz
