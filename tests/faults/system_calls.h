#pragma once

#include "tests/faults/trouble.h"

namespace dga::test {

// System calls on files that fail with EIO when told to: open, fsync, rename, remove, mkdir and flock, of everything in
// the program, SQLite too. One thread: the program's.
extern Trouble system_trouble;

}  // namespace dga::test
