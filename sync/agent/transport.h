#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::agent {

// One request to the centre.
struct Request {
  std::string method = "POST";
  std::string path;  // "/api/v1/logs/<hex>/batches"
  base::Bytes body;
  std::string content_type = "application/octet-stream";
  std::string bearer;  // sent as "Authorization: Bearer ..."; empty for none (devices sign instead)
};
struct Reply {
  int status = 0;
  std::string content_type;
  base::Bytes body;
  std::optional<std::chrono::seconds> retry_after;
  std::string bundle_header = {};  // "Dga-Bundle": what the centre says of a courier's file beside its receipts
};

// How bytes reach the centre. May block, with a time limit of its own; a stop ends it early.
// Errors (fault kUnreachable): "net.no_dns", "net.refused", "net.timeout", "net.certificate", "net.stopped",
// "net.failed"; usage "net.address" for an address that is none or http:// to anything but loopback. A reply of any
// status is a value: only what is in it counts. Bodies over 8 MiB (packs: 64 MiB) are an error "net.too_large".
class Transport {
 public:
  virtual ~Transport() = default;
  [[nodiscard]] virtual base::Result<Reply> exchange(Request const& request, std::stop_token stop) = 0;
};

}  // namespace dga::agent
