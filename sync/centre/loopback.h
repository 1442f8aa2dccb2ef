#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::centre {

// The address as "http://127.0.0.1:8470", from that or from "127.0.0.1:8470" or "localhost:8470".
// Usage "listen.address" for what is none; refused "listen.not_loopback".
[[nodiscard]] base::Result<std::string> loopback_address(std::string_view address);

// A port of 127.0.0.1 that nobody listens on at this moment (the library cannot choose one itself).
[[nodiscard]] base::Result<std::uint16_t> free_loopback_port();

}  // namespace dga::centre
