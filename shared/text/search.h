#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/text/name_order.h"  // compare_names
#include "shared/text/name_words.h"

namespace dga::text {

// Finds names by what was typed: words in any order, prefixes from one letter, each word of the query matching a
// word of its own. Best first: tones and marks as typed, then those left out, then those that contradict the name;
// whole words before beginnings; whole names before longer ones; then Vietnamese order. A read-only snapshot.
// Thread: any, once made.
class NameIndex {
 public:
  NameIndex() = default;
  explicit NameIndex(std::vector<std::string> const& names);
  // Places in `names`, best first, at most `most`. Nothing for an empty query: there is no list to browse.
  [[nodiscard]] std::vector<std::uint32_t> search(std::string_view query, std::size_t most) const;
  [[nodiscard]] std::size_t size() const { return place_.size(); }

 private:
  NameWords names_;                         // in vi order
  std::vector<std::uint32_t> place_;        // of each name in vi order: its place as it was given
  std::vector<std::uint32_t> found_begin_;  // for each word and one more: where its names begin
  std::vector<std::uint32_t> found_in_;     // names, in vi order
};

}  // namespace dga::text
