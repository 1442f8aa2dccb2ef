#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::course {

// Evaluates made-up cases: what the attendance rule makes of them. In: a JSON array in the format of
// tests/vectors/attendance.json (whole minutes; a case may lack `expect`). Out: a JSON array with what
// `expect` should hold for each, in order:
// {"sessions":[{"session":1,"units":2,"late":false}],"n":1,"units":2,"percent":100,"eligible":true,"standing":"qualified"}.
// Usage "explain.invalid" names the case and the field; then nothing is evaluated.
[[nodiscard]] base::Result<std::string> explain(std::string_view cases_json);

}  // namespace dga::course
