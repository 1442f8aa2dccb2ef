#pragma once

#include <cstdint>

namespace dga::test {

// System calls on files that fail with EIO when told to: open, fsync, rename, remove, mkdir and flock, of everything in
// the program, SQLite too. One thread: the program's.
struct SystemTrouble {
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
extern SystemTrouble system_trouble;

}  // namespace dga::test
