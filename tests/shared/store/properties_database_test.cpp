// The encrypted database against plain SQLite: the same statements, the same answers, whatever the order.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "tests/support/properties.h"
#include "tests/support/store_sql.h"

using namespace dga;

namespace {

// What a statement answers: its result code and all its rows.
std::string answer(sqlite3* handle, std::string const& sql) {
  std::string rows;
  auto const take = [](void* into, int count, char** values, char**) {
    auto& text = *static_cast<std::string*>(into);
    for (int i = 0; i < count; ++i) text += (values[i] == nullptr ? "NULL" : values[i]) + std::string("|");
    text += "\n";
    return 0;
  };
  int const result = sqlite3_exec(handle, sql.c_str(), take, &rows, nullptr);
  return std::to_string(result & 0xFF) + "\n" + rows;
}

// The same database twice.
class Twins {
 public:
  Twins() {
    encrypted_.emplace(test::create_database(scratch_ / "sealed.db"));
    open_plain();
    both(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b BLOB); CREATE INDEX by_a ON t (a, b);"
        "CREATE TABLE u (k TEXT PRIMARY KEY, v) WITHOUT ROWID");
  }
  ~Twins() { sqlite3_close_v2(plain_); }
  Twins(Twins const&) = delete;
  Twins& operator=(Twins const&) = delete;

  void both(std::string const& sql) {
    auto const expected = answer(plain_, sql), got = answer(encrypted_->handle(), sql);
    if (got != expected) RC_LOG() << sql << "\nplain: " << expected << "ours: " << got;
    RC_ASSERT(got == expected);
  }
  // As a program that ends in the middle of whatever it was doing.
  void reopen() {
    encrypted_.reset();
    sqlite3_close_v2(plain_);
    plain_ = nullptr;
    auto opened = test::open_database(scratch_ / "sealed.db");
    RC_ASSERT(opened.ok());
    encrypted_.emplace(std::move(opened).value());
    open_plain();
  }
  void compare_all() {
    both("SELECT id, a, hex(b) FROM t ORDER BY id");
    both("SELECT a, count(*), sum(length(b)) FROM t INDEXED BY by_a WHERE a > 2 GROUP BY a ORDER BY a");
    both("SELECT k, hex(v) FROM u ORDER BY k DESC");
    both("PRAGMA integrity_check");
  }

 private:
  void open_plain() {
    RC_ASSERT(sqlite3_open_v2((scratch_ / "plain.db").c_str(), &plain_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              "unix-excl") == SQLITE_OK);
    RC_ASSERT(sqlite3_exec(plain_, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", nullptr, nullptr, nullptr) ==
              SQLITE_OK);
  }
  test::StoreScratch scratch_;
  std::optional<store::Database> encrypted_;
  sqlite3* plain_ = nullptr;
};

// Statements that answer the same however the database lies on the disk. Many fail where they come (a commit without a
// transaction): then they must fail alike.
std::string any_statement() {
  auto const id = *rc::gen::inRange(1, 30), size = *rc::gen::inRange(0, 9'000), a = *rc::gen::inRange(0, 6);
  switch (*rc::gen::inRange(0, 20)) {
    case 0:
    case 1:
    case 2: return fmt::format("INSERT INTO t VALUES ({}, {}, zeroblob({}))", id, a, size);
    case 3: return fmt::format("INSERT OR REPLACE INTO t VALUES ({}, {}, zeroblob({}))", id, a, size);
    case 4: return fmt::format("UPDATE t SET a = a + 1, b = zeroblob({}) WHERE a = {}", size, a);
    case 5: return fmt::format("DELETE FROM t WHERE a = {} OR id = {}", a, id);
    case 6: return fmt::format("INSERT OR IGNORE INTO u VALUES ('{}', zeroblob({}))", id, size);
    case 7:
      return fmt::format(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
          "INSERT INTO t (a, b) SELECT i % 6, zeroblob(i * 40) FROM n",
          id * 3);
    case 8: return "BEGIN";
    case 9: return "COMMIT";
    case 10: return "ROLLBACK";
    case 11: return fmt::format("SAVEPOINT s{}", a % 2);
    case 12: return fmt::format("ROLLBACK TO s{}", a % 2);
    case 13: return fmt::format("RELEASE s{}", a % 2);
    case 14: return "VACUUM";
    case 15: return fmt::format("PRAGMA cache_size={}; SELECT count(*), sum(a) FROM t", *rc::gen::element(2, 5, 500));
    case 16: return fmt::format("SELECT id, a, length(b) FROM t WHERE a = {} ORDER BY a, id", a);
    case 17:
      return fmt::format(
          "SELECT x.a, y.id FROM t x JOIN t y ON x.a = y.a WHERE x.id < {} ORDER BY y.b, y.id, x.id "
          "LIMIT 50",
          id);
    case 18: return "DROP INDEX by_a; CREATE INDEX by_a ON t (a, b)";
    default: return "PRAGMA user_version=" + std::to_string(id) + "; PRAGMA user_version";
  }
}

}  // namespace

TEST_CASE("an encrypted database answers whatever plain SQLite answers") {
  CHECK(test::holds("twins", 400, 80, [](std::vector<std::uint8_t> const& moments) {
    Twins twins;
    for (auto const moment : moments) {
      if (moment % 16 == 0) {
        twins.reopen();
      } else if (moment % 16 == 1) {
        twins.both("PRAGMA wal_checkpoint(TRUNCATE)");
      } else {
        twins.both(any_statement());
      }
    }
    twins.compare_all();
    twins.reopen();
    twins.compare_all();
  }));
}

TEST_CASE("negative control: one row more in one of the twins is seen") {
  test::StoreScratch scratch;
  auto one = test::create_database(scratch / "one.db"), other = test::create_database(scratch / "other.db");
  for (auto* database : {&one, &other}) test::must(database->run("CREATE TABLE t (a); INSERT INTO t VALUES (1)"));
  CHECK(answer(one.handle(), "SELECT * FROM t") == answer(other.handle(), "SELECT * FROM t"));
  test::must(other.run("INSERT INTO t VALUES (2)"));
  CHECK(answer(one.handle(), "SELECT * FROM t") != answer(other.handle(), "SELECT * FROM t"));
}
