#pragma once

#include "shared/store/salvage/check.h"

namespace dga::command_line {

// A centre's database: every page and frame, and of every log each branch's whole chain and every digest.
[[nodiscard]] base::Result<salvage::Report> check_centre(salvage::DatabaseFiles const& files, crypto::Key32 const& key);

}  // namespace dga::command_line
