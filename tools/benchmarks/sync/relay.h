#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace dga::benchmarks {

// Passes on TCP connections to a port of loopback and counts what went either way: every byte of HTTP, heads included,
// without TCP's and IP's own. Thread: its own.
class Relay {
 public:
  explicit Relay(std::string const& to);  // "http://127.0.0.1:8470"
  ~Relay();
  [[nodiscard]] std::string const& address() const { return address_; }
  [[nodiscard]] std::uint64_t up() const { return up_; }
  [[nodiscard]] std::uint64_t down() const { return down_; }

 private:
  void serve();

  std::string address_;
  std::uint16_t to_ = 0;
  int listener_ = -1, stop_ = -1;
  std::atomic<std::uint64_t> up_{0}, down_{0};
  std::thread thread_;
};

}  // namespace dga::benchmarks
