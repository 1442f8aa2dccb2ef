#include "shared/store/database.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "shared/store/migrations.h"
#include "tests/support/store_sql.h"

using namespace dga;
using store::Database;
using store::OpenMode;
using test::must, test::number, test::text;

namespace {

Database create(std::filesystem::path const& file, char key = 'k') { return test::create_database(file, key); }
base::Result<Database> open(std::filesystem::path const& file, char key = 'k') {
  return test::open_database(file, key);
}

}  // namespace

TEST_CASE("what was written is there when the database is opened again") {
  test::StoreScratch scratch;
  {
    auto database = create(scratch / "a.db");
    must(database.run("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('xin chào')"));
  }
  CHECK_FALSE(std::filesystem::exists(scratch / "a.db-wal"));
  auto database = open(scratch / "a.db").value();
  CHECK(text(database, "SELECT v FROM t") == "xin chào");
  CHECK(text(database, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a database is set up for durability and against hostile content") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  CHECK(text(database, "PRAGMA journal_mode") == "wal");
  CHECK(number(database, "PRAGMA synchronous") == 2);
  CHECK(number(database, "PRAGMA secure_delete") == 1);
  CHECK(number(database, "PRAGMA trusted_schema") == 0);
  CHECK(number(database, "PRAGMA temp_store") == 2);
  CHECK(number(database, "PRAGMA cache_size") == -32768);
  CHECK(number(database, "PRAGMA page_size") == 4096);
  CHECK_FALSE(database.run("PRAGMA writable_schema=ON; CREATE TABLE t (v); DELETE FROM sqlite_schema").ok());
  CHECK_FALSE(database.run("SELECT load_extension('x')").ok());
  auto const rights = std::filesystem::status(scratch / "a.db").permissions();
  CHECK((rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
        std::filesystem::perms::none);
}

TEST_CASE("no shared-memory file stands beside an open database") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (v)"));
  CHECK(std::filesystem::exists(scratch / "a.db-wal"));
  CHECK_FALSE(std::filesystem::exists(scratch / "a.db-shm"));
}

TEST_CASE("a database is created only where none is and opened only where one is") {
  test::StoreScratch scratch;
  CHECK(open(scratch / "a.db").error().code == "store.not_found");
  CHECK_FALSE(std::filesystem::exists(scratch / "a.db"));
  { create(scratch / "a.db"); }
  auto const again = Database::open(scratch / "a.db", test::store_key('k'), {.mode = OpenMode::kCreate});
  CHECK(again.error().code == "store.exists");
  CHECK(open(scratch / "a.db").ok());
  CHECK_FALSE(Database::open(scratch / "no-folder/a.db", test::store_key('k'), {.mode = OpenMode::kCreate}).ok());
  CHECK(Database::open(scratch / "b.db", test::store_key('k'), {.mode = OpenMode::kCreate, .base_vfs = "none"})
            .error()
            .code == "store.no_vfs");
}

TEST_CASE("statements bind and read every kind of value") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (a, b, c, d)"));
  base::Bytes const octets("a\0b", 3);
  {
    auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").value();
    must(insert.bind(1, std::uint64_t{1} << 60).bind_bytes(2, octets).bind_text(3, "Đà Nẵng").bind_null(4).run());
    must(insert.bind(1, -5).bind_bytes(2, {}).bind_text(3, {}).bind_null(4).run());
  }
  auto query = database.prepare("SELECT a, b, c, d, typeof(b), typeof(c) FROM t ORDER BY a DESC").value();
  REQUIRE(query.step().value());
  CHECK(query.natural(0) == std::uint64_t{1} << 60);
  CHECK(query.bytes(1) == octets);
  CHECK(query.bytes(2) == "Đà Nẵng");
  CHECK(query.is_null(3));
  REQUIRE(query.step().value());
  CHECK(query.integer(0) == -5);
  CHECK(query.bytes(1).empty());
  CHECK_FALSE(query.is_null(1));  // no octets are still octets
  CHECK(query.bytes(4) == "blob");
  CHECK(query.bytes(5) == "text");
  CHECK_FALSE(query.step().value());
}

TEST_CASE("a statement may be used while it is in use and survives the database being moved") {
  test::StoreScratch scratch;
  std::optional<Database> moved;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (v); INSERT INTO t VALUES (1), (2), (3)"));
  constexpr auto kQuery = "SELECT v FROM t ORDER BY v";
  auto outer = database.prepare(kQuery).value();
  REQUIRE(outer.step().value());
  moved = std::move(database);
  {
    auto inner = moved->prepare(kQuery).value();
    REQUIRE(inner.step().value());
    REQUIRE(inner.step().value());
    CHECK(inner.integer(0) == 2);
  }
  CHECK(outer.integer(0) == 1);
  REQUIRE(outer.step().value());
  CHECK(outer.integer(0) == 2);
}

TEST_CASE("a statement's text may go once it is prepared") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  for (int i = 0; i < 20; ++i) {
    auto const sql =
        std::make_unique<std::string>("SELECT " + std::string(40, '1') + " * 0 + " + std::to_string(i % 3));
    CHECK(number(database, *sql) == i % 3);
  }
  CHECK_FALSE(database.prepare("  ").value().step().ok());  // no statement at all
}

