#pragma once

namespace dga::app {

// SIGTERM and SIGINT as something to read instead of something that interrupts; SIGPIPE becomes an error of write().
// Make it before any thread: threads inherit what is blocked. Thread: any, once made.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(StopSignals const&) = delete;
  StopSignals& operator=(StopSignals const&) = delete;

  // For poll(): readable once somebody asked to stop.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  // Takes one request; false when there is none.
  [[nodiscard]] bool take() const;

 private:
  int descriptor_;
};

}  // namespace dga::app
