#include "shared/store/connection.h"

#include <fmt/format.h>

#include "shared/store/wal_room.h"

namespace dga::store {

Connection::~Connection() {
  for (auto const& [sql, cached] : cache_) sqlite3_finalize(cached.statement);
  // What cannot be moved now (no room, a crash's rollback) stays in the log and is found there when it is opened.
  if (handle && wal_is_kept(handle)) static_cast<void>(empty_wal(handle));
  sqlite3_close_v2(handle);
}

base::Result<sqlite3_stmt*> Connection::take(std::string_view sql) {
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
  if (found == cache_.end()) cache_.emplace(sql, Cached{statement, true});
  return statement;
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
