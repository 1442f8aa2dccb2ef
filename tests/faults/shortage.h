#pragma once

#include "tests/faults/trouble.h"

namespace dga::test {

// Memory that runs out when told to: SQLite's and that of operator new, which belongs to the whole program; so a
// program that links this has one of it. One thread: the program's.
extern Trouble shortage;

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
