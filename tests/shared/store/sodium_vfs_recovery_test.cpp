// What is there after a crash: copies of the files of an open database, whole and torn.
#include <doctest/doctest.h>

#include <map>
#include <optional>

#include "shared/base/random.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;

namespace {

constexpr std::uint64_t kHeader = 72, kCell = 4160;

// Ten committed rows in the log, one frame each but the first commits.
struct FullLog {
  test::StoreScratch scratch;
  store::Database database = test::create_database(scratch / "a.db");
  std::filesystem::path copy = scratch / "copy.db";

  FullLog() {
    must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
    for (int i = 0; i < 10; ++i) must(database.run("INSERT INTO t (v) VALUES ('row')"));
    test::copy_database(scratch / "a.db", copy);
  }
  std::filesystem::path log() const { return copy.string() + "-wal"; }
  std::int64_t rows() const {
    auto opened = test::open_database(copy);
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    CHECK(test::is_whole(*opened));
    return test::number(*opened, "SELECT count(*) FROM t");
  }
};

}  // namespace

TEST_CASE("commits that are only in the log are there after a crash") {
  FullLog base;
  CHECK(base.rows() == 10);
  CHECK(base.rows() == 10);  // and after the log went into the database
}

TEST_CASE("a torn last frame loses that commit only") {
  FullLog base;
  auto const good = test::file_content(base.log());
  REQUIRE((good.size() - kHeader) % kCell == 0);
  auto const last = good.size() - kCell;
  for (std::size_t cut = 0; cut < kCell; cut += 512) {  // shorter
    test::copy_database(base.scratch / "a.db", base.copy);
    test::put_file_content(base.log(), good.substr(0, last + cut));
    CHECK(base.rows() == 9);
  }
  for (std::size_t torn = 0; torn < kCell; torn += 512) {  // zeros where the rest should be
    test::copy_database(base.scratch / "a.db", base.copy);
    auto half = good;
    std::fill(half.begin() + static_cast<std::ptrdiff_t>(last + torn), half.end(), '\0');
    test::put_file_content(base.log(), half);
    CHECK(base.rows() == 9);
  }
  for (std::uint64_t const at : {0U, 30U, 2000U, 4150U}) {
    test::copy_database(base.scratch / "a.db", base.copy);
    test::flip_bit(base.log(), last + at);
    CHECK(base.rows() == 9);
  }
}

TEST_CASE("damage in the middle of a log is an error and drops no commit in silence") {
  FullLog base;
  auto const good = test::file_content(base.log());
  auto const cells = (good.size() - kHeader) / kCell;
  REQUIRE(cells > 10);
  int unnoticed = 0;
  for (std::uint64_t cell = 0; cell < cells; ++cell) {
    for (std::uint64_t const at : {5U, 40U, 2000U, 4155U}) {
      test::copy_database(base.scratch / "a.db", base.copy);
      test::flip_bit(base.log(), kHeader + cell * kCell + at);
      auto const opened = test::open_database(base.copy);
      // The last two commits of one frame each can't be told from torn ones: nothing synced is known to follow.
      if (cell + 2 >= cells) {
        CHECK(opened.ok());
        continue;
      }
      bool const named = !opened.ok() && opened.error().code == "store.damaged" &&
                         opened.error().what.find("frame " + std::to_string(cell + 1) + " of") != std::string::npos;
      if (!named) ++unnoticed;
      CHECK(test::file_content(base.log()).size() == good.size());  // kept for whoever salvages
    }
  }
  CHECK(unnoticed == 0);
  test::copy_database(base.scratch / "a.db", base.copy);
  test::flip_bit(base.log(), 40);
  auto const headless = test::open_database(base.copy);
  REQUIRE_FALSE(headless.ok());
  CHECK(headless.error().what.find("the header of") != std::string::npos);
  // A database whose commits were never promised takes it for the log's end, as SQLite does.
  test::copy_database(base.scratch / "a.db", base.copy);
  test::flip_bit(base.log(), kHeader + 5 * kCell);
  CHECK(test::open_database(base.copy, 'k', {.durability = store::Durability::kNormal}).ok());
}

