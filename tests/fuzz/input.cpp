#include "tests/fuzz/input.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace dga::fuzz {

void require(bool holds, char const* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

std::uint8_t Input::byte() {
  auto const taken = take(1);
  return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
}

std::uint32_t Input::three_bytes() {
  std::uint32_t const low = byte(), middle = byte(), high = byte();
  return low | middle << 8 | high << 16;
}

base::ByteView Input::take(std::size_t most) {
  auto const taken = rest_.substr(0, most);
  rest_.remove_prefix(taken.size());
  return taken;
}

void change(std::string& bytes, Input& input) {
  while (!input.empty() && !bytes.empty()) {
    auto const kind = input.byte() % 8;
    auto const place = input.three_bytes() % bytes.size();
    if (kind == 7) {
      bytes.resize(place);
    } else if (kind == 6) {
      auto const from = input.three_bytes() % bytes.size();
      auto const size = std::min({std::size_t{input.byte()} * 64, bytes.size() - from, bytes.size() - place});
      auto const copied = bytes.substr(from, size);
      bytes.replace(place, size, copied);
    } else {
      auto const octets = input.take(1 + input.byte() % 32);
      for (std::size_t i = 0; i < octets.size() && place + i < bytes.size(); ++i)
        bytes[place + i] = static_cast<char>(bytes[place + i] ^ octets[i]);
    }
  }
}

}  // namespace dga::fuzz
