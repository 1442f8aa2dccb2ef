// Every call to the disk fails, once and for good, while SQLite does what a kiosk's day does not: rollback journals of
// each mode, spilled caches, savepoints, VACUUM, sorters on the disk, several databases in one transaction, recovery.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <functional>

#include "tests/faults/kiosk_day.h"
#include "tests/support/store_disk_vfs.h"
#include "tests/support/store_sql.h"

using namespace dga;
using base::Done;
using test::Disk;
using test::DiskTrouble;
using test::DiskVfs;

namespace {

constexpr int kRows = 30;

// Every row has the same number, so a mixture of before and after is seen.
constexpr char kMake[] =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, version INTEGER, filling BLOB);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) "
    "INSERT INTO t SELECT i, 0, zeroblob(900) FROM n; CREATE INDEX by_version ON t (version, id)";

store::OpenOptions options_of(DiskVfs const& disk) { return {.cache_bytes = 8 * 4096, .base_vfs = disk.name()}; }
Done open_and(DiskVfs& disk, std::function<Done(store::Database&)> const& work) {
  TRY(auto database, store::Database::open("/a.db", test::store_key('k'), options_of(disk)));
  return work(database);
}
Done run(DiskVfs& disk, std::string const& sql) {
  return open_and(disk, [&](store::Database& database) { return database.run(sql.c_str()); });
}

struct Operation {
  std::string name;
  std::string before;  // on the way to where it begins
  std::function<Done(DiskVfs&)> work;
  bool killed = false;  // it begins with what a killed program left in the middle of its last statement
};

Operation sql(std::string name, std::string before, std::string work) {
  return {std::move(name), std::move(before), [work](DiskVfs& disk) { return run(disk, work); }};
}

std::vector<Operation> operations() {
  std::string const change = "BEGIN; UPDATE t SET version = version + 1; COMMIT;";
  std::string const undone =
      "BEGIN; UPDATE t SET version = version + 1; SAVEPOINT s; DELETE FROM t WHERE id % 3 = 0; "
      "INSERT INTO t (version, filling) VALUES (9, zeroblob(30000)); ROLLBACK TO s; RELEASE s; COMMIT;";
  std::string const small = "PRAGMA cache_size=2; PRAGMA cache_spill=1;";
  std::vector<Operation> all;
  all.push_back(sql("commits and a checkpoint", "", small + change + "PRAGMA wal_checkpoint(TRUNCATE)"));
  all.push_back(sql("savepoints", "", small + undone));
  for (std::string const mode : {"DELETE", "TRUNCATE", "PERSIST"}) {
    auto const begin = "PRAGMA journal_mode=" + mode + ";";
    all.push_back(sql("a journal, " + mode, begin, small + begin + change + undone));
    all.push_back(sql(
        "a rollback, " + mode, begin,
        small + begin + "BEGIN; UPDATE t SET version = version + 1; DELETE FROM t WHERE id > 5; ROLLBACK;" + change));
  }
  all.push_back(sql("to a journal and back", "", "PRAGMA journal_mode=DELETE;" + change + "PRAGMA journal_mode=WAL;"));
  all.push_back(sql("VACUUM", "", "DELETE FROM t WHERE version < 0; VACUUM"));
  all.push_back(sql("VACUUM with a journal", "PRAGMA journal_mode=DELETE", small + "VACUUM"));
  all.push_back(sql("a sorter on the disk", "",
                    "PRAGMA temp_store=FILE;" + small +
                        "CREATE TEMP TABLE sorted AS SELECT a.id, b.filling FROM t a, t b ORDER BY b.id % 7, a.id; "
                        "UPDATE sorted SET filling = zeroblob(200) WHERE id > 20; DROP TABLE sorted"));
  all.push_back(sql("two databases in one transaction", "PRAGMA journal_mode=DELETE",
                    "ATTACH '/b.db' AS b; PRAGMA b.journal_mode=DELETE; CREATE TABLE IF NOT EXISTS b.u (version);"
                    "PRAGMA journal_mode=DELETE; BEGIN; UPDATE t SET version = version + 1; "
                    "INSERT INTO b.u SELECT max(version) FROM t; COMMIT; DETACH b"));
  auto const look = [](DiskVfs& disk) { return run(disk, "UPDATE t SET filling = zeroblob(901) WHERE id = 1"); };
  all.push_back({"recovery of a log", change + change, look, true});
  all.push_back(
      {"recovery of a journal", "PRAGMA journal_mode=DELETE;" + small + "BEGIN; UPDATE t SET version = 7", look, true});
  return all;
}

