// What SQLite asks of a VFS besides reading and writing.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "tests/support/store_sql.h"

using namespace dga;

namespace {

sqlite3_file* file_of(store::Database& database) {
  sqlite3_file* file = nullptr;
  REQUIRE(sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK);
  return file;
}

}  // namespace

TEST_CASE("time, chance and sleep are those of the VFS below") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  CHECK(test::number(database, "SELECT CAST(julianday('now') AS INTEGER)") > 2'460'000);  // 2023
  auto* const vfs = sqlite3_vfs_find(database.vfs_name());
  REQUIRE(vfs != nullptr);
  char chance[8] = {};
  CHECK(vfs->xRandomness(vfs, sizeof chance, chance) == sizeof chance);
  CHECK(vfs->xSleep(vfs, 1) >= 1);
  double days = 0;
  CHECK(vfs->xCurrentTime(vfs, &days) == SQLITE_OK);
  CHECK(days > 2'460'000);
}

TEST_CASE("no code is loaded through it, whoever asks") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  auto* const vfs = sqlite3_vfs_find(database.vfs_name());
  CHECK(vfs->xDlOpen(vfs, "/lib/x86_64-linux-gnu/libc.so.6") == nullptr);
  char why[80] = {};
  vfs->xDlError(vfs, sizeof why, why);
  CHECK(std::string_view(why).size() > 0);
  CHECK_FALSE(database.run("SELECT load_extension('anything')").ok());
}

TEST_CASE("it says what it is, promises no atomic writes, and a sector is never larger than a page") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  char* name = nullptr;
  REQUIRE(sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_VFSNAME, &name) == SQLITE_OK);
  CHECK(std::string_view(name) == "sodium/unix-excl");
  sqlite3_free(name);
  auto* const file = file_of(database);
  CHECK(file->pMethods->xSectorSize(file) >= 512);
  CHECK(file->pMethods->xSectorSize(file) <= 4096);
  constexpr int kAtomic =
      SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC4K | SQLITE_IOCAP_BATCH_ATOMIC | SQLITE_IOCAP_SAFE_APPEND;
  CHECK((file->pMethods->xDeviceCharacteristics(file) & kAtomic) == 0);
  for (int operation :
       {SQLITE_FCNTL_BEGIN_ATOMIC_WRITE, SQLITE_FCNTL_COMMIT_ATOMIC_WRITE, SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE})
    CHECK(file->pMethods->xFileControl(file, operation, nullptr) == SQLITE_NOTFOUND);
}

TEST_CASE("pages are written whole and in their places, or not at all") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  test::must(database.run("CREATE TABLE t (v); PRAGMA wal_checkpoint(TRUNCATE)"));
  auto* const file = file_of(database);
  char const part[4096] = {};
  CHECK(file->pMethods->xWrite(file, part, 100, 0) == SQLITE_IOERR_WRITE);
  CHECK(file->pMethods->xWrite(file, part, 4096, 100) == SQLITE_IOERR_WRITE);
  CHECK(test::is_whole(database));
}

TEST_CASE("a log that is held to a size is cut and goes on") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  test::must(database.run("CREATE TABLE t (v)"));
  for (auto const* limit : {"PRAGMA journal_size_limit=20000", "PRAGMA journal_size_limit=0"}) {
    {
      auto set = database.prepare(limit);
      REQUIRE(set.ok());
      REQUIRE(set->step().ok());
    }
    for (int i = 0; i < 40; ++i) test::must(database.run("INSERT INTO t VALUES (zeroblob(3000))"));
    auto const before = std::filesystem::file_size(scratch / "a.db-wal");
    test::must(database.run("PRAGMA wal_checkpoint(RESTART)"));
    test::must(database.run("INSERT INTO t VALUES (1)"));
    CHECK(std::filesystem::file_size(scratch / "a.db-wal") < before);
    CHECK(test::is_whole(database));
  }
  CHECK(test::number(database, "SELECT count(*) FROM t") == 82);
}

TEST_CASE("a journal that is kept and held to a size is cut and goes on") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  test::must(database.run("CREATE TABLE t (v); PRAGMA journal_mode=PERSIST; PRAGMA journal_size_limit=9000"));
  for (int i = 0; i < 5; ++i) {
    test::must(
        database.run("BEGIN; INSERT INTO t SELECT zeroblob(3000) FROM (VALUES (1), (2), (3), (4), (5)); UPDATE t "
                     "SET v = zeroblob(3001); COMMIT"));
    test::must(database.run("BEGIN; DELETE FROM t; ROLLBACK"));
  }
  CHECK(test::number(database, "SELECT count(*) FROM t WHERE length(v) = 3001") == 25);
  CHECK(test::is_whole(database));
}
