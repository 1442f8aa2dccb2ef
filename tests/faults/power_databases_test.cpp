// Power cuts where the kiosk does not go, but sodium_vfs does: rollback journals, statement journals, temporary files,
// VACUUM, backups, transactions over two databases, readers beside a writer.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <functional>

#include "tests/faults/kiosk_day.h"
#include "tests/support/store_power_cut.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;
using test::PowerCut;

namespace {

// What a database says when it is asked for everything.
std::string content(store::Database& database) {
  return test::text(database, "SELECT coalesce(group_concat(id || v, ','), '') FROM t");
}

// Two databases on one disk, and what they held after each commit.
class World {
 public:
  enum class Together { kOneTransaction, kEachByItself };
  struct Moment {
    std::size_t operations;
    std::string a, b;
  };

  explicit World(std::string const& journal) {
    for (auto const* name : {"a.db", "b.db"}) {
      auto database = test::create_database(path(name), 'k', options());
      must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t (v)"));
      must(database.run(fill(40).c_str()));
      must(database.run(("PRAGMA journal_mode=" + journal).c_str()));
    }
    before_ = disk.content();
    disk.insert(before_);
    mark();
  }

  static std::string path(std::string const& name) { return "/disk/" + name; }
  // Eight pages, so that what is not committed is written.
  store::OpenOptions options() { return {.cache_bytes = 8 * 4096, .base_vfs = disk.name()}; }
  // Opening makes it WAL: a database with rollback journals is told so again.
  store::Database open(std::string const& name, std::string const& journal = "WAL") {
    auto opened = test::open_database(path(name), 'k', options());
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    must(opened->run(("PRAGMA temp_store=FILE; PRAGMA journal_mode=" + journal).c_str()));
    // A commit is a journal's name that goes: only EXTRA syncs the folder then.
    if (journal == "DELETE") must(opened->run("PRAGMA synchronous=EXTRA"));
    return std::move(opened).value();
  }
  static std::string fill(int rows) {
    return fmt::format(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) "
        "INSERT INTO t (v) SELECT printf('%0{}d', i * 7919 % 1009) FROM n",
        rows, 200 + rows);
  }

  // What is there now is acknowledged. Looks through a copy, so that nothing is disturbed.
  void mark() {
    test::DiskVfs copy(disk.content());
    std::string found[2];
    for (int i = 0; i < 2; ++i) {
      auto opened = test::open_database(path(i == 0 ? "a.db" : "b.db"), 'k', {.base_vfs = copy.name()});
      if (!opened.ok()) FAIL(base::describe(opened.error()));
      found[i] = content(*opened);
    }
    moments_.push_back({disk.operations().size(), found[0], found[1]});
  }

  // Cuts the power after every operation. "" or what was wrong first.
  std::string cut(std::uint64_t seed, Together together, int rounds, std::uint64_t& images,
                  std::set<std::string> const& lying = {}) {
    auto const operations = disk.operations();
    test::PowerCuts cuts(before_, operations, lying);
    auto random = base::seeded_random(seed);
    std::size_t promised = 0;
    for (std::size_t count = 0; count <= operations.size(); ++count) {
      cuts.advance_to(count);
      while (promised + 1 < moments_.size() && moments_[promised + 1].operations <= count) ++promised;
      for (int round = 0; round < rounds; ++round) {
        constexpr PowerCut kWays[] = {PowerCut::kTears, PowerCut::kPicks, PowerCut::kDropsAll, PowerCut::kKeepsAll};
        ++images;
        auto const wrong =
            examine(cuts.cut(kWays[(count + static_cast<std::size_t>(round)) % 4], *random), promised, together);
        if (!wrong.empty()) return fmt::format("after operation {}, commit {}: {}", count, promised, wrong);
      }
    }
    return {};
  }

  test::DiskVfs disk;

