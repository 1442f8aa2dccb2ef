// Nothing that was written can be read in any file, in any moment.
#include <doctest/doctest.h>

#include "shared/store/kiosk_folder.h"
#include "tests/support/store_disk_vfs.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;

namespace {

constexpr auto kMarker = "Nguyễn Thị Bí Mật";

// All that was ever written, whichever file it went to, and when it was there for a moment only.
bool written(test::DiskVfs const& disk, std::string_view marker, std::size_t& bytes) {
  bool found = false;
  for (auto const& operation : disk.operations()) {
    found = found || operation.data.find(marker) != std::string::npos;
    bytes += operation.data.size();
  }
  return found;
}

}  // namespace

TEST_CASE("names are in none of a kiosk's files while it is open and after") {
  test::StoreScratch scratch;
  test::StoreClock clock;
  auto random = base::seeded_random(3);
  auto const grep = [&](std::string_view marker) {
    int hits = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(scratch.path()))
      if (entry.is_regular_file() && test::file_content(entry.path()).find(marker) != std::string::npos) ++hits;
    return hits;
  };
  {
    auto kiosk = store::create_kiosk(scratch.path(), "a passphrase", crypto::minimal_cost(), "version-marker-1.2.3",
                                     clock, *random)
                     .value();
    v1::Record walk_in;
    walk_in.mutable_walk_in()->set_name(kMarker);
    walk_in.mutable_walk_in()->set_phone("0912345678");
    for (int i = 0; i < 50; ++i) REQUIRE(kiosk.store.append({walk_in}, clock).ok());
    must(kiosk.store.keep_pack(5, std::string("a pack with ") + kMarker));
    must(kiosk.store.put_setting("kiosk.name", kMarker));
    REQUIRE(std::filesystem::exists(scratch / "kiosk.db-wal"));
    auto const head = kiosk.store.head().hash;
    for (auto const marker :
         {std::string_view(kMarker), std::string_view("0912345678"), std::string_view("version-marker"),
          std::string_view("CREATE TABLE"), std::string_view("SQLite"), kiosk.store.identity().device.view(),
          head.view(), kiosk.master.secret().view(), std::string_view("a passphrase")})
      CHECK(grep(marker) == 0);
    must(kiosk.store.database().checkpoint());
    CHECK(grep(kMarker) == 0);
  }
  CHECK(grep(kMarker) == 0);
  CHECK(grep("SQLite") == 0);
  test::put_file_content(scratch / "control", kMarker);  // the search finds what is there
  CHECK(grep(kMarker) == 1);
}

TEST_CASE("names are in no write to the log or a journal or a temporary file") {
  for (std::string const mode : {"WAL", "DELETE", "TRUNCATE", "PERSIST"}) {
    CAPTURE(mode);
    test::StoreScratch scratch;
    test::DiskVfs disk;
    auto database = test::create_database(scratch / "a.db", 'k', {.cache_bytes = 8 * 4096, .base_vfs = disk.name()});
    must(database.run(("PRAGMA temp_store=FILE; PRAGMA journal_mode=" + mode).c_str()));
    must(database.run("CREATE TABLE readable_name (id INTEGER PRIMARY KEY, v)"));
    auto const fill = std::string(
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) "
                          "INSERT INTO readable_name (v) SELECT '") +
                      kMarker + "' || (i * 7919 % 5003) FROM n";
    must(database.run(fill.c_str()));
    must(database.run(
        "CREATE TABLE sorted AS SELECT v FROM readable_name ORDER BY v; UPDATE readable_name SET v = v || 'x'"));
    must(database.run("CREATE TEMP TABLE passing AS SELECT * FROM readable_name; VACUUM"));
    CHECK_FALSE(database.run("UPDATE readable_name SET id = CASE WHEN id < 4000 THEN id + 100000 ELSE 1 END").ok());
    std::size_t bytes = 0;
    CHECK_FALSE(written(disk, kMarker, bytes));
    CHECK_FALSE(written(disk, "readable_name", bytes));
    CHECK_FALSE(written(disk, "-journal", bytes));
    CHECK(bytes > 1'000'000);
    bool to_temporary_file = false;
    for (auto const& operation : disk.operations())
      to_temporary_file = to_temporary_file || (operation.file.empty() && !operation.data.empty());
    CHECK(to_temporary_file);
  }
}

TEST_CASE("the search would find names in a database that is not sealed") {
  test::StoreScratch scratch;
  auto const file = scratch / "plain.db";
  test::DiskVfs disk;
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &plain, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.name().c_str()) ==
          SQLITE_OK);
  REQUIRE(sqlite3_exec(plain, (std::string("CREATE TABLE t (v); INSERT INTO t VALUES ('") + kMarker + "')").c_str(),
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(plain);
  std::size_t bytes = 0;
  CHECK(written(disk, kMarker, bytes));
}
