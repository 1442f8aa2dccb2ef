#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "sync/agent/session.h"

namespace dga::agent {

// Where the exchange with the centre stands, for people.
struct Progress {
  enum class Phase {
    kSending,   // an exchange is under way or follows at once
    kWaiting,   // for the next try
    kUpToDate,  // nothing waits
  };
  Phase phase = Phase::kSending;
  std::string problem;  // code of base::Error, empty for none; stays while a new try is under way
  base::Fault fault = base::Fault::kUnreachable;  // the problem's: unreachable passes by itself, refused wants somebody
  std::optional<std::uint64_t> next_try_ms;       // monotonic; while waiting
  std::optional<std::uint32_t> round_trip_ms;
  std::uint64_t waiting = 0;  // records
  std::uint64_t received_through = 0;
  std::optional<Pace> pace;      // while sending
  Forecast forecast;             // of what waits
  std::optional<Budget> budget;  // of today, where one is set
  bool operator==(Progress const&) const = default;
};

// The body of a kiosk's sync thread: takes steps until it is stopped, and sleeps while there are none.
// Thread: run() on its own; nudge() from any.
class SyncThread {
 public:
  // `report` is called on the sync thread, once for every change; it must not block for long.
  SyncThread(SessionParts parts, std::function<void(Progress const&)> report);

  void run(std::stop_token stop);

  // kRecorded: there is something new; it is counted, and a wait after a failure goes on. kAsked: a person wants it
  // now, whatever failed.
  enum class Nudge { kRecorded, kAsked };
  void nudge(Nudge why);

 private:
  void report(Progress::Phase phase, std::optional<std::uint64_t> next_try_ms);
  void sleep(Rest const& rest, std::stop_token stop);

  base::Clock const* clock_;
  Session session_;
  std::function<void(Progress const&)> report_;
  std::optional<Progress> reported_;
  // Guards what a nudge leaves for the sync thread; held for an assignment only.
  std::mutex mutex_;
  std::condition_variable_any nudged_;
  bool recorded_ = false, asked_ = false;
};

}  // namespace dga::agent
