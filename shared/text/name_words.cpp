#include "shared/text/name_words.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace dga::text {
namespace {

// Gives each spelling a number as it is met first, and remembers how each piece of text is spelled.
class Numbering {
 public:
  // The words of a stretch without spaces: usually one, three of "H'Hen-Niê".
  std::vector<std::uint32_t> const& of(std::string_view piece) {
    if (auto known = pieces_.find(piece); known != pieces_.end()) return known->second;
    std::vector<std::uint32_t> numbers;
    for (auto& word : spell(piece)) {
      auto const [at, fresh] = words_.try_emplace(std::move(word), static_cast<std::uint32_t>(words_.size()));
      numbers.push_back(at->second);
    }
    return pieces_.emplace(piece, std::move(numbers)).first->second;
  }
  // All words in order; `sorted_place[number]` becomes the place of each.
  std::vector<SpelledWord> sorted(std::vector<std::uint32_t>& sorted_place) const {
    std::vector<SpelledWord> words;
    sorted_place.resize(words_.size());
    for (auto const& [word, number] : words_) {
      sorted_place[number] = static_cast<std::uint32_t>(words.size());
      words.push_back(word);
    }
    return words;
  }

 private:
  std::map<SpelledWord, std::uint32_t> words_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> pieces_;
};

}  // namespace

NameWords take_apart(std::vector<std::string> const& names) {
  NameWords apart;
  Numbering numbering;
  apart.begin.reserve(names.size() + 1);
  apart.of_names.reserve(names.size() * 4);
  apart.begin.push_back(0);
  for (std::string_view rest : names) {
    std::size_t taken = 0;
    while (!rest.empty() && taken < kMostWords) {
      auto const space = std::min(rest.find(' '), rest.size());
      for (auto number : numbering.of(rest.substr(0, space))) {
        if (taken++ < kMostWords) apart.of_names.push_back(number);
      }
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    apart.begin.push_back(static_cast<std::uint32_t>(apart.of_names.size()));
  }
  std::vector<std::uint32_t> place;
  apart.words = numbering.sorted(place);
  for (auto& word : apart.of_names) word = place[word];
  return apart;
}

}  // namespace dga::text
