#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "sync/centre/api.h"
#include "sync/centre/body_room.h"
#include "sync/centre/loopback.h"

namespace dga::centre {

// What one server takes on at once. Bodies are charged as their bytes come, so a sender that hangs holds little, and
// one that falls behind the pace holds nothing any more. Couriers' bundles are charged apart: a single one may be as
// large as all batches together, and kiosks would be sent away while it comes.
struct HttpLimits {
  std::size_t workers = 4;                          // threads that answer; most of their time they wait for one commit
  std::size_t waiting = 256;                        // requests that may wait for a worker
  std::size_t body_bytes = 64 * 1024 * 1024;        // the bodies in memory together, but for the large ones
  std::uint32_t drain_ms = 10'000;                  // how long stop() waits for bodies that are still coming
  std::size_t large_body = 2 * 1024 * 1024;         // more is large: a batch, which is none, has 2 MiB at most
  std::size_t large_body_bytes = 64 * 1024 * 1024;  // all large bodies in memory together: one whole bundle
  BodyPace pace = {};
};

// The endpoint on loopback HTTP/1.1. Silent connections it does not end (its library can't): nginx or HAProxy stand in
// front of it where others can reach it (assets/deploy). A body that comes too slowly loses its room when its next
// bytes come, or as soon as another needs it, and is answered 503 at its end.
class HttpServer {
 public:
  // `address`: "127.0.0.1:8470", with or without "http://". The centre and the clock outlive the server.
  // Usage "listen.address" for what is none, refused "listen.not_loopback", "listen.in_use".
  [[nodiscard]] static base::Result<std::unique_ptr<HttpServer>> start(Centre& centre, base::Clock const& clock,
                                                                       std::string_view address,
                                                                       HttpLimits limits = {});
  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;
  ~HttpServer();  // stops

  // Refuses what is new with 503, answers what has come, then closes. Thread: not from an answer.
  void stop();
  [[nodiscard]] std::string const& address() const;  // "http://127.0.0.1:8470"

 private:
  struct Inside;
  explicit HttpServer(std::shared_ptr<Inside> inside);
  std::shared_ptr<Inside> inside_;
};

// Sizes the library's thread pool: 2 threads give 18,500 requests/s, its own 40 give 12,000 (measured).
// Once, before the first server or client of this process.
void set_up_http_threads();

}  // namespace dga::centre
