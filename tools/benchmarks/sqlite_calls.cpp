#include "tools/benchmarks/sqlite_calls.h"

#include <dlfcn.h>

namespace dga::benchmarks {

SqliteCalls linked_sqlite() {
  return {sqlite3_open_v2,      sqlite3_close_v2,  sqlite3_exec,         sqlite3_prepare_v2,
          sqlite3_step,         sqlite3_reset,     sqlite3_finalize,     sqlite3_bind_int64,
          sqlite3_bind_blob,    sqlite3_bind_text, sqlite3_column_int64, sqlite3_column_blob,
          sqlite3_column_bytes, sqlite3_errmsg,    sqlite3_libversion,   sqlite3_compileoption_used};
}

std::optional<SqliteCalls> installed_sqlcipher() {
  // DEEPBIND: its own calls to sqlite3_... must reach itself, not the SQLite that this program is linked with.
  void* const library = dlopen("libsqlcipher.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (!library) return std::nullopt;
  SqliteCalls calls{};
  bool complete = true;
  auto const take = [&](auto& call, char const* name) {
    call = reinterpret_cast<std::remove_reference_t<decltype(call)>>(dlsym(library, name));
    complete = complete && call;
  };
  take(calls.open, "sqlite3_open_v2");
  take(calls.close, "sqlite3_close_v2");
  take(calls.exec, "sqlite3_exec");
  take(calls.prepare, "sqlite3_prepare_v2");
  take(calls.step, "sqlite3_step");
  take(calls.reset, "sqlite3_reset");
  take(calls.finalize, "sqlite3_finalize");
  take(calls.bind_int64, "sqlite3_bind_int64");
  take(calls.bind_blob, "sqlite3_bind_blob");
  take(calls.bind_text, "sqlite3_bind_text");
  take(calls.column_int64, "sqlite3_column_int64");
  take(calls.column_blob, "sqlite3_column_blob");
  take(calls.column_bytes, "sqlite3_column_bytes");
  take(calls.errmsg, "sqlite3_errmsg");
  take(calls.libversion, "sqlite3_libversion");
  take(calls.compiled_with, "sqlite3_compileoption_used");
  return complete ? std::optional(calls) : std::nullopt;
}

}  // namespace dga::benchmarks
