#pragma once

#include <cstdint>
#include <span>

#include "shared/store/database.h"

namespace dga::store {

// One numbered step forward; never edited once released.
struct Migration {
  std::uint32_t number;  // 1, 2, 3, ...
  char const* sql;
};

// Brings a database to the last of `steps`, each in one transaction; PRAGMA user_version holds the number,
// PRAGMA application_id the kind of database. Refused "store.too_new" when it is ahead of this program,
// "store.not_ours" when it is of another kind.
[[nodiscard]] base::Done migrate(Database& database, std::uint32_t application_id, std::span<Migration const> steps);

inline constexpr std::uint32_t kKioskApplication = 0x4447414b;   // "DGAK"
inline constexpr std::uint32_t kCentreApplication = 0x44474143;  // "DGAC"

}  // namespace dga::store
