#include "sync/centre/store/postgresql/retries.h"

#include <algorithm>

namespace dga::centre::postgresql {

using std::chrono::milliseconds;

namespace {

// Of conflicting transactions at least one is committed, so with a fair share of luck each of some dozen that all want
// the same row has its turn long before this.
constexpr int kMostConflicts = 50;
constexpr milliseconds kFirstConflict{2}, kLongestConflict{200};
// A key that is taken after a fresh look, twice, is taken for good.
constexpr int kMostDuplicates = 3;
// A server that starts again is back within seconds; a kiosk's request should not wait longer, it asks again by itself.
// 100 + 200 + ... + 2000 ms, half of it on average: some 5 s, at most 11 s.
constexpr int kMostLosses = 9;
constexpr milliseconds kFirstLoss{100}, kLongestLoss{2000};

}  // namespace

std::optional<milliseconds> Retries::after(Failure failure) {
  switch (failure) {
    case Failure::kConflict:
      if (++conflicts_ > kMostConflicts) return std::nullopt;
      return some_of(kFirstConflict, conflicts_, kLongestConflict);
    case Failure::kDuplicate:
      if (++duplicates_ > kMostDuplicates) return std::nullopt;
      return some_of(kFirstConflict, duplicates_, kLongestConflict);
    case Failure::kLost:
      // The first time at once: a server that was restarted meanwhile has left us with dead connections only.
      if (++losses_ > kMostLosses) return std::nullopt;
      return losses_ == 1 ? milliseconds(0) : some_of(kFirstLoss, losses_ - 1, kLongestLoss);
    case Failure::kNone:
    case Failure::kFull:
    case Failure::kOther: break;
  }
  return std::nullopt;
}

milliseconds Retries::some_of(milliseconds first, int times, milliseconds most) {
  auto const limit = std::min(most.count(), first.count() << std::min(times - 1, 16));
  return milliseconds(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(limit) + 1)));
}

}  // namespace dga::centre::postgresql
