#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace dga::base {

// The only way a value crosses from one thread to another. Bounded: a full box refuses, it drops nothing.
// The mutex is held for a move of one value only, so a sender never waits for the reader's work.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}

  // False when the box is full or closed; the value then stays with the caller.
  [[nodiscard]] bool try_send(T& value) {
    {
      std::lock_guard lock(mutex_);
      if (closed_ || waiting_.size() >= capacity_) return false;
      waiting_.push_back(std::move(value));
    }
    arrived_.notify_one();
    return true;
  }
  // Waits for room; false when the box is closed. For threads that may block (never the UI).
  [[nodiscard]] bool send(T value) {
    {
      std::unique_lock lock(mutex_);
      left_.wait(lock, [&] { return closed_ || waiting_.size() < capacity_; });
      if (closed_) return false;
      waiting_.push_back(std::move(value));
    }
    arrived_.notify_one();
    return true;
  }

  // All that wait, at most `most`, after waiting for at least one. Empty when the box is closed and empty, or at a
  // stop.
  [[nodiscard]] std::vector<T> receive(std::size_t most, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, stop, [&] { return closed_ || !waiting_.empty(); });
    return take(most);
  }
  // The same, but gives up after `patience`.
  template <typename Duration>
  [[nodiscard]] std::vector<T> receive_for(std::size_t most, Duration patience, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, stop, patience, [&] { return closed_ || !waiting_.empty(); });
    return take(most);
  }
  // One, without waiting.
  [[nodiscard]] std::optional<T> try_receive() {
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    T value = std::move(waiting_.front());
    waiting_.pop_front();
    left_.notify_one();
    return value;
  }

  // Nothing more comes in; what waits can still be received.
  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
    left_.notify_all();
  }
  [[nodiscard]] bool closed() const {
    std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::vector<T> take(std::size_t most) {
    std::vector<T> taken;
    while (!waiting_.empty() && taken.size() < most) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    if (!taken.empty()) left_.notify_all();
    return taken;
  }

  std::size_t const capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any arrived_, left_;
  std::deque<T> waiting_;
  bool closed_ = false;
};

}  // namespace dga::base
