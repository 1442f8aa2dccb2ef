#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::agent {

// Where a centre is reached, cut into what matters for the question whether it may be spoken to.
struct Address {
  bool encrypted = false;  // https
  std::string host;        // lower case, without port; an IPv6 address without its brackets
  std::string url;  // the same place as cpprestsdk can reach it: it looks "[::1]" up like a name, and finds nothing
};

// "https://host[:port][/path]", or "http://" where the host is this machine: 127.0.0.0/8, ::1 or localhost.
// Usage "net.address" for anything else: a name or password before the host, any other IPv6 number.
[[nodiscard]] base::Result<Address> read_address(std::string_view address);

}  // namespace dga::agent
