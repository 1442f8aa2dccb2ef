#pragma once

// Private to the database: what a Database and its statements share.
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shared/base/result.h"
#include "shared/store/sodium_vfs/vfs.h"

namespace dga::store {

struct Connection {
  Connection() = default;
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;
  ~Connection();

  // Prepared anew, or taken from the cache.
  [[nodiscard]] base::Result<sqlite3_stmt*> take(std::string_view sql);
  void give_back(sqlite3_stmt* statement);
  // failure.cpp: SQLite's last result code and what the VFS noted about it, as an error of ours.
  [[nodiscard]] base::Error failure(std::string_view doing) const;

  // Before anything is done: a transaction that could not be taken back, for want of memory, is taken back. An error
  // while that still fails, and within a transaction of which a part could not be, or that SQLite itself took back.
  [[nodiscard]] base::Done settle();
  void roll_back(char const* sql);

  // Declared before the handle: the VFS must outlive every file that SQLite has open through it.
  std::unique_ptr<sodium_vfs::Mount> mount;
  sqlite3* handle = nullptr;
  std::string path;
  int transactions = 0;        // of Database::transaction(), one within another
  bool rollback_owed = false;  // see settle()
  bool opened = false;         // until then "busy" means another process

 private:
  struct Cached {
    sqlite3_stmt* statement;
    bool taken;
  };
  std::unordered_map<std::string_view, Cached> cache_;
};

}  // namespace dga::store