TEST_CASE("a failure that takes back a whole transaction ends it for all that is inside") {
  // SQLite takes a transaction back by itself when the disk fails; what follows must not be committed piece by piece.
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (v)"));
  auto const done = database.transaction([&]() -> base::Done {
    TRY_DO(database.run("INSERT INTO t VALUES (1)"));
    static_cast<void>(database.transaction([&]() -> base::Done { return database.run("ROLLBACK"); }));
    CHECK_FALSE(database.run("INSERT INTO t VALUES (2)").ok());
    return {};
  });
  CHECK_FALSE(done.ok());
  CHECK(number(database, "SELECT count(*) FROM t") == 0);
  must(database.run("INSERT INTO t VALUES (3)"));
  CHECK(number(database, "SELECT sum(v) FROM t") == 3);
}

TEST_CASE("errors of statements say so and leave the database usable") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (v INTEGER PRIMARY KEY)"));
  CHECK(database.prepare("SELECT nothing FROM nowhere").error().code == "store.failed");
  auto insert = database.prepare("INSERT INTO t VALUES (?)").value();
  must(insert.bind(1, 7).run());
  CHECK(insert.bind(1, 7).run().error().code == "store.failed");
  insert.reset();
  CHECK_FALSE(insert.bind(2, 8).run().ok());  // there is no second place
  insert.reset();
  must(insert.bind(1, 8).run());
  CHECK(number(database, "SELECT count(*) FROM t") == 2);
}

TEST_CASE("a transaction is all of its work or nothing of it") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE t (v)"));
  auto const add = [&](int v) { return database.prepare("INSERT INTO t VALUES (?)").value().bind(1, v).run(); };
  must(database.transaction([&] { return add(1); }));
  auto const failed = database.transaction([&]() -> base::Done {
    TRY_DO(add(2));
    return base::refused("test.no", "no");
  });
  CHECK(failed.error().code == "test.no");
  CHECK_THROWS(static_cast<void>(database.transaction([&]() -> base::Done {
    must(add(3));
    throw std::runtime_error("out");
  })));
  CHECK(number(database, "SELECT count(*) FROM t") == 1);
  must(database.transaction([&]() -> base::Done {
    TRY_DO(add(4));
    CHECK_FALSE(database
                    .transaction([&]() -> base::Done {
                      TRY_DO(add(5));
                      return base::refused("test.no", "no");
                    })
                    .ok());
    return database.transaction([&] { return add(6); });
  }));
  CHECK(text(database, "SELECT group_concat(v) FROM t") == "1,4,6");
}

TEST_CASE("two connections of one program see each other's commits and one waits for the other") {
  test::StoreScratch scratch;
  auto first = create(scratch / "a.db");
  must(first.run("CREATE TABLE t (v); INSERT INTO t VALUES (1)"));
  auto second = open(scratch / "a.db").value();
  CHECK(number(second, "SELECT count(*) FROM t") == 1);
  must(second.run("INSERT INTO t VALUES (2)"));
  CHECK(number(first, "SELECT count(*) FROM t") == 2);

  must(first.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (3)"));
  CHECK(number(second, "SELECT count(*) FROM t") == 2);
  sqlite3_busy_timeout(second.handle(), 0);
  CHECK(second.run("INSERT INTO t VALUES (4)").error().code == "store.busy");
  must(first.run("COMMIT"));
  must(second.run("INSERT INTO t VALUES (4)"));
  must(first.checkpoint());
  CHECK(number(first, "SELECT count(*) FROM t") == 4);
}

TEST_CASE("a database may be attached with its own key by the name of its vfs") {
  test::StoreScratch scratch;
  auto first = create(scratch / "a.db", 'a');
  auto second = create(scratch / "b.db", 'b');
  must(second.run("CREATE TABLE t (v); INSERT INTO t VALUES (42)"));
  auto const other = (scratch / "b.db").string();
  CHECK_FALSE(first.run(("ATTACH '" + other + "' AS other; SELECT * FROM other.t").c_str()).ok());
  static_cast<void>(first.run("DETACH other"));
  must(first.run(("ATTACH 'file:" + other + "?vfs=" + second.vfs_name() + "' AS other").c_str()));
  CHECK(number(first, "SELECT v FROM other.t") == 42);
  must(first.run("CREATE TABLE mine (v)"));
  must(first.transaction([&] { return first.run("INSERT INTO mine SELECT v FROM other.t; DELETE FROM other.t"); }));
  CHECK(number(first, "SELECT v FROM mine") == 42);
  CHECK(number(second, "SELECT count(*) FROM t") == 0);
  must(first.run("DETACH other"));
}

TEST_CASE("VACUUM and VACUUM INTO leave sealed databases that are whole") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run(
      "CREATE TABLE t (v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) "
      "INSERT INTO t SELECT printf('readable-%05d-%s', i, hex(randomblob(40))) FROM n; DELETE FROM t WHERE rowid % 3"));
  must(database.run("VACUUM"));
  must(database.run("PRAGMA temp_store=FILE; VACUUM"));  // through a temporary file on the disk, too
  CHECK(text(database, "PRAGMA integrity_check") == "ok");
  must(database.run(("VACUUM INTO '" + (scratch / "b.db").string() + "'").c_str()));
  must(database.checkpoint());
  auto copy = open(scratch / "b.db").value();
  CHECK(text(copy, "PRAGMA integrity_check") == "ok");
  CHECK(number(copy, "SELECT count(*) FROM t") == 1000);
  for (auto const* name : {"a.db", "a.db-wal", "b.db"})
    CHECK(test::file_content(scratch / name).find("readable-") == std::string::npos);
}

