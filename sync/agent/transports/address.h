#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::agent {

// Where a centre is reached, cut into what matters for the question whether it may be spoken to.
struct Address {
  bool encrypted = false;  // https
  std::string host;        // lower case, without port; an IPv6 address without its brackets
};

// "https://host[:port][/path]", or "http://" where the host is this machine: 127.0.0.0/8, ::1 or localhost.
// Usage "net.address" for anything else, a name or password before the host included.
[[nodiscard]] base::Result<Address> read_address(std::string_view address);

}  // namespace dga::agent
