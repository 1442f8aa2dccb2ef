#include "shared/text/name_order.h"

#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <span>

namespace dga::text {
namespace {

std::unique_ptr<icu::Collator> vietnamese() {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Collator> collator(icu::Collator::createInstance(icu::Locale("vi"), status));
  // ICU falls back to its root order where a language is missing; none at all is a broken library.
  if (U_FAILURE(status) || !collator) std::abort();
  collator->setStrength(icu::Collator::SECONDARY);  // letters and tones, not case
  return collator;
}

// Bytes that compare as the words do.
std::string sort_key(icu::Collator const& collator, SpelledWord const& word) {
  auto const text = icu::UnicodeString::fromUTF8(canonical(word));
  std::string key(static_cast<std::size_t>(collator.getSortKey(text, nullptr, 0)), '\0');
  collator.getSortKey(text, reinterpret_cast<std::uint8_t*>(key.data()), static_cast<std::int32_t>(key.size()));
  return key;
}

// For each word its place in vi order; words that compare equal share one.
std::vector<std::uint32_t> ranks(std::vector<SpelledWord> const& words) {
  auto const collator = vietnamese();
  std::vector<std::string> keys;
  keys.reserve(words.size());
  for (auto const& word : words) keys.push_back(sort_key(*collator, word));
  std::vector<std::uint32_t> order(words.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
  std::vector<std::uint32_t> rank(words.size());
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && keys[order[i - 1]] != keys[order[i]]) ++last;
    rank[order[i]] = last;
  }
  return rank;
}

// Given name first, then the others as they stand. REQUIRES: place < words.size().
std::uint32_t in_turn(std::span<std::uint32_t const> words, std::size_t place) {
  return place == 0 ? words.back() : words[place - 1];
}

int compare(std::span<std::uint32_t const> a, std::span<std::uint32_t const> b,
            std::vector<std::uint32_t> const& rank) {
  for (std::size_t place = 0; place < std::min(a.size(), b.size()); ++place) {
    auto const of_a = rank[in_turn(a, place)], of_b = rank[in_turn(b, place)];
    if (of_a != of_b) return of_a < of_b ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : (a.size() < b.size() ? -1 : 1);
}

}  // namespace

int compare_names(std::string_view a, std::string_view b) {
  auto const apart = take_apart({std::string(a), std::string(b)});
  return compare(apart.of(0), apart.of(1), ranks(apart.words));
}

std::vector<std::uint32_t> in_name_order(NameWords const& apart) {
  auto const rank = ranks(apart.words);
  std::vector<std::uint32_t> order(apart.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return compare(apart.of(a), apart.of(b), rank) < 0; });
  return order;
}

std::vector<std::uint32_t> in_name_order(std::vector<std::string> const& names) {
  return in_name_order(take_apart(names));
}

}  // namespace dga::text
