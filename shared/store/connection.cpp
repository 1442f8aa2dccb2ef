#include "shared/store/connection.h"

#include <fmt/format.h>

#include "shared/store/memory.h"
#include "shared/store/wal_room.h"

namespace dga::store {

Connection::~Connection() {
  for (auto const& [sql, cached] : cache_) sqlite3_finalize(cached.statement);
  // What cannot be moved now (no room, a crash's rollback) stays in the log and is found there when it is opened.
  if (handle && wal_is_kept(handle)) static_cast<void>(empty_wal(handle));
  sqlite3_close_v2(handle);
}

base::Done Connection::settle() {
  // Without this what follows would be committed statement by statement.
  if (transactions > 0 && sqlite3_get_autocommit(handle) != 0)
    return base::storage("store.failed", fmt::format("a failure took back the whole transaction on {}", path),
                         "Try again");
  if (!rollback_owed) return {};
  if (transactions == 0) roll_back("ROLLBACK");
  return rollback_owed ? base::Done(no_memory()) : base::Done();
}

void Connection::roll_back(char const* sql) {
  // After some failures SQLite has rolled back by itself; then there is nothing to do.
  rollback_owed = sqlite3_get_autocommit(handle) == 0 &&
                  sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK &&
                  sqlite3_get_autocommit(handle) == 0;
}

base::Result<sqlite3_stmt*> Connection::take(std::string_view sql) {
  TRY_DO(settle());
  auto const found = cache_.find(sql);
  if (found != cache_.end() && !found->second.taken) {
    found->second.taken = true;
    return found->second.statement;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK)
    return failure(fmt::format("prepare \"{}\"", sql));
  // In use twice at once (a query within the same query): the second goes when it is given back.
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> kept(statement, sqlite3_finalize);
  // Known by SQLite's copy of the text, which lives as long as the statement does.
  if (statement && found == cache_.end()) cache_.emplace(sqlite3_sql(statement), Cached{statement, true});
  return kept.release();
}

void Connection::give_back(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  auto const* const text = sqlite3_sql(statement);
  auto const found = cache_.find(text ? text : "");
  if (found != cache_.end() && found->second.statement == statement)
    found->second.taken = false;
  else
    sqlite3_finalize(statement);
}

}  // namespace dga::store
