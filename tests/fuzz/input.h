#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "shared/base/bytes.h"

namespace dga::fuzz {

// Ends the program with `what` when something that must hold does not: that is how a fuzzer tells a finding.
void require(bool holds, char const* what);

// Takes an input apart, front to back; past its end everything is zero or empty.
class Input {
 public:
  explicit Input(base::ByteView bytes) : rest_(bytes) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::uint8_t byte();
  [[nodiscard]] std::uint32_t three_bytes();  // little-endian
  [[nodiscard]] base::ByteView take(std::size_t most);
  [[nodiscard]] base::ByteView rest() { return take(rest_.size()); }

 private:
  base::ByteView rest_;
};

// Changes `bytes` as the rest of the input says: octets turned (exclusive or), a stretch copied elsewhere, the end cut
// off. So a few octets of input reach any place of a large file, and what they do doesn't depend on what is there.
// Each change: kind, three bytes place, then octets (count, octets), a copy (three bytes from, count * 64) or nothing.
void change(std::string& bytes, Input& input);

}  // namespace dga::fuzz