TEST_CASE("what an earlier crash left behind the log's end is not taken for damage") {
  // A long transaction is torn at its first frame; shorter ones follow over it, again torn: behind the end stand frames
  // of two histories, commits among them.
  FullLog base;
  must(
      base.database.run("BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60) "
                        "INSERT INTO t (v) SELECT randomblob(900) FROM n; COMMIT"));
  test::copy_database(base.scratch / "a.db", base.copy);
  auto const first_cell = 72 + (test::file_content(base.log()).size() - 72) / 4160 * 4160 - 16 * 4160;
  test::flip_bit(base.log(), first_cell + 100);
  {
    auto torn = test::open_database(base.copy).value();
    CHECK(test::number(torn, "SELECT count(*) FROM t") == 10);
    for (int i = 0; i < 3; ++i) must(torn.run("INSERT INTO t (v) VALUES ('after the crash')"));
    test::copy_database(base.copy, base.scratch / "again.db");
  }
  auto again = test::open_database(base.scratch / "again.db").value();
  CHECK(test::number(again, "SELECT count(*) FROM t") == 13);
  CHECK(test::is_whole(again));
}

TEST_CASE("a torn log header without a frame leaves what was in the database") {
  FullLog base;
  must(base.database.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  test::copy_database(base.scratch / "a.db", base.copy);
  for (auto const& torn : {std::string(40, 'x'), std::string(72, '\0'), std::string(72, 'x'), std::string(3000, 'x')}) {
    test::put_file_content(base.log(), torn);
    CHECK(base.rows() == 10);
  }
}

TEST_CASE("a damaged log header is an error when a frame shows that it was whole") {
  FullLog base;
  must(base.database.checkpoint());
  must(base.database.run("INSERT INTO t (v) VALUES ('begins the log anew')"));
  test::copy_database(base.scratch / "a.db", base.copy);
  test::flip_bit(base.log(), 40);
  auto const opened = test::open_database(base.copy);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "store.damaged");
  CHECK(opened.error().what.find("the header of") != std::string::npos);
}

TEST_CASE("a first page torn by a power cut is taken from the log") {
  FullLog base;
  must(base.database.checkpoint());
  must(base.database.run("CREATE TABLE another (v)"));  // page 1 is in the log again
  test::copy_database(base.scratch / "a.db", base.copy);
  auto torn = test::file_content(base.copy);
  std::fill(torn.begin() + 512, torn.begin() + 4096, '\0');
  test::put_file_content(base.copy, torn);
  CHECK(base.rows() == 10);
}

TEST_CASE("a first page torn without a copy in the log is damage") {
  FullLog base;
  must(base.database.checkpoint());
  must(base.database.run("INSERT INTO t (v) VALUES ('page 1 is not in the log')"));
  test::copy_database(base.scratch / "a.db", base.copy);
  test::flip_bit(base.copy, 3000);
  auto opened = test::open_database(base.copy);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "store.damaged");
  CHECK(opened.error().what.find("page 1 of") != std::string::npos);
}

TEST_CASE("pages written again in one transaction are whole after a crash") {
  // A cache of a few pages makes SQLite write uncommitted frames, write them again, and put their checksums right.
  for (auto const durability : {store::Durability::kFull, store::Durability::kNormal}) {
    test::StoreScratch scratch;
    auto database = test::create_database(scratch / "a.db", 'k', {.durability = durability, .cache_bytes = 8 * 4096});
    must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE INDEX i ON t (v)"));
    must(database.transaction([&]() -> base::Done {
      for (int i = 0; i < 400; ++i) {
        TRY_DO(database.run("INSERT INTO t (v) VALUES (hex(randomblob(300)))"));
        if (i % 50 == 49) TRY_DO(database.run("UPDATE t SET v = v || 'x' WHERE id % 7 = 0"));
      }
      return database.run(
          "SAVEPOINT s; DELETE FROM t WHERE id > 100; ROLLBACK TO s; DELETE FROM t WHERE id > 390; RELEASE s");
    }));
    test::copy_database(scratch / "a.db", scratch / "b.db");
    auto copy = test::open_database(scratch / "b.db").value();
    CHECK(test::is_whole(copy));
    CHECK(test::number(copy, "SELECT count(*) FROM t") == 390);
    CHECK(test::text(copy, "SELECT group_concat(v) FROM (SELECT v FROM t ORDER BY id)") ==
          test::text(database, "SELECT group_concat(v) FROM (SELECT v FROM t ORDER BY id)"));
    must(database.checkpoint());
    CHECK(test::is_whole(database));
  }
}

