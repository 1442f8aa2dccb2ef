#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kiosk/flow/state.h"
#include "shared/records/record.pb.h"
#include "shared/store/kiosk_store.h"

namespace dga::desk {

// What time it is, as far as a kiosk can know: by the words of the centre (TimeSamples) in the same boot, carried on by
// the monotonic clock; where it was not heard, by the staff's; without either, as its own clock says. The centre's word
// counts whoever spoke last: the centre will judge by it. Which session it is stays the staff's to say, whatever the
// time goes by. Stamps stay as the clock gave them. Thread: its owner's.
class PresentTime {
 public:
  struct Word {
    // kStaff: a session and the time; kOwn: they name none any more.
    flow::ClockView::Source source = flow::ClockView::Source::kOwn;
    std::uint32_t boot = 0;
    std::uint64_t mono_ms = 0;
    std::int64_t at_ms = 0;  // UTC, then
    std::uint32_t session = 0;
    bool operator==(Word const&) const = default;
  };
  [[nodiscard]] static Word word_of(store::KioskStore::CentreTime const& heard) {
    return {flow::ClockView::Source::kCentre, heard.boot, heard.mono_ms, heard.centre_ms, 0};
  }
  // In any order; false where it was known.
  bool add(Word const& word);
  // When a record was made. A centre's word says nothing of a simulated clock.
  [[nodiscard]] std::int64_t time_of(v1::Stamp const& stamp) const;
  // The same where the centre was heard in its boot, else nothing.
  [[nodiscard]] std::optional<std::int64_t> by_centre(v1::Stamp const& stamp) const;
  // Of clocks that read so now: kOwn where they show the time that it is, whoever else has said it.
  [[nodiscard]] flow::ClockView view(v1::Stamp const& now) const;

 private:
  enum class Whose { kCentres, kStaffs };
  // The last before it; of the centre's, where all came later in the boot, the first.
  [[nodiscard]] Word const* word_at(v1::Stamp const& stamp, Whose whose) const;
  std::vector<Word> words_;  // by boot and time in it
};

}  // namespace dga::desk