// What the disk holds where the operation begins.
Disk begin(Operation const& operation) {
  DiskVfs disk;
  auto options = options_of(disk);
  options.mode = store::OpenMode::kCreate;
  REQUIRE(store::Database::open("/b.db", test::store_key('k'), options).ok());  // for those who attach it
  auto made = store::Database::open("/a.db", test::store_key('k'), options);
  if (!made.ok()) FAIL(base::describe(made.error()));
  test::must(made->run(kMake));
  test::must(made->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (!operation.before.empty()) test::must(made->run(operation.before.c_str()));
  if (operation.killed) return disk.content();
  { auto const closed = std::move(*made); }
  return disk.content();
}

// The number that all rows have; what is wrong, when something is.
base::Result<std::int64_t> version_of(DiskVfs& disk) {
  std::int64_t version = -1;
  TRY_DO(open_and(disk, [&](store::Database& database) -> Done {
    if (!test::is_whole(database)) return base::damaged("test.not_whole", "integrity_check finds something");
    TRY(auto query, database.prepare("SELECT min(version), max(version), count(*) FROM t"));
    TRY(bool const row, query.step());
    if (!row || query.integer(0) != query.integer(1) || query.integer(2) != kRows)
      return base::damaged("test.mixed", "the rows are of several changes");
    version = query.integer(0);
    // And it goes on from there.
    query.reset();
    return database.run(
        "INSERT INTO t (version, filling) VALUES (99, zeroblob(5000)); DELETE FROM t WHERE version = 99");
  }));
  return version;
}

struct Tried {
  bool failed = false;
  std::string wrong;
};
Tried try_once(Operation const& operation, Disk const& from, test::DiskFault const& fault, std::int64_t most) {
  DiskVfs disk(from);
  disk.fail(fault);
  auto const done = operation.work(disk);
  Tried tried{disk.failed(), {}};
  disk.mend();
  auto const version = version_of(disk);
  if (!version.ok()) return {tried.failed, "afterwards: " + base::describe(version.error())};
  if (done.ok() && *version != most) tried.wrong = fmt::format("told well, and it is {} instead of {}", *version, most);
  if (*version < 0 || *version > most) tried.wrong = fmt::format("it is {}", *version);
  if (!done.ok() && (done.error().code.empty() || done.error().next.empty())) tried.wrong = "an error without words";
  return tried;
}

}  // namespace

TEST_CASE("whatever call to the disk fails, a database is as before or after what was done, and says so") {
  constexpr std::pair<unsigned, DiskTrouble> kFaults[] = {
      {test::kReads, DiskTrouble::kError},  {test::kReads, DiskTrouble::kShort},
      {test::kWrites, DiskTrouble::kError}, {test::kWrites | test::kSyncs, DiskTrouble::kFull},
      {test::kSyncs, DiskTrouble::kError},  {test::kTruncates, DiskTrouble::kError},
      {test::kOpens, DiskTrouble::kError},  {test::kDeletes, DiskTrouble::kError},
      {test::kSizes, DiskTrouble::kError},  {test::kAccesses, DiskTrouble::kError},
      {test::kLocks, DiskTrouble::kError},  {test::kSharedMemory, DiskTrouble::kError},
  };
  std::uint64_t points = 0;
  for (auto const& operation : operations()) {
    CAPTURE(operation.name);
    auto const from = begin(operation);
    DiskVfs calm(from);
    auto const done = operation.work(calm);
    if (!done.ok()) FAIL(base::describe(done.error()));
    auto const after_all = version_of(calm);
    if (!after_all.ok()) FAIL(base::describe(after_all.error()));
    for (auto const& [calls, trouble] : kFaults) {
      CAPTURE(calls);
      std::uint64_t const stride = test::is_long() ? 1 : 3;
      for (std::uint64_t after = 0;; after += after < 12 ? 1 : stride) {
        CAPTURE(after);
        auto const tried =
            try_once(operation, from, {calls, trouble, after, after % 2 == 0 ? 1 : UINT64_MAX}, *after_all);
        if (!tried.wrong.empty()) FAIL_CHECK(tried.wrong);
        if (!tried.failed) break;
        ++points;
      }
    }
  }
  MESSAGE("the disk failed at ", points, " points");
  CHECK(points > 1'000);
}

TEST_CASE("negative control: a disk that only seems to write is seen") {
  auto const operation = sql("one commit", "", "UPDATE t SET version = version + 1");
  auto const tried = try_once(operation, begin(operation), {test::kWrites, DiskTrouble::kSilent, 0, UINT64_MAX}, 1);
  CHECK_FALSE(tried.wrong.empty());
}
