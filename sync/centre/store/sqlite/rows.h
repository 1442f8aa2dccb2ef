#pragma once

#include <functional>
#include <string_view>

#include "shared/store/database.h"

namespace dga::centre::sqlite {

// Octets of a fixed size from a column; all zeros would be wrong data, so another size is damage.
template <typename FixedBytes>
[[nodiscard]] base::Result<FixedBytes> fixed(store::Statement const& row, int column) {
  auto read = FixedBytes::from(row.bytes(column));
  if (!read)
    return base::damaged("store.damaged", "the centre's database holds a value of the wrong size",
                         "Restore the last backup and let the kiosks send again");
  return *read;
}

[[nodiscard]] inline std::string text(store::Statement const& row, int column) {
  return std::string(row.bytes(column));
}
[[nodiscard]] inline std::uint32_t small(store::Statement const& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

// Calls `each` for every row of a bound statement.
template <typename Each>
[[nodiscard]] base::Done for_each_row(store::Statement& statement, Each const& each) {
  for (;;) {
    TRY(bool const there, statement.step());
    if (!there) return {};
    TRY_DO(each());
  }
}

}  // namespace dga::centre::sqlite
