#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dga::text {

// Finds names by what was typed: words in any order, prefixes from one letter, each word of the query matching a
// word of its own; exact tones rank first, then Vietnamese order. A read-only snapshot.
// Thread: any, once made.
class NameIndex {
 public:
  NameIndex() = default;
  explicit NameIndex(std::vector<std::string> const& names);
  // Places in `names`, best first, at most `most`. Nothing for an empty query: there is no list to browse.
  [[nodiscard]] std::vector<std::uint32_t> search(std::string_view query, std::size_t most) const;
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  struct Word {
    std::string folded;
    std::uint32_t name;
    std::uint16_t place;  // which word of the name
  };
  struct Name {
    std::vector<std::string> exact;   // words, NFC, lower case, tones kept
    std::vector<std::string> folded;  // the same words, folded
    std::uint32_t order;              // its place by given name, then family name, in ICU's vi order
  };
  std::vector<Name> names_;
  std::vector<Word> words_;  // sorted by folded
};

// Compares by given name, then family name, in ICU's vi order: < 0, 0, > 0.
[[nodiscard]] int compare_names(std::string_view a, std::string_view b);

}  // namespace dga::text
