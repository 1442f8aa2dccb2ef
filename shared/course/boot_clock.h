#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dga::course {

// How far true time may run ahead of CLOCK_BOOTTIME or behind it, in parts per million: a time daemon slews that clock
// by at most 500 (adjtimex(2)); a common crystal alone is off by 100 or less.
inline constexpr std::int64_t kDriftPpm = 500;

// One exchange with the centre: its clock read `centre_ms` somewhere between the two monotonic times.
// REQUIRES: sent <= received; all of them below 2^46 (some 2,200 years), either way.
struct CentreReading {
  std::uint64_t mono_sent_ms = 0, mono_received_ms = 0;
  std::int64_t centre_ms = 0;
};

struct TimeInterval {
  std::int64_t least_ms = 0, most_ms = 0;  // both may be it
};

// From monotonic time to the centre's, within one boot. Each reading gives an interval: as wide as its exchange took,
// and wider with the time between; the true time lies in all of them. Where the centre's own clock was set meanwhile
// they may not meet: then it lies in that of the nearest reading before or of the nearest after, and both are spanned.
// The same readings in any order, any of them any number of times, give the same. As long as the centre's clock is
// true, one more never widens an interval. Thread: its owner's.
class BootClock {
 public:
  void add(CentreReading const& reading);
  // After the last add(), before the first at().
  void prepare();
  // In whole ms, rounded down as clocks are. REQUIRES: at least one reading; mono_ms below 2^46. Takes log n.
  [[nodiscard]] TimeInterval at(std::uint64_t mono_ms) const;

 private:
  // A straight line in mono time, kept kScale-fold so that drift is a whole factor.
  struct Bound {
    std::uint64_t mono_ms = 0;    // the reading's end of the exchange
    std::int64_t from_here = 0;   // for times from there on: the best of this reading and those before it
    std::int64_t until_here = 0;  // for times before it: the best of this reading and those after it
  };
  [[nodiscard]] static TimeInterval alone(CentreReading const& reading, std::uint64_t mono_ms);

  std::vector<CentreReading> readings_;  // by the end of the exchange
  std::vector<Bound> least_, most_;
};

}  // namespace dga::course
