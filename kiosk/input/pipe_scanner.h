#pragma once

#include <filesystem>
#include <memory>

#include "kiosk/input/scanner.h"
#include "shared/base/result.h"

namespace dga::input {

// Reads scans, one a line, from a named pipe (which outlives its writers: one may go and another come), a device or a
// file. Refused "scanner.not_found" when there is nothing at `path`; storage "scanner.failed" when it cannot be read.
[[nodiscard]] base::Result<std::unique_ptr<Scanner>> open_pipe_scanner(std::filesystem::path const& path,
                                                                       DeliverScan deliver);

}  // namespace dga::input
