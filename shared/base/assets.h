#pragma once

#include <filesystem>
#include <string_view>

#include "shared/base/result.h"

namespace dga::base {

// Where words, forms and the demo class lie: $DGA_ASSETS when set; beside an installed program
// (../share/dga-kiosk/assets); or the nearest `assets` above the program, as in a checkout.
// Refused "assets.not_found".
[[nodiscard]] Result<std::filesystem::path> assets_folder();

// The file of one asset: asset("demo/class.json").
[[nodiscard]] Result<std::filesystem::path> asset(std::string_view name);

}  // namespace dga::base
