#include "sync/agent/thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dga::agent {
namespace {

// A machine that was suspended wakes up with its waits not run down: never sleep longer than this without a look at the
// clock.
constexpr std::chrono::milliseconds kLongestSleep = std::chrono::seconds(30);

}  // namespace

SyncThread::SyncThread(SessionParts parts, std::function<void(Progress const&)> report)
    : clock_(&parts.clock), session_(std::move(parts)), report_(std::move(report)) {}

void SyncThread::nudge(Nudge why) {
  {
    std::lock_guard const lock(mutex_);
    (why == Nudge::kAsked ? asked_ : recorded_) = true;
  }
  nudged_.notify_one();
}

void SyncThread::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto const rest = session_.turn(stop);
    if (!rest) {
      report(Progress::Phase::kSending, std::nullopt);
      continue;
    }
    switch (rest->why) {
      case Rest::Why::kStopped: return;
      case Rest::Why::kUpToDate: report(Progress::Phase::kUpToDate, std::nullopt); break;
      case Rest::Why::kBackOff: report(Progress::Phase::kWaiting, rest->until_ms); break;
    }
    sleep(*rest, stop);
  }
}

void SyncThread::report(Progress::Phase phase, std::optional<std::uint64_t> next_try_ms) {
  auto const problem = session_.problem();
  Progress progress{phase,
                    problem ? problem->code : "",
                    problem ? problem->fault : base::Fault::kUnreachable,
                    next_try_ms,
                    session_.round_trip_ms(),
                    session_.waiting(),
                    session_.received_through(),
                    phase == Progress::Phase::kSending ? session_.pace() : std::nullopt,
                    session_.forecast(),
                    session_.budget()};
  if (reported_ == progress) return;
  reported_ = progress;
  report_(progress);
}

void SyncThread::sleep(Rest const& rest, std::stop_token stop) {
  auto const now = clock_->mono_ms();
  auto const left = std::chrono::milliseconds(rest.until_ms > now ? rest.until_ms - now : 0);
  std::unique_lock lock(mutex_);
  nudged_.wait_for(lock, std::move(stop), std::min(left, kLongestSleep), [&] { return asked_ || recorded_; });
  if (std::exchange(asked_, false)) session_.hurry();
  recorded_ = false;
}

}  // namespace dga::agent
