#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "shared/text/spelling.h"

namespace dga::text {

// Many names taken apart. 100,000 names share some hundred words, so each word is worked out and kept once.
struct NameWords {
  std::vector<SpelledWord> words;       // each once, sorted: those that begin alike stand together
  std::vector<std::uint32_t> begin;     // one for each name and one more: where its words begin in `of_names`
  std::vector<std::uint32_t> of_names;  // places in `words`

  [[nodiscard]] std::size_t size() const { return begin.empty() ? 0 : begin.size() - 1; }
  [[nodiscard]] std::span<std::uint32_t const> of(std::size_t name) const {
    return std::span(of_names).subspan(begin[name], begin[name + 1] - begin[name]);
  }
};

// Words of a name past the sixteenth are left out: no name has them, and a search must stay quick on any input.
inline constexpr std::size_t kMostWords = 16;
[[nodiscard]] NameWords take_apart(std::vector<std::string> const& names);

}  // namespace dga::text
