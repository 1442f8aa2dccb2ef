#pragma once

#include <cstdint>

namespace dga::test {

// Calls of one kind that fail when told to. One thread: the program's.
struct Trouble {
  bool armed = false;
  std::uint64_t after = UINT64_MAX, times = 0;  // so many calls still go well, then so many fail
  std::uint64_t asked = 0;
  bool struck = false;

  bool strikes() {
    if (!armed || asked++ < after || times == 0) return false;
    if (times != UINT64_MAX) --times;
    return struck = true;
  }
};

}  // namespace dga::test
