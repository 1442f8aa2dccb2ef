#include "shared/course/boot_clock.h"

#include <algorithm>
#include <tuple>

namespace dga::course {
namespace {

// With 500 ppm: true time passes by 1999 to 2001 for each 2000 that the monotonic clock counts.
constexpr std::int64_t kScale = 1'000'000 / kDriftPpm;
constexpr std::int64_t kSlow = kScale - 1, kFast = kScale + 1;

std::int64_t rounded_down(std::int64_t scaled) {
  return scaled >= 0 ? scaled / kScale : -((-scaled + kScale - 1) / kScale);
}
std::int64_t rounded_up(std::int64_t scaled) { return -rounded_down(-scaled); }

std::int64_t whole(std::uint64_t mono_ms) { return static_cast<std::int64_t>(mono_ms); }

auto order(CentreReading const& reading) {
  return std::tuple(reading.mono_received_ms, reading.mono_sent_ms, reading.centre_ms);
}

// Clocks are read in whole milliseconds, rounded down: what reads m was somewhere in [m, m + 1).
// The earliest that the time can be at m: the centre was read at the very end of the exchange.
std::int64_t end_of(CentreReading const& reading) { return whole(reading.mono_received_ms) + 1; }
std::int64_t least_since(CentreReading const& reading, std::int64_t rate) {
  return reading.centre_ms * kScale - end_of(reading) * rate;
}
// The latest: at its very beginning.
std::int64_t most_since(CentreReading const& reading, std::int64_t rate) {
  return (reading.centre_ms + 1) * kScale - whole(reading.mono_sent_ms) * rate;
}

}  // namespace

void BootClock::add(CentreReading const& reading) { readings_.push_back(reading); }

void BootClock::prepare() {
  auto const size = readings_.size();
  least_.resize(size);
  most_.resize(size);

  std::sort(readings_.begin(), readings_.end(),
            [](auto const& a, auto const& b) { return a.mono_sent_ms < b.mono_sent_ms; });
  for (std::size_t at = 0; at < size; ++at) {
    auto const& reading = readings_[at];
    most_[at] = {reading.mono_sent_ms, most_since(reading, kFast), most_since(reading, kSlow)};
    if (at > 0) most_[at].from_here = std::min(most_[at].from_here, most_[at - 1].from_here);
  }
  for (std::size_t at = size; at-- > 1;)
    most_[at - 1].until_here = std::min(most_[at - 1].until_here, most_[at].until_here);

  std::sort(readings_.begin(), readings_.end(), [](auto const& a, auto const& b) { return order(a) < order(b); });
  for (std::size_t at = 0; at < size; ++at) {
    auto const& reading = readings_[at];
    least_[at] = {reading.mono_received_ms, least_since(reading, kSlow), least_since(reading, kFast)};
    if (at > 0) least_[at].from_here = std::max(least_[at].from_here, least_[at - 1].from_here);
  }
  for (std::size_t at = size; at-- > 1;)
    least_[at - 1].until_here = std::max(least_[at - 1].until_here, least_[at].until_here);
}

TimeInterval BootClock::alone(CentreReading const& reading, std::uint64_t mono_ms) {
  auto const since = whole(mono_ms) - end_of(reading);
  auto const until = whole(mono_ms) + 1 - whole(reading.mono_sent_ms);
  return {rounded_down(reading.centre_ms * kScale + since * (since >= 0 ? kSlow : kFast)),
          rounded_up((reading.centre_ms + 1) * kScale + until * (until >= 0 ? kFast : kSlow))};
}

TimeInterval BootClock::at(std::uint64_t mono_ms) const {
  auto const m = whole(mono_ms);
  // The readings before m bound it by one slope, those after it by the other.
  auto const after = [](std::int64_t time, Bound const& bound) { return time < whole(bound.mono_ms); };
  auto const low = std::upper_bound(least_.begin(), least_.end(), m - 1, after);
  auto const high = std::upper_bound(most_.begin(), most_.end(), m + 1, after);
  auto least = INT64_MIN, most = INT64_MAX;
  if (low != least_.begin()) least = std::max(least, m * kSlow + std::prev(low)->from_here);
  if (low != least_.end()) least = std::max(least, m * kFast + low->until_here);
  if (high != most_.begin()) most = std::min(most, (m + 1) * kFast + std::prev(high)->from_here);
  if (high != most_.end()) most = std::min(most, (m + 1) * kSlow + high->until_here);
  if (least <= most) return {rounded_down(least), rounded_up(most)};

  auto const next = static_cast<std::size_t>(low - least_.begin());
  auto const& nearest_before = readings_[next == 0 ? 0 : next - 1];
  auto const& nearest_after = readings_[next == readings_.size() ? next - 1 : next];
  auto const one = alone(nearest_before, mono_ms), other = alone(nearest_after, mono_ms);
  return {std::min(one.least_ms, other.least_ms), std::max(one.most_ms, other.most_ms)};
}

}  // namespace dga::course