 private:
  std::string examine(test::Disk const& image, std::size_t promised, Together together) {
    test::DiskVfs found_disk(image);
    std::string found[2];
    for (int i = 0; i < 2; ++i) {
      auto const name = i == 0 ? "a.db" : "b.db";
      auto opened = test::open_database(path(name), 'k', {.base_vfs = found_disk.name()});
      if (!opened.ok()) return base::describe(opened.error());
      auto check = opened->prepare("PRAGMA integrity_check");
      if (!check.ok()) return base::describe(check.error());
      if (auto const row = check->step(); !row.ok() || check->bytes(0) != "ok")
        return fmt::format("{} is corrupt", name);
      check->reset();
      found[i] = content(*opened);
      if (auto const done = opened->run("INSERT INTO t (v) VALUES ('goes on')"); !done.ok())
        return base::describe(done.error());
    }
    auto const last = std::min(promised + 1, moments_.size() - 1);
    bool a_fits = false, b_fits = false;
    for (auto at = promised; at <= last; ++at) {
      bool const a = found[0] == moments_[at].a, b = found[1] == moments_[at].b;
      if (a && b) return {};
      a_fits = a_fits || a;
      b_fits = b_fits || b;
    }
    if (together == Together::kEachByItself && a_fits && b_fits) return {};
    return fmt::format("what is there was never committed ({}, {})", a_fits ? "a fits" : "a does not",
                       b_fits ? "b fits" : "b does not");
  }

  test::Disk before_;
  std::vector<Moment> moments_;
};

int rounds() { return test::is_long() ? 8 : 2; }

void expect_nothing_lost(World& world, std::uint64_t seed, std::string const& what,
                         World::Together together = World::Together::kOneTransaction) {
  std::uint64_t images = 0;
  auto const wrong = world.cut(seed, together, rounds(), images);
  fmt::print("power loss, {}: {} images{}{}\n", what, images, wrong.empty() ? "" : ", ", wrong);
  CHECK(images > 50);
  CHECK(wrong == "");
}

// Commits, rollbacks and a statement that fails half-way, in transactions larger than the cache.
void work(World& world, store::Database& database) {
  auto const commit = [&](std::string const& sql) {
    must(database.run(sql.c_str()));
    world.mark();
  };
  commit("INSERT INTO t (v) VALUES ('one')");
  commit("BEGIN; " + World::fill(60) + "; UPDATE t SET v = v || 'x' WHERE id % 3 = 0; COMMIT");
  must(database.run(("BEGIN; " + World::fill(50) + "; DELETE FROM t WHERE id % 2; ROLLBACK").c_str()));
  must(database.run("BEGIN; UPDATE t SET v = v || 'y' WHERE id < 60"));
  CHECK_FALSE(database.run("UPDATE t SET id = CASE WHEN id < 70 THEN id + 100000 ELSE 1 END").ok());
  commit("SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; RELEASE s; DELETE FROM t WHERE id > 90; COMMIT");
  must(database.run("CREATE TEMP TABLE u AS SELECT v FROM t ORDER BY v DESC; DELETE FROM temp.u"));
  commit("DELETE FROM t WHERE id % 5 = 1");
}

}  // namespace

TEST_CASE("databases with a rollback journal hold what was committed after every power cut") {
  for (std::string const mode : {"DELETE", "TRUNCATE", "PERSIST"}) {
    CAPTURE(mode);
    World world(mode);
    {
      auto database = world.open("a.db", mode);
      world.mark();
      work(world, database);
      must(database.run("VACUUM"));
      world.mark();
      must(database.run("INSERT INTO t (v) VALUES ('last')"));
      world.mark();
    }
    expect_nothing_lost(world, 61, "journal_mode=" + mode + " and VACUUM");
  }
}

TEST_CASE("a log with statements taken back, temporary files and VACUUM holds what was committed") {
  World world("WAL");
  {
    auto database = world.open("a.db");
    work(world, database);
    must(database.run("VACUUM"));
    world.mark();
    must(database.checkpoint());
    must(database.run("INSERT INTO t (v) VALUES ('last')"));
    world.mark();
  }
  expect_nothing_lost(world, 62, "journal_mode=WAL and VACUUM");
}

