#pragma once

#include <sqlite3.h>

#include <optional>
#include <string>

namespace dga::benchmarks {

// The calls of one SQLite library that the workloads make: ours, or SQLCipher's, which has the same names and so cannot
// be linked beside it.
struct SqliteCalls {
  decltype(&sqlite3_open_v2) open;
  decltype(&sqlite3_close_v2) close;
  decltype(&sqlite3_exec) exec;
  decltype(&sqlite3_prepare_v2) prepare;
  decltype(&sqlite3_step) step;
  decltype(&sqlite3_reset) reset;
  decltype(&sqlite3_finalize) finalize;
  decltype(&sqlite3_bind_int64) bind_int64;
  decltype(&sqlite3_bind_blob) bind_blob;
  decltype(&sqlite3_bind_text) bind_text;
  decltype(&sqlite3_column_int64) column_int64;
  decltype(&sqlite3_column_blob) column_blob;
  decltype(&sqlite3_column_bytes) column_bytes;
  decltype(&sqlite3_errmsg) errmsg;
  decltype(&sqlite3_libversion) libversion;
  decltype(&sqlite3_compileoption_used) compiled_with;
};

[[nodiscard]] SqliteCalls linked_sqlite();
// SQLCipher's shared library, where it is installed. Stays loaded.
[[nodiscard]] std::optional<SqliteCalls> installed_sqlcipher();

}  // namespace dga::benchmarks