TEST_CASE("an uncommitted transaction is gone after a crash") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db", 'k', {.cache_bytes = 8 * 4096});
  must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t (v) VALUES (1)"));
  must(database.run("BEGIN"));
  for (int i = 0; i < 300; ++i) must(database.run("INSERT INTO t (v) VALUES (randomblob(400))"));
  REQUIRE(std::filesystem::file_size(scratch / "a.db-wal") > 20 * kCell);  // it was spilled
  test::copy_database(scratch / "a.db", scratch / "b.db");
  auto copy = test::open_database(scratch / "b.db").value();
  CHECK(test::number(copy, "SELECT count(*) FROM t") == 1);
  CHECK(test::is_whole(copy));
  must(database.run("ROLLBACK"));
  CHECK(test::is_whole(database));
}

TEST_CASE("every rollback journal mode works and a hot journal is rolled back") {
  for (std::string const mode : {"DELETE", "TRUNCATE", "PERSIST"}) {
    CAPTURE(mode);
    test::StoreScratch scratch;
    auto database = test::create_database(scratch / "a.db", 'k', {.cache_bytes = 8 * 4096});
    must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
    must(database.run(("PRAGMA journal_mode=" + mode).c_str()));
    REQUIRE(test::text(database, "PRAGMA journal_mode") != "wal");
    for (int i = 0; i < 100; ++i) must(database.run("INSERT INTO t (v) VALUES (printf('%0400d', 1))"));
    CHECK_FALSE(database
                    .transaction([&]() -> base::Done {
                      TRY_DO(database.run("UPDATE t SET v = 'changed'"));
                      return base::refused("test.no", "no");
                    })
                    .ok());
    CHECK(test::number(database, "SELECT count(*) FROM t WHERE v = 'changed'") == 0);

    must(
        database.run("BEGIN; UPDATE t SET v = printf('%0390d', 2)"));  // more than the cache holds: the file is written
    REQUIRE(std::filesystem::file_size(scratch / "a.db-journal") > 8 * 4096);
    test::copy_database(scratch / "a.db", scratch / "b.db");
    must(database.run("COMMIT"));
    CHECK(test::number(database, "SELECT count(*) FROM t WHERE length(v) = 390") == 100);
    {
      auto copy = test::open_database(scratch / "b.db");
      if (!copy.ok()) FAIL(base::describe(copy.error()));
      CHECK(test::is_whole(*copy));
      CHECK(test::number(*copy, "SELECT count(*) FROM t WHERE length(v) = 400") == 100);
    }
    must(database.run("DELETE FROM t WHERE id > 50; PRAGMA journal_mode=WAL"));
    CHECK(test::is_whole(database));
    CHECK(test::number(database, "SELECT count(*) FROM t") == 50);
  }
}

TEST_CASE("a transaction over two databases with rollback journals is all or nothing") {
  test::StoreScratch scratch;
  {
    auto other = test::create_database(scratch / "b.db");
    must(other.run("CREATE TABLE u (v); PRAGMA journal_mode=DELETE"));
  }
  auto database = test::create_database(scratch / "a.db");
  must(database.run("CREATE TABLE t (v); PRAGMA journal_mode=DELETE"));
  must(database.run(("ATTACH '" + (scratch / "b.db").string() + "' AS other").c_str()));
  must(database.run("BEGIN; INSERT INTO t VALUES (1); INSERT INTO other.u VALUES (1); COMMIT"));
  must(database.run("BEGIN; INSERT INTO t VALUES (2); INSERT INTO other.u VALUES (2); ROLLBACK"));
  CHECK(test::number(database, "SELECT (SELECT count(*) FROM t) * 10 + (SELECT count(*) FROM other.u)") == 11);
}

