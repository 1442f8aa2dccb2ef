#include "sync/agent/backoff.h"

#include <algorithm>

namespace dga::agent {

std::chrono::milliseconds Backoff::after_failure(std::optional<std::chrono::seconds> retry_after) {
  auto const jitter = random_->below(static_cast<std::uint64_t>(span_.count()) + 1);
  span_ = std::min(span_ * 2, kLongestWait);
  auto const asked =
      std::clamp(retry_after.value_or(std::chrono::seconds(0)), std::chrono::seconds(0), kLongestRetryAfter);
  return asked + std::chrono::milliseconds(jitter);
}

}  // namespace dga::agent