TEST_CASE("a backup is there whole or not at all, and its source is as it was") {
  for (std::string const mode : {"WAL", "DELETE"}) {
    World world(mode);
    {
      auto from = world.open("a.db", mode), to = world.open("b.db", mode);
      world.mark();
      must(from.run(World::fill(80).c_str()));
      world.mark();
      auto* const backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
      REQUIRE(backup != nullptr);
      REQUIRE(sqlite3_backup_step(backup, 5) == SQLITE_OK);
      must(from.run("UPDATE t SET v = v || 'z' WHERE id < 20"));  // while it runs
      world.mark();
      while (sqlite3_backup_step(backup, 5) == SQLITE_OK) {}
      REQUIRE(sqlite3_backup_finish(backup) == SQLITE_OK);
      world.mark();
    }
    expect_nothing_lost(world, 63, "backup with journal_mode=" + mode);
  }
}

TEST_CASE("a transaction over two databases with rollback journals is there in both or in none") {
  for (std::string const mode : {"DELETE", "TRUNCATE", "PERSIST"}) {
    CAPTURE(mode);
    World world(mode);
    {
      auto database = world.open("a.db", mode);
      must(database.run(("ATTACH '" + World::path("b.db") + "' AS other").c_str()));
      must(database.run(("PRAGMA other.synchronous=EXTRA; PRAGMA other.journal_mode=" + mode).c_str()));
      world.mark();
      for (int i = 0; i < 4; ++i) {
        must(
            database.run("BEGIN; UPDATE t SET v = v || 'a' WHERE id % 3 = 0; INSERT INTO t (v) VALUES ('both'); "
                         "UPDATE other.t SET v = v || 'b' WHERE id % 2 = 0; INSERT INTO other.t (v) VALUES ('both'); "
                         "COMMIT"));
        world.mark();
      }
    }
    expect_nothing_lost(world, 64, "two databases, journal_mode=" + mode);
  }
}

TEST_CASE("a transaction over two databases with logs is whole in each") {
  // SQLite promises no more here: its super-journal belongs to rollback journals.
  World world("WAL");
  {
    auto database = world.open("a.db");
    must(database.run(("ATTACH '" + World::path("b.db") + "' AS other; PRAGMA other.synchronous=FULL").c_str()));
    for (int i = 0; i < 6; ++i) {
      must(database.run("BEGIN; UPDATE t SET v = v || 'a' WHERE id % 3 = 0; UPDATE other.t SET v = v || 'b'; COMMIT"));
      world.mark();
      if (i == 3) must(database.run("PRAGMA wal_checkpoint"));
    }
  }
  expect_nothing_lost(world, 65, "two databases, journal_mode=WAL", World::Together::kEachByItself);
}

TEST_CASE("two connections that write in turn, beside a reader that holds back the checkpoint, lose nothing") {
  World world("WAL");
  {
    auto first = world.open("a.db"), second = world.open("a.db"), reader = world.open("a.db");
    for (int round = 0; round < 6; ++round) {
      auto const seen = content(first);
      must(reader.run("BEGIN; SELECT count(*) FROM t"));
      auto const before = content(reader);
      CHECK(before == seen);
      for (auto* writer : {&first, &second, &first}) {
        must(
            writer->run("BEGIN IMMEDIATE; INSERT INTO t (v) VALUES (printf('%0300d', 5));"
                        "UPDATE t SET v = v || 'w' WHERE id % 4 = 0; COMMIT"));
        world.mark();
      }
      must(second.checkpoint());  // as far as the reader allows
      CHECK(content(reader) == before);
      must(reader.run("COMMIT"));
      must(first.checkpoint());  // all of it: the log begins anew
      CHECK(content(reader) == content(second));
    }
  }
  expect_nothing_lost(world, 66, "two writers and a reader", World::Together::kEachByItself);
}

TEST_CASE("databases on a disk that lies about the syncs of a journal are found out") {
  World world("DELETE");
  {
    auto database = world.open("a.db", "DELETE");
    world.mark();
    work(world, database);
  }
  std::uint64_t images = 0;
  auto const wrong = world.cut(67, World::Together::kOneTransaction, 8, images, {"a.db-journal"});
  fmt::print("power loss, control with a lying journal: after {} images {}\n", images, wrong);
  CHECK(wrong != "");
}