TEST_CASE("the backup interface copies into another encrypted database") {
  test::StoreScratch scratch;
  auto source = create(scratch / "a.db", 'a');
  must(
      source.run("CREATE TABLE t (v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) "
                 "INSERT INTO t SELECT randomblob(100) FROM n"));
  {
    auto target = create(scratch / "b.db", 'b');
    auto* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    REQUIRE(backup != nullptr);
    CHECK(sqlite3_backup_step(backup, 10) == SQLITE_OK);
    must(source.run("INSERT INTO t VALUES ('while it runs')"));
    CHECK(sqlite3_backup_step(backup, -1) == SQLITE_DONE);
    CHECK(sqlite3_backup_finish(backup) == SQLITE_OK);
  }
  auto copy = open(scratch / "b.db", 'b').value();
  CHECK(number(copy, "SELECT count(*) FROM t") == 2001);
  CHECK(text(copy, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a database without room for seals is refused as a source of a backup") {
  test::StoreScratch scratch;
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open(":memory:", &plain) == SQLITE_OK);
  REQUIRE(sqlite3_exec(plain, "CREATE TABLE t (v); INSERT INTO t VALUES (1)", nullptr, nullptr, nullptr) == SQLITE_OK);
  {
    auto target = create(scratch / "b.db");
    must(target.run("CREATE TABLE mine (v)"));
    auto* backup = sqlite3_backup_init(target.handle(), "main", plain, "main");
    REQUIRE(backup != nullptr);
    int const result = sqlite3_backup_step(backup, -1);
    CHECK(result != SQLITE_DONE);
    CHECK(result != SQLITE_OK);
    sqlite3_backup_finish(backup);
  }
  sqlite3_close(plain);
  auto kept = open(scratch / "b.db").value();
  CHECK(number(kept, "SELECT count(*) FROM mine") == 0);
}

TEST_CASE("other page sizes are refused in words") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  CHECK(database.run("PRAGMA page_size=8192").error().what.find("4096") != std::string::npos);
  must(database.run("PRAGMA page_size=4096"));
}

TEST_CASE("migrations run once each and in order") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  store::Migration const steps[] = {{1, "CREATE TABLE t (v); INSERT INTO t VALUES (1)"},
                                    {2, "INSERT INTO t VALUES (2)"}};
  must(store::migrate(database, 77, std::span(steps).first(1)));
  must(store::migrate(database, 77, std::span(steps).first(1)));
  CHECK(number(database, "SELECT count(*) FROM t") == 1);
  must(store::migrate(database, 77, steps));
  CHECK(number(database, "SELECT count(*) FROM t") == 2);
  CHECK(number(database, "PRAGMA user_version") == 2);
  CHECK(number(database, "PRAGMA application_id") == 77);

  auto const older = store::migrate(database, 77, std::span(steps).first(1));
  CHECK(older.error().code == "store.too_new");
  CHECK(store::migrate(database, 78, steps).error().code == "store.not_ours");
}

TEST_CASE("a migration that fails changes nothing") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  store::Migration const steps[] = {{1, "CREATE TABLE t (v)"},
                                    {2, "INSERT INTO t VALUES (1); INSERT INTO nowhere VALUES (2)"}};
  CHECK_FALSE(store::migrate(database, 77, steps).ok());
  CHECK(number(database, "PRAGMA user_version") == 1);
  CHECK(number(database, "SELECT count(*) FROM t") == 0);
}

TEST_CASE("a database that somebody else filled is not migrated") {
  test::StoreScratch scratch;
  auto database = create(scratch / "a.db");
  must(database.run("CREATE TABLE other (v)"));
  store::Migration const steps[] = {{1, "CREATE TABLE t (v)"}};
  CHECK(store::migrate(database, 77, steps).error().code == "store.not_ours");
}
