#pragma once

#include <string>
#include <vector>

#include "tests/faults/trouble.h"

namespace dga::test {

// System calls on files that fail with EIO when told to: open, fsync, rename, link, remove, mkdir and flock, of
// everything in the program, SQLite too. One thread: the program's.
extern Trouble system_trouble;

// Instead of failing, such a call ends the program there and then, as kill -9 does; for a child process.
inline constexpr int kEndedByTrouble = 77;  // its exit code
extern bool trouble_ends;
// A file system that knows no hard links.
extern bool no_hard_links;

// While it points somewhere: the calls that a power loss keeps apart, in order, by the files' own names. "sync FILE" is
// fsync and fdatasync, of folders too; "name FROM TO" rename and link.
extern std::vector<std::string>* told_calls;

}  // namespace dga::test
