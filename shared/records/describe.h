#pragma once

#include <string>
#include <string_view>

#include "shared/records/record.pb.h"

namespace dga::records {

// The name of a record's kind as record.proto has it: "check_in"; "unknown" for one of a newer version.
[[nodiscard]] std::string_view kind_of(v1::Record const& record);

// One line in English for a log or a terminal: what happened, when, by whose hand. Nothing in it tells who a
// participant is: no name, no number, no reason or comment that somebody typed.
// "#5 2024-11-12T00:55:00Z (simulated) class 1: check-in to session 1 by badge"
[[nodiscard]] std::string describe(v1::Record const& record);

}  // namespace dga::records
