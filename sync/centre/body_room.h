#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace dga::centre {

// How slowly a body may come before its room is given to others: a sender of one byte a minute would otherwise keep it
// for days. A floor and not a deadline: on a bad 2G line 256 KiB take minutes, and a courier's 20 MB hours.
struct BodyPace {
  std::uint64_t grace_ms = 30'000;         // for the connection to get going, and to be silent between two towers
  std::uint64_t bytes_per_second = 1'024;  // GPRS gives 2,500 where it is bad; a kiosk cuts its batches to 2 s each
  // Where somebody else needs the room and finds none, a body that has been coming for longer gives its own up: a whole
  // bundle of 64 MiB at 36 kB/s.
  std::uint64_t long_ms = 30 * 60'000;
};

// `elapsed_ms` since the head of the request was read, `received` bytes of its body. Any body that comes at
// `bytes_per_second` or faster is not, at any moment until its end.
[[nodiscard]] constexpr bool too_slow(BodyPace const& pace, std::uint64_t elapsed_ms, std::uint64_t received) {
  return elapsed_ms > pace.grace_ms + received * 1000 / pace.bytes_per_second;
}
// The same, where others found no room.
[[nodiscard]] constexpr bool gives_way(BodyPace const& pace, std::uint64_t elapsed_ms, std::uint64_t received) {
  return elapsed_ms > pace.long_ms || too_slow(pace, elapsed_ms, received);
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
  [[nodiscard]] bool has_room(std::size_t bytes) const { return taken_ + bytes <= most_; }
  void give_back(std::size_t bytes) { taken_ -= bytes; }

 private:
  std::size_t const most_;
  std::atomic<std::size_t> taken_{0};
};

// A body that is still coming. Thread: any.
class ComingBody {
 public:
  // Others found no room in `short_of`. One that holds nothing of it stays: nobody gains by its end.
  virtual void drop_if_late(BodyBudget const& short_of, std::uint64_t now_ms) = 0;

 protected:
  ~ComingBody() = default;
};

}  // namespace dga::centre
