#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>

#include "sync/agent/transport.h"

namespace dga::agent {

struct HttpsOptions {
  // Certificates to believe beside the system's (PEM), for a centre with an authority of its own; empty for none.
  std::filesystem::path authorities;
  // How long the other side may say nothing, and how long a small exchange may take in all. A larger one gets more: a
  // second for each KiB that is sent, since a batch that was sealed must get through on the slowest network too.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

// HTTP to the centre, over TLS unless it is this machine (127.0.0.0/8, ::1, localhost). The connection is kept alive.
// Redirects are replies like any other. Usage "net.address" for an address that is none or may not be spoken to.
// Thread: one exchange at a time. `set_up_network_threads` must have been called by main before.
[[nodiscard]] base::Result<std::unique_ptr<Transport>> https_transport(std::string_view address,
                                                                       HttpsOptions options = {});

// Once, before anything else of cpprestsdk runs: a few threads serve all connections of the process, the centre's
// listener included (libraries.md: 2 did 18,500 requests/s, the default 40 only 12,000). Later calls change nothing.
void set_up_network_threads();

}  // namespace dga::agent
