#include "shared/store/wal_room.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "shared/store/database.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::Database;

namespace {

void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}

// A database whose log is kept, and a second connection of this program.
struct Two {
  test::StoreScratch scratch;
  crypto::Key32 key = test::store_key('k');
  std::optional<Database> first, second;
  std::function<void()> in_between;

  Two() {
    first = open(store::OpenMode::kCreate);
    must(first->run("CREATE TABLE t (v)"));
    REQUIRE(store::keep_wal(first->handle()) == SQLITE_OK);
    must(first->run("INSERT INTO t VALUES (1)"));
    second = open(store::OpenMode::kExisting);
  }
  Database open(store::OpenMode mode) {
    auto opened = Database::open(scratch / "a.db", key, {.mode = mode});
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    return std::move(opened).value();
  }
  // When the log's frames have just been moved: before the transaction in which it is written over.
  void commits_in_between() {
    auto const at_statement = [](unsigned, void* two, void*, void* text) {
      if (std::string_view(static_cast<char const*>(text)) == "BEGIN IMMEDIATE")
        if (auto const commit = std::exchange(static_cast<Two*>(two)->in_between, {})) commit();
      return 0;
    };
    in_between = [this] { must(second->run("INSERT INTO t VALUES (2)")); };
    sqlite3_trace_v2(first->handle(), SQLITE_TRACE_STMT, at_statement, this);
  }
  // What a program finds that starts where this one was killed.
  std::int64_t rows_after_a_kill() {
    test::copy_database(scratch / "a.db", scratch / "copy.db");
    auto copy = Database::open(scratch / "copy.db", key, {});
    if (!copy.ok()) FAIL(base::describe(copy.error()));
    auto count = copy->prepare("SELECT count(*) FROM t");
    REQUIRE(count.ok());
    REQUIRE(count->step().value());
    return count->integer(0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Two, "what another connection commits while a log is being emptied or scrubbed is not lost") {
  auto const work = {store::empty_wal, store::scrub_wal};
  for (auto* const each : work) {
    must(first->run("DELETE FROM t WHERE v = 2"));
    commits_in_between();
    CHECK((each(first->handle()) & 0xff) == SQLITE_BUSY);
    CHECK_FALSE(in_between);
    CHECK(rows_after_a_kill() == 2);
    CHECK(each(first->handle()) == SQLITE_OK);
    CHECK(rows_after_a_kill() == 2);
  }
}

TEST_CASE_FIXTURE(Two, "a log is not emptied under a connection that is writing, and closing loses nothing") {
  must(second->run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)"));
  sqlite3_busy_timeout(first->handle(), 0);
  CHECK((store::scrub_wal(first->handle()) & 0xff) == SQLITE_BUSY);
  must(second->run("COMMIT"));
  CHECK(rows_after_a_kill() == 2);
  CHECK(store::scrub_wal(first->handle()) == SQLITE_OK);
  // Nothing is left begun.
  must(first->run("BEGIN; INSERT INTO t VALUES (3); COMMIT"));
  commits_in_between();
  first.reset();
  CHECK_FALSE(in_between);
  CHECK(rows_after_a_kill() == 4);
  second.reset();
  CHECK(rows_after_a_kill() == 4);
}

TEST_CASE_FIXTURE(Two, "a log that another connection reads to its newest frame is neither emptied nor scrubbed") {
  sqlite3_busy_timeout(first->handle(), 0);
  for (auto* const each : {store::empty_wal, store::scrub_wal}) {
    must(first->run("DELETE FROM t WHERE v = 2"));
    must(second->run("BEGIN"));
    {
      auto reading = second->prepare("SELECT count(*) FROM t");
      REQUIRE(reading.ok());
      REQUIRE(reading->step().value());
      CHECK((each(first->handle()) & 0xff) == SQLITE_BUSY);
    }
    // With the reader still there this goes behind the frames it reads.
    must(first->run("INSERT INTO t VALUES (2)"));
    CHECK(rows_after_a_kill() == 2);
    must(second->run("COMMIT"));
    CHECK(each(first->handle()) == SQLITE_OK);
    // One that begins to read now needs none of the log's frames, and the next commit begins it anew.
    must(second->run("BEGIN"));
    {
      auto reading = second->prepare("SELECT count(*) FROM t");
      REQUIRE(reading.ok());
      REQUIRE(reading->step().value());
      must(first->run("INSERT INTO t VALUES (3); DELETE FROM t WHERE v = 3"));
      CHECK(rows_after_a_kill() == 2);
      CHECK(reading->integer(0) == 2);
    }
    must(second->run("COMMIT"));
  }
}
