#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace dga::support {

// A server on loopback that answers every request with the same bytes: a captive portal, a broken proxy.
class CannedServer {
 public:
  // `answer`: a whole HTTP response.
  explicit CannedServer(std::string answer);
  ~CannedServer();
  CannedServer(CannedServer const&) = delete;
  CannedServer& operator=(CannedServer const&) = delete;
  [[nodiscard]] std::string const& address() const { return address_; }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void serve();
  std::string answer_, address_;
  int listener_ = -1;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace dga::support
