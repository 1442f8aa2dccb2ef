#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/flow/state.h"
#include "shared/base/clock.h"
#include "shared/records/record.pb.h"

namespace dga::desk {

// A wall clock that is no further off than this goes uncorrected: of no weight at a door, and no cause for alarm.
inline constexpr std::int64_t kClockMayBeOffMs = 120'000;

// What time it is, as far as a kiosk can know: by the newest word of the centre (a TimeSample) or of the staff in the
// same boot, carried on by the monotonic clock; without one, as its own clock says. Stamps stay as the clock gave them.
// Thread: its owner's.
class PresentTime {
 public:
  struct Word {
    flow::ClockView::Source source = flow::ClockView::Source::kOwn;  // kOwn: from here on the kiosk's clock again
    std::uint32_t boot = 0;
    std::uint64_t mono_ms = 0;
    std::int64_t at_ms = 0;     // UTC, then
    std::uint32_t session = 0;  // that the staff named
    bool operator==(Word const&) const = default;
  };
  // In any order; false where it was known.
  bool add(Word const& word);
  // When a record was made. A centre's word says nothing of a simulated clock.
  [[nodiscard]] std::int64_t time_of(v1::Stamp const& stamp) const;
  // Of clocks that read so now.
  [[nodiscard]] flow::ClockView view(v1::Stamp const& now) const;

  // The staff's words, for the store's setting "clock.told": no record has a place for the time that they named. The
  // newest 32.
  [[nodiscard]] std::string write_told() const;
  void read_told(std::string const& setting);

 private:
  [[nodiscard]] Word const* word_at(v1::Stamp const& stamp) const;
  std::vector<Word> words_;  // by boot and time in it
};

}  // namespace dga::desk
