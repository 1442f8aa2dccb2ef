#include "kiosk/desk/present_time.h"

#include <algorithm>
#include <sstream>
#include <tuple>

namespace dga::desk {
namespace {

using Source = flow::ClockView::Source;

constexpr std::size_t kMostTold = 32;

bool before(PresentTime::Word const& one, PresentTime::Word const& other) {
  return std::tie(one.boot, one.mono_ms) < std::tie(other.boot, other.mono_ms);
}

std::int64_t carried_on(PresentTime::Word const& word, std::uint64_t mono_ms) {
  return word.at_ms + static_cast<std::int64_t>(mono_ms - word.mono_ms);  // also backwards
}

bool close(std::int64_t one_ms, std::int64_t other_ms) {
  return one_ms - other_ms <= kClockMayBeOffMs && other_ms - one_ms <= kClockMayBeOffMs;
}

}  // namespace

bool PresentTime::add(Word const& word) {
  auto const [first, end] = std::equal_range(words_.begin(), words_.end(), word, before);
  if (std::find(first, end, word) != end) return false;
  words_.insert(end, word);
  return true;
}

// The last word before it; where all came later in the boot, the first.
PresentTime::Word const* PresentTime::word_at(v1::Stamp const& stamp) const {
  auto const counts = [&](Word const& word) { return !stamp.simulated() || word.source != Source::kCentre; };
  Word const now{Source::kOwn, stamp.boot(), stamp.mono_ms(), 0, 0};
  auto const later = std::upper_bound(words_.begin(), words_.end(), now, before);
  for (auto at = later; at != words_.begin() && std::prev(at)->boot == now.boot; --at)
    if (counts(*std::prev(at))) return &*std::prev(at);
  for (auto at = later; at != words_.end() && at->boot == now.boot; ++at)
    if (counts(*at)) return &*at;
  return nullptr;
}

std::int64_t PresentTime::time_of(v1::Stamp const& stamp) const {
  auto const* word = word_at(stamp);
  if (!word || word->source == Source::kOwn) return stamp.wall_ms();
  auto const at_ms = carried_on(*word, stamp.mono_ms());
  return close(at_ms, stamp.wall_ms()) ? stamp.wall_ms() : at_ms;
}

flow::ClockView PresentTime::view(v1::Stamp const& now) const {
  auto const* word = word_at(now);
  if (!word || word->source == Source::kOwn) return {};
  auto const at_ms = time_of(now);
  if (word->source == Source::kCentre && at_ms == now.wall_ms()) return {};
  return {word->source, at_ms, now.mono_ms(), word->session};
}

std::string PresentTime::write_told() const {
  std::vector<Word> told;
  for (auto const& word : words_)
    if (word.source != Source::kCentre) told.push_back(word);
  if (told.size() > kMostTold) told.erase(told.begin(), told.end() - kMostTold);
  std::ostringstream text;
  for (auto const& word : told)
    text << (word.source == Source::kStaff ? 's' : 'o') << ' ' << word.boot << ' ' << word.mono_ms << ' ' << word.at_ms
         << ' ' << word.session << '\n';
  return text.str();
}

void PresentTime::read_told(std::string const& setting) {
  std::istringstream text(setting);
  char source = 0;
  for (Word word; text >> source >> word.boot >> word.mono_ms >> word.at_ms >> word.session;) {
    word.source = source == 's' ? Source::kStaff : Source::kOwn;
    add(word);
  }
}

}  // namespace dga::desk
