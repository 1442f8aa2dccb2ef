#pragma once

#include <string>
#include <vector>

namespace dga::agent {

// This machine's own IPv4 addresses at which a phone on the same network may reach it, the likeliest first: private
// ones (RFC 1918), then others, then those that a machine gives itself where nobody else does (169.254). Bridges of
// containers and the like come last within each. Empty where there is no network. Thread: any.
[[nodiscard]] std::vector<std::string> lan_addresses();

}  // namespace dga::agent
