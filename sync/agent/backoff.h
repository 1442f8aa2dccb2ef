#pragma once

#include <chrono>
#include <optional>

#include "shared/base/random.h"

namespace dga::agent {

// The span from which the first wait is drawn, and the longest (protocol.md, "Roads").
inline constexpr std::chrono::milliseconds kFirstWait = std::chrono::seconds(1);
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::minutes(5);
// A Retry-After is not signed: whoever stands between may not silence a kiosk for longer than this.
inline constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(1);

// How long to wait after failures: full jitter, so that kiosks that lost the centre together do not come back together.
class Backoff {
 public:
  explicit Backoff(base::Random& random) : random_(&random) {}

  // Uniform in [0, span]; the span doubles with each failure, from kFirstWait to kLongestWait. Where the centre named
  // a time it is waited out first.
  [[nodiscard]] std::chrono::milliseconds after_failure(std::optional<std::chrono::seconds> retry_after);
  // The next failure is a first one again.
  void succeeded() { span_ = kFirstWait; }

 private:
  base::Random* random_;
  std::chrono::milliseconds span_ = kFirstWait;
};

}  // namespace dga::agent
