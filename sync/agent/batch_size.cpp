#include "sync/agent/batch_size.h"

#include <algorithm>

namespace dga::agent {
namespace {

// Leaves room below the 1 MiB of a batch for what frames each record.
constexpr std::size_t kMostPlainTarget = 900 * 1024;
// Records compress to a third or a fifth; a stretch of equal ones must not mislead about the next.
constexpr double kMostRatio = 6;

}  // namespace

std::size_t BatchSize::plain_target() const {
  return std::min(static_cast<std::size_t>(static_cast<double>(target_) * plain_per_sealed_), kMostPlainTarget);
}

void BatchSize::sealed(std::size_t plain_bytes, std::size_t sealed_bytes) {
  if (sealed_bytes > 0)
    plain_per_sealed_ =
        std::clamp(static_cast<double>(plain_bytes) / static_cast<double>(sealed_bytes), 1.0, kMostRatio);
}

void BatchSize::arrived(std::size_t sealed_bytes, std::chrono::milliseconds took) {
  if (target_ == ceiling_ && ceiling_ < kMostBatchBytes && ++arrived_at_ceiling_ >= kBatchesBelowCeiling) {
    ceiling_ = std::min(ceiling_ * 2, kMostBatchBytes);
    arrived_at_ceiling_ = 0;
  }
  auto const ms = static_cast<double>(std::max<std::chrono::milliseconds::rep>(took.count(), 1));
  auto const wanted = static_cast<double>(sealed_bytes) * static_cast<double>(kBatchAim.count()) / ms;
  auto const now = static_cast<double>(target_);
  // A batch that had little to carry says nothing about how much more would fit.
  if (wanted > now && sealed_bytes < target_ / 2) return;
  aim_at(static_cast<std::size_t>(std::clamp(wanted, now / 2, now * 2)));
}

void BatchSize::too_slow() { aim_at(target_ / 2); }

void BatchSize::too_large(std::size_t sealed_bytes) {
  ceiling_ = std::max<std::size_t>(std::min(ceiling_, sealed_bytes) / 2, 1);
  arrived_at_ceiling_ = 0;
  aim_at(target_);
}

// A centre that refuses even 8 KiB has the last word.
void BatchSize::aim_at(std::size_t bytes) {
  target_ = std::min(std::clamp(bytes, kLeastBatchBytes, kMostBatchBytes), ceiling_);
}

}  // namespace dga::agent
