#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace dga::centre {

// How slowly a body may come before its room is given to others: a sender of one byte a minute would otherwise keep it
// for days. A floor and not a deadline: on a bad 2G line 256 KiB take minutes, and there are 200 such kiosks at once.
struct BodyPace {
  std::uint64_t grace_ms = 30'000;         // for the connection to get going, and to be silent between two towers
  std::uint64_t bytes_per_second = 1'024;  // GPRS gives 2,500 where it is bad; a kiosk cuts its batches to 2 s each
  std::uint64_t longest_ms = 30 * 60'000;  // whatever comes: a whole bundle of 64 MiB at 36 kB/s
};

// `elapsed_ms` since the head of the request was read, `received` bytes of its body. Any body of size n that comes at
// `bytes_per_second` or faster is not, at any moment until its end.
[[nodiscard]] constexpr bool too_slow(BodyPace const& pace, std::uint64_t elapsed_ms, std::uint64_t received) {
  if (elapsed_ms > pace.longest_ms) return true;
  return elapsed_ms > pace.grace_ms + received * 1000 / pace.bytes_per_second;
}

// What bodies may take of the memory together. Thread: any.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t most) : most_(most) {}
  [[nodiscard]] bool take(std::size_t bytes) {
    if (taken_.fetch_add(bytes) + bytes <= most_) return true;
    taken_ -= bytes;
    return false;
  }
  void give_back(std::size_t bytes) { taken_ -= bytes; }

 private:
  std::size_t const most_;
  std::atomic<std::size_t> taken_{0};
};

// A body that is still coming. Thread: any.
class ComingBody {
 public:
  virtual void drop_if_late(std::uint64_t now_ms) = 0;

 protected:
  ~ComingBody() = default;
};

}  // namespace dga::centre
