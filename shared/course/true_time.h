#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "shared/course/boot_clock.h"
#include "shared/records/record.pb.h"

namespace dga::course {

// What a kiosk's clocks read when it made a record. Numbers below 2^46, either way.
struct ClockReading {
  std::int64_t wall_ms = 0;
  std::uint32_t boot = 0;
  std::uint64_t mono_ms = 0;
};
// Nothing for a simulated stamp, which is never corrected, and for numbers that are no times.
[[nodiscard]] std::optional<ClockReading> clock_reading(v1::Stamp const& stamp);
// Nothing for one that ends before it begins, and for numbers that are no times.
[[nodiscard]] std::optional<CentreReading> centre_reading(v1::TimeSample const& sample);

// What the staff of a kiosk said of the time where a record stands: nothing where they took it back.
struct StaffsWord {
  std::optional<std::int64_t> told_ms;  // UTC
};
// Nothing for a record that says nothing of it: SESSION_OVERRIDE with a time does, and OVERRIDE_ENDED.
[[nodiscard]] std::optional<StaffsWord> staffs_word(v1::Record const& record);

struct TrueTime {
  std::int64_t at_ms = 0;  // UTC by the centre's clock
  // The true time lies within so many ms of it, either way; nothing where no bound is known.
  std::optional<std::uint64_t> within_ms;
  // kStaff: it rests on their word, and on no clock's.
  enum class By { kClocks, kStaff } by = By::kClocks;
  bool operator==(TrueTime const&) const = default;
};

// What is known of a kiosk's clock along one line of its log: a branch, with what it inherits. The rule:
// 1. A record stands after all that comes before it in the log and before all that follows; in a boot with samples,
//    monotonic time says more (BootClock). Both give an interval that holds the true time.
// 2. A stamp within that interval stands as it is: nothing contradicts it.
// 3. In a boot with samples, another becomes the middle of the interval.
// 4. In a boot without, another is corrected by what the clock was off at the end of the nearest earlier boot with
//    samples, or else at the beginning of the nearest later one, where that lies within the interval; otherwise it
//    becomes the nearest end. Such a boot's stamps are corrected so even where only one side of the interval is known
//    or where they lie within it: in hours between two boots much is possible. Where one side is open there is no
//    bound; where no boot has samples, the stamp is all there is.
// 5. In a boot without samples, what follows a word of the staff's goes by it, carried on by monotonic time, until they
//    take it back: so does the door, and whom it let in must count. A stamp that agrees with it (kClockMayBeOffMs)
//    stands. Where it lies outside the interval rule 4 holds. It says nothing of what came before it, nor of another
//    boot.
// As long as the centre's clock is true, one more sample never widens an interval, nor, in a boot with samples, a
// bound. Thread: its owner's.
class LineClock {
 public:
  // A record's reading. REQUIRES: seq above all before.
  void add(std::uint64_t seq, ClockReading const& reading);
  // A TimeSample in record `seq`; in any order.
  void add_sample(std::uint64_t seq, std::uint32_t boot, CentreReading const& sample);

  // What the staff said in record `seq`, by that record's reading; in any order.
  void add_word(std::uint64_t seq, ClockReading const& reading, StaffsWord const& word);

  // Of a record that was added.
  [[nodiscard]] TrueTime time_of(std::uint64_t seq, ClockReading const& reading);

 private:
  // A stretch of records of one boot.
  struct Run {
    std::uint64_t first_seq = 0;
    ClockReading first, last;
    // Found by prepare(): what order says of the times in it, and the nearest runs with samples; a place in runs_.
    std::optional<std::int64_t> least_ms, most_ms;
    std::optional<std::size_t> sampled_before, sampled_after;
  };
  struct Sample {
    std::uint64_t seq = 0;
    std::uint32_t boot = 0;
    CentreReading reading;
  };
  void prepare();
  [[nodiscard]] TimeInterval interval_of(ClockReading const& reading) const;
  [[nodiscard]] std::int64_t corrected_as(ClockReading const& neighbour, std::int64_t wall_ms) const;
  [[nodiscard]] Run const* run_of(std::uint64_t seq) const;
  [[nodiscard]] std::optional<std::int64_t> told_at(std::uint64_t seq, ClockReading const& reading) const;
  [[nodiscard]] TrueTime from_order(Run const& run, std::uint64_t seq, ClockReading const& reading) const;

  std::vector<Run> runs_;
  std::vector<Sample> samples_;
  struct Word {
    ClockReading reading;
    StaffsWord word;
  };
  std::map<std::uint64_t, Word> words_;       // by seq
  std::map<std::uint32_t, BootClock> boots_;  // those with samples
  bool prepared_ = true;
};

}  // namespace dga::course
