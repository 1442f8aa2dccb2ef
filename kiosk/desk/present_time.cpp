#include "kiosk/desk/present_time.h"

#include <algorithm>
#include <tuple>

#include "shared/course/session_now.h"

namespace dga::desk {
namespace {

using Source = flow::ClockView::Source;

bool before(PresentTime::Word const& one, PresentTime::Word const& other) {
  return std::tie(one.boot, one.mono_ms) < std::tie(other.boot, other.mono_ms);
}

std::int64_t carried_on(PresentTime::Word const& word, std::uint64_t mono_ms) {
  return word.at_ms + static_cast<std::int64_t>(mono_ms - word.mono_ms);  // also backwards
}

}  // namespace

bool PresentTime::add(Word const& word) {
  auto const [first, end] = std::equal_range(words_.begin(), words_.end(), word, before);
  if (std::find(first, end, word) != end) return false;
  words_.insert(end, word);
  return true;
}

PresentTime::Word const* PresentTime::word_at(v1::Stamp const& stamp, Whose whose) const {
  auto const counts = [&](Word const& word) { return (word.source == Source::kCentre) == (whose == Whose::kCentres); };
  if (whose == Whose::kCentres && stamp.simulated()) return nullptr;
  Word const now{Source::kOwn, stamp.boot(), stamp.mono_ms(), 0, 0};
  auto const later = std::upper_bound(words_.begin(), words_.end(), now, before);
  for (auto at = later; at != words_.begin() && std::prev(at)->boot == now.boot; --at)
    if (counts(*std::prev(at))) return &*std::prev(at);
  // What came later in the boot is measured backwards from; but whom the door let in by its own clock, before anybody
  // of the staff doubted it, stays where they are.
  if (whose == Whose::kStaffs) return nullptr;
  for (auto at = later; at != words_.end() && at->boot == now.boot; ++at)
    if (counts(*at)) return &*at;
  return nullptr;
}

std::optional<std::int64_t> PresentTime::by_centre(v1::Stamp const& stamp) const {
  auto const* const word = word_at(stamp, Whose::kCentres);
  if (!word) return std::nullopt;
  return course::believed(stamp.wall_ms(), carried_on(*word, stamp.mono_ms()));
}

std::int64_t PresentTime::time_of(v1::Stamp const& stamp) const {
  if (auto const at_ms = by_centre(stamp)) return *at_ms;
  auto const* const told = word_at(stamp, Whose::kStaffs);
  if (!told || told->source == Source::kOwn) return stamp.wall_ms();
  return course::believed(stamp.wall_ms(), carried_on(*told, stamp.mono_ms()));
}

flow::ClockView PresentTime::view(v1::Stamp const& now) const {
  auto const* const told = word_at(now, Whose::kStaffs);
  std::uint32_t const session = told && told->source == Source::kStaff ? told->session : 0;
  auto const at_ms = time_of(now);
  if (at_ms == now.wall_ms()) return {Source::kOwn, 0, 0, session};
  return {by_centre(now) ? Source::kCentre : Source::kStaff, at_ms, now.mono_ms(), session};
}

}  // namespace dga::desk
