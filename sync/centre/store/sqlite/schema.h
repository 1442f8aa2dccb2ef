#pragma once

#include <span>

#include "shared/store/migrations.h"

namespace dga::centre {

// The centre's tables, step by step; a released step is never edited.
[[nodiscard]] std::span<store::Migration const> centre_migrations();

}  // namespace dga::centre
