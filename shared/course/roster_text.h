#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::course {

// A roster's bytes as UTF-8 without a byte order mark, from UTF-8 or UTF-16 with one.
// Usage: "roster.too_large" past 64 MiB, "roster.empty", "roster.not_csv" for what is no text, "roster.not_utf8" for
// text in another encoding.
[[nodiscard]] base::Result<std::string> roster_text(std::string_view bytes);

}  // namespace dga::course
