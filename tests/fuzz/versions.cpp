#include "tests/fuzz/versions.h"

#include <fmt/format.h>

#include "shared/store/database.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/scratch.h"

namespace dga::fuzz {
namespace {

constexpr int kRows = 24;  // three pages

// Every row's number, nothing when it can't be read, -2 for several.
base::Result<int> read_version(store::Database& database) {
  TRY(auto query, database.prepare("SELECT version, length(filling) FROM t ORDER BY id"));
  int version = -1, rows = 0;
  for (;; ++rows) {
    TRY(bool const row, query.step());
    if (!row) break;
    auto const here = static_cast<int>(query.integer(0));
    if (query.integer(1) != 400 || (rows > 0 && here != version)) return -2;
    version = here;
  }
  return rows == kRows ? version : -2;
}

}  // namespace

Versions make_versions(Changed changed) {
  Scratch const scratch;
  auto const file = scratch / "a.db";
  auto const must = [](base::Done const& done) { require(done.ok(), "the harness's database is made"); };
  auto opened = store::Database::open(file, known_key('d'), {.mode = store::OpenMode::kCreate});
  require(opened.ok(), "the harness's database is made");
  auto& database = *opened;
  must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, version INTEGER, filling BLOB)"));
  for (int row = 0; row < kRows; ++row) must(database.run("INSERT INTO t VALUES (NULL, 0, zeroblob(400))"));
  must(database.checkpoint());
  if (changed == Changed::kInTheLog) {
    must(database.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    for (int version = 1; version <= kChanges; ++version)
      must(database.run(fmt::format("UPDATE t SET version = {}", version).c_str()));
    return {content_of(file), content_of(scratch / "a.db-wal")};
  }
  // A cache of two pages has to write some of the change before the commit.
  must(
      database.run("PRAGMA journal_mode=DELETE; PRAGMA cache_size=2; PRAGMA cache_spill=1;"
                   "BEGIN; UPDATE t SET version = 6"));
  Versions const made{content_of(file), content_of(scratch / "a.db-journal")};
  require(!made.companion.empty(), "the harness's journal is there");
  return made;
}

int version_in(std::filesystem::path const& file) {
  auto database = store::Database::open(file, known_key('d'), {});
  if (!database.ok()) return -1;
  auto const version = read_version(*database);
  if (!version.ok()) return -1;
  (void)database->run("PRAGMA quick_check");
  bool const written = database->run("UPDATE t SET version = 77").ok();
  (void)database->checkpoint();
  auto const again = read_version(*database);
  if (*version >= 0 && written && again.ok()) require(*again == 77, "what was written is what is read");
  return *version;
}

}  // namespace dga::fuzz
