#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "shared/store/database.h"
#include "tests/support/store_scratch.h"

// Short words for tests that talk SQL.
namespace dga::test {

inline void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}
inline store::Database create_database(std::filesystem::path const& file, char key = 'k',
                                       store::OpenOptions options = {}) {
  options.mode = store::OpenMode::kCreate;
  auto made = store::Database::open(file, store_key(key), options);
  if (!made.ok()) FAIL(base::describe(made.error()));
  return std::move(made).value();
}
inline base::Result<store::Database> open_database(std::filesystem::path const& file, char key = 'k',
                                                   store::OpenOptions const& options = {}) {
  return store::Database::open(file, store_key(key), options);
}
inline std::int64_t number(store::Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  REQUIRE(statement.ok());
  auto const row = statement->step();
  if (!row.ok()) FAIL(base::describe(row.error()));
  REQUIRE(*row);
  return statement->integer(0);
}
inline std::string text(store::Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  REQUIRE(statement.ok());
  auto const row = statement->step();
  if (!row.ok()) FAIL(base::describe(row.error()));
  REQUIRE(*row);
  return std::string(statement->bytes(0));
}
inline bool is_whole(store::Database& database) { return text(database, "PRAGMA integrity_check") == "ok"; }

}  // namespace dga::test
