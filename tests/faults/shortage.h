#pragma once

#include <cstdint>

namespace dga::test {

// Memory that runs out when told to: SQLite's and that of operator new, which belongs to the whole program; so a
// program that links this has one of it. One thread: the program's.
struct Shortage {
  bool armed = false;
  std::uint64_t after = UINT64_MAX, times = 0;  // so many allocations still go well, then so many fail
  std::uint64_t asked = 0;
  bool struck = false;

  bool strikes() {
    if (!armed || asked++ < after || times == 0) return false;
    if (times != UINT64_MAX) --times;
    return struck = true;
  }
};
extern Shortage shortage;

// Inside the store's calls memory may run out, in the test's own work not.
class Armed {
 public:
  Armed() { shortage.armed = true; }
  ~Armed() { shortage.armed = false; }
  Armed(Armed const&) = delete;
  Armed& operator=(Armed const&) = delete;
};

// What a test makes for itself within: its memory doesn't run out.
template <typename Make>
[[nodiscard]] auto calmly(Make make) {
  bool const armed = shortage.armed;
  shortage.armed = false;
  auto made = make();
  shortage.armed = armed;
  return made;
}

// Before anything is done with SQLite: it takes its allocator only before its first use.
void take_over_sqlite();

}  // namespace dga::test
