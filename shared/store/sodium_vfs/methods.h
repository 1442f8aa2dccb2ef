#pragma once

#include <sqlite3.h>

#include "shared/store/sodium_vfs/file.h"

namespace dga::sodium_vfs {

// What SQLite allocates for an open file: its own head, and our object.
struct Handle {
  sqlite3_file head;
  File* file;
};

// SQLite's table of calls for files of ours; with the shared-memory calls only where the file below has them.
[[nodiscard]] sqlite3_io_methods const* methods_for(File const& file);

}  // namespace dga::sodium_vfs