TEST_CASE("exclusive locking mode works without shared memory") {
  test::StoreScratch scratch;
  auto database =
      test::create_database(scratch / "a.db", 'k', {.durability = store::Durability::kNormal, .cache_bytes = 8 * 4096});
  must(database.run("PRAGMA locking_mode=EXCLUSIVE; CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
  must(database.run(
      "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300) "
      "INSERT INTO t SELECT i, randomblob(400) FROM n; UPDATE t SET v = v || 'x' WHERE id % 3 = 0; COMMIT"));
  test::copy_database(scratch / "a.db", scratch / "b.db");
  auto copy = test::open_database(scratch / "b.db").value();
  CHECK(test::number(copy, "SELECT count(*) FROM t") == 300);
  CHECK(test::is_whole(copy));
}

TEST_CASE("temporary files on the disk give back what was put in") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db", 'k', {.cache_bytes = 8 * 4096});
  must(
      database.run("PRAGMA temp_store=FILE; CREATE TABLE t (id INTEGER PRIMARY KEY, v);"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) "
                   "INSERT INTO t SELECT i, printf('%0200d', i * 7919 % 20011) FROM n"));
  // A sort and a temporary table larger than the cache, and a statement journal that is rolled back.
  CHECK(test::number(database,
                     "SELECT count(*) FROM (SELECT v, lag(v) OVER (ORDER BY v) AS before FROM t) WHERE before >= v") ==
        0);
  must(
      database.run("CREATE TEMP TABLE u (v, w); INSERT INTO u SELECT v, id FROM t; CREATE INDEX temp.ui ON u (v); "
                   "DELETE FROM u WHERE w % 2"));
  CHECK(test::number(database, "SELECT count(*) FROM u WHERE v = printf('%0200d', w * 7919 % 20011)") == 10000);
  CHECK_FALSE(database.run("UPDATE t SET id = CASE WHEN id < 15000 THEN id + 100000 ELSE 1 END").ok());
  CHECK(test::number(database, "SELECT sum(id) FROM t") == 20000LL * 20001 / 2);
  CHECK(test::is_whole(database));
}

TEST_CASE("thousands of random operations leave a whole database with the right content") {
  for (std::uint64_t const seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    test::StoreScratch scratch;
    auto const file = scratch / "a.db";
    std::optional<store::Database> database = test::create_database(file, 'k', {.cache_bytes = 16 * 4096});
    must(database->run("CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE INDEX i ON t (v)"));
    std::map<std::int64_t, std::int64_t> model;
    auto const sizes = [&] {
      std::map<std::int64_t, std::int64_t> found;
      auto query = database->prepare("SELECT id, length(v) FROM t").value();
      while (query.step().value()) found[query.integer(0)] = query.integer(1);
      return found;
    };
    auto const change = [&](std::map<std::int64_t, std::int64_t>& rows) -> base::Done {
      auto const id = static_cast<std::int64_t>(random->below(300));
      if (random->below(4) == 0) {
        rows.erase(id);
        TRY(auto erase, database->prepare("DELETE FROM t WHERE id = ?"));
        return erase.bind(1, id).run();
      }
      auto const size = static_cast<std::int64_t>(random->below(random->below(10) == 0 ? 9000 : 300));
      rows[id] = size;
      TRY(auto put, database->prepare("INSERT OR REPLACE INTO t VALUES (?, randomblob(max(1, ?)))"));
      rows[id] = std::max<std::int64_t>(1, size);
      return put.bind(1, id).bind(2, size).run();
    };
    for (int round = 0; round < 400; ++round) {
      switch (random->below(12)) {
        case 0: must(database->checkpoint()); break;
        case 1: must(database->run("PRAGMA wal_checkpoint(TRUNCATE)")); break;
        case 2: {  // a crash: what the files hold is all there is
          test::copy_database(file, scratch / "b.db");
          database.reset();
          test::copy_database(scratch / "b.db", file);
          database = test::open_database(file, 'k', {.cache_bytes = 16 * 4096}).value();
          break;
        }
        case 3: {  // taken back
          auto changed = model;
          CHECK_FALSE(database
                          ->transaction([&]() -> base::Done {
                            for (int i = 0; i < 30; ++i) TRY_DO(change(changed));
                            return base::refused("test.no", "no");
                          })
                          .ok());
          break;
        }
        case 4:
          if (random->below(10) == 0) must(database->run("VACUUM"));
          break;
        default:
          must(database->transaction([&]() -> base::Done {
            auto const changes = 1 + random->below(random->below(8) == 0 ? 150 : 6);
            for (std::uint64_t i = 0; i < changes; ++i) TRY_DO(change(model));
            return {};
          }));
      }
    }
    CHECK(sizes() == model);
    CHECK(test::is_whole(*database));
    database.reset();
    database = test::open_database(file).value();
    CHECK(sizes() == model);
    CHECK(test::is_whole(*database));
  }
}
