#pragma once

#include <string_view>

namespace dga::base {

// As in CMakeLists.txt; a test holds the two together. Recorded in LogOpened and told at enrolment.
inline constexpr std::string_view kProductVersion = "0.1.0";

}  // namespace dga::base
