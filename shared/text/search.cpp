#include "shared/text/search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace dga::text {
namespace {

// What a pair of words costs in the ranking. Sixteen of one kind weigh less than one of the next.
constexpr std::uint32_t kBeginningOnly = 1U << 1;   // above the bit that says "not the whole name"
constexpr std::uint32_t kMarksLeftOut = 1U << 7;    // "duc" for Đức
constexpr std::uint32_t kContradiction = 1U << 13;  // "đức" for Dục

// A typed word is found at the beginning of `word`; how well?
std::uint32_t cost_of(SpelledWord const& typed, SpelledWord const& word) {
  bool const whole = typed.letters.size() == word.letters.size();
  bool as_written = typed.tone == word.tone;
  bool contradicts = typed.tone != 0 && !as_written;
  bool any_mark = typed.tone != 0;
  for (std::size_t i = 0; i < typed.letters.size(); ++i) {
    any_mark = any_mark || typed.marks[i] != 0;
    if (typed.marks[i] == word.marks[i]) continue;
    as_written = false;
    contradicts = contradicts || typed.marks[i] != 0;
  }
  std::uint32_t const cost = whole ? 0 : kBeginningOnly;
  if (contradicts) return cost + kContradiction;
  // Without any mark the beginning of a word says nothing of its tone.
  return as_written && (any_mark || whole) ? cost : cost + kMarksLeftOut;
}

// One word of the query: the words that begin with it stand together, from `first` up to `last`.
struct Typed {
  std::uint32_t first = 0, last = 0;
  std::vector<std::uint32_t> cost;  // of each of them
  std::size_t length = 0;
  std::size_t hits = 0;  // how many names it is found in, counted with repeats

  bool matches(std::uint32_t word) const { return word >= first && word < last; }
};

// Gives each typed word a word of the name of its own, at the least cost.
// Typed words stand with the longest first. What a longer one matches, a shorter one either matches too or shares
// nothing with, so taking any free word for the longest never spoils the others: the first way down is a match.
class Pairing {
 public:
  Pairing(std::vector<Typed> const& typed, std::span<std::uint32_t const> name) : typed_(typed), name_(name) {}
  // Nothing that matches: kNone.
  std::uint32_t least_cost() {
    pair(0, 0, 0);
    return best_;
  }
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

 private:
  void pair(std::size_t next, std::uint32_t taken, std::uint32_t cost) {
    if (cost >= best_ || steps_ == 0) return;
    if (next == typed_.size()) {
      best_ = cost;
      return;
    }
    for (std::size_t i = 0; i < name_.size(); ++i) {
      if ((taken >> i & 1U) != 0 || !typed_[next].matches(name_[i])) continue;
      --steps_;
      pair(next + 1, taken | 1U << i, cost + typed_[next].cost[name_[i] - typed_[next].first]);
      if (steps_ == 0) return;
    }
  }

  std::vector<Typed> const& typed_;
  std::span<std::uint32_t const> name_;
  std::uint32_t best_ = kNone;
  // "n n n n n n" has many ways to be found in one name. The first is right, the rest only rank it.
  std::size_t steps_ = 256;
};

}  // namespace

NameIndex::NameIndex(std::vector<std::string> const& names) {
  auto const given = take_apart(names);
  place_ = in_name_order(given);
  names_.words = given.words;
  names_.begin.reserve(names.size() + 1);
  names_.of_names.reserve(given.of_names.size());
  names_.begin.push_back(0);
  for (auto place : place_) {
    auto const words = given.of(place);
    names_.of_names.insert(names_.of_names.end(), words.begin(), words.end());
    names_.begin.push_back(static_cast<std::uint32_t>(names_.of_names.size()));
  }

  found_begin_.assign(names_.words.size() + 1, 0);
  for (auto word : names_.of_names) ++found_begin_[word + 1];
  for (std::size_t word = 0; word < names_.words.size(); ++word) found_begin_[word + 1] += found_begin_[word];
  found_in_.resize(names_.of_names.size());
  auto next = found_begin_;
  for (std::uint32_t name = 0; name < place_.size(); ++name)
    for (auto word : names_.of(name)) found_in_[next[word]++] = name;
}

std::vector<std::uint32_t> NameIndex::search(std::string_view query, std::size_t most) const {
  // A query is what somebody typed: past this it is no name, and is not worth the time.
  constexpr std::size_t kLongestQuery = 400;
  std::vector<SpelledWord> words;
  if (query.size() <= kLongestQuery) words = spell(query);
  if (words.empty() || words.size() > kMostWords || most == 0) return {};

  std::vector<Typed> typed;
  for (auto const& word : words) {
    auto const& known = names_.words;
    auto const first = std::partition_point(known.begin(), known.end(),
                                            [&](auto const& other) { return other.letters < word.letters; });
    auto const last = std::partition_point(first, known.end(),
                                           [&](auto const& other) { return other.letters.starts_with(word.letters); });
    Typed one;
    one.first = static_cast<std::uint32_t>(first - known.begin());
    one.last = static_cast<std::uint32_t>(last - known.begin());
    one.length = word.letters.size();
    one.hits = found_begin_.empty() ? 0 : found_begin_[one.last] - found_begin_[one.first];
    if (one.hits == 0) return {};
    for (auto at = first; at != last; ++at) one.cost.push_back(cost_of(word, *at));
    typed.push_back(std::move(one));
  }
  auto const rarest =
      *std::min_element(typed.begin(), typed.end(), [](auto const& a, auto const& b) { return a.hits < b.hits; });
  std::stable_sort(typed.begin(), typed.end(), [](auto const& a, auto const& b) { return a.length > b.length; });

  // Every name that has the rarest word, each looked at once.
  std::vector<std::uint64_t> seen((place_.size() + 63) / 64);
  std::vector<std::uint64_t> ranked;  // cost above, place in vi order below
  for (auto at = found_begin_[rarest.first]; at < found_begin_[rarest.last]; ++at) {
    auto const name = found_in_[at];
    auto const bit = std::uint64_t{1} << (name % 64);
    if ((seen[name / 64] & bit) != 0) continue;
    seen[name / 64] |= bit;
    auto const of_name = names_.of(name);
    if (of_name.size() < typed.size()) continue;
    auto const cost = Pairing(typed, of_name).least_cost();
    if (cost == Pairing::kNone) continue;
    ranked.push_back(std::uint64_t{cost + (of_name.size() > typed.size() ? 1U : 0U)} << 32 | name);
  }
  auto const shown = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(most, ranked.size()));
  std::partial_sort(ranked.begin(), shown, ranked.end());
  std::vector<std::uint32_t> places;
  for (auto at = ranked.begin(); at != shown; ++at) places.push_back(place_[*at & 0xffffffffU]);
  return places;
}

}  // namespace dga::text
