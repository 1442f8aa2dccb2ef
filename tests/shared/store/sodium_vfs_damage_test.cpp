// Damage, wrong keys and strange files: each is its own error, and none is ever silently different data.
#include <doctest/doctest.h>
#include <sodium.h>
#include <sqlite3.h>

#include "shared/base/random.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;

namespace {

constexpr std::uint64_t kPage = 4096;

// A database of some twenty pages, closed.
struct Database20 {
  test::StoreScratch scratch;
  std::filesystem::path file = scratch / "a.db";
  std::uint64_t pages = 0;

  Database20() {
    {
      auto database = test::create_database(file);
      must(
          database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE INDEX i ON t (v);"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) "
                       "INSERT INTO t SELECT i, printf('%0300d', i * 7919 % 1000) FROM n;"
                       "INSERT INTO t VALUES (1000, zeroblob(20000))"));
    }
    pages = std::filesystem::file_size(file) / kPage;
    REQUIRE(pages > 15);
  }
};

// Opens and reads every row; the code of the first error, its words, or nothing.
struct Outcome {
  std::string code, what;
  std::int64_t sum = 0;
};
Outcome read_all(std::filesystem::path const& file, char key = 'k') {
  auto database = test::open_database(file, key);
  if (!database.ok()) return {database.error().code, database.error().what};
  Outcome outcome;
  for (auto const* sql : {"SELECT id + length(v) + unicode(v) FROM t NOT INDEXED",
                          "SELECT id FROM t INDEXED BY i WHERE v >= ''", "SELECT hex(v) FROM t WHERE id = 1000"}) {
    auto query = database->prepare(sql);
    if (!query.ok()) return {query.error().code, query.error().what};
    for (;;) {
      auto const row = query->step();
      if (!row.ok()) return {row.error().code, row.error().what};
      if (!*row) break;
      outcome.sum += query->integer(0);
    }
  }
  return outcome;
}

}  // namespace

TEST_CASE("a wrong key is called a wrong key") {
  Database20 base;
  auto const outcome = read_all(base.file, 'x');
  CHECK(outcome.code == "store.wrong_key");
  CHECK(read_all(base.file).code == "");
}

TEST_CASE("a wrong key is called a wrong key while the log is still full") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
  test::copy_database(scratch / "a.db", scratch / "b.db");
  REQUIRE(std::filesystem::exists(scratch / "b.db-wal"));
  CHECK(read_all(scratch / "b.db", 'x').code == "store.wrong_key");
  auto copy = test::open_database(scratch / "b.db");  // and the attempt has harmed nothing
  REQUIRE(copy.ok());
  CHECK(test::number(*copy, "SELECT count(*) FROM t") == 0);
}

TEST_CASE("a database of a later format is called too new and is left as it is") {
  Database20 base;
  auto file = test::file_content(base.file);
  // As a later version would seal it: the same key, its own name in the associated data.
  std::string const key(32, 'k'), about = std::string("dgavfs2\1", 8) + base::le64(1);
  auto const octets = [](std::string const& text) { return reinterpret_cast<unsigned char const*>(text.data()); };
  std::string const plain(4056, 'p'), nonce(24, 'n');
  std::string sealed(4056 + 16, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(sealed.data()), nullptr, octets(plain),
                                             plain.size(), octets(about), about.size(), nullptr, octets(nonce),
                                             octets(key));
  // All of its pages are strange to this version.
  file.assign(file.size(), 'x').replace(0, 4096, sealed.substr(0, 4056) + nonce + sealed.substr(4056));
  test::put_file_content(base.file, file);
  auto const outcome = read_all(base.file);
  CHECK(outcome.code == "store.too_new");
  CHECK(outcome.what.find("format 2") != std::string::npos);
  CHECK(read_all(base.file, 'x').code == "store.wrong_key");
  CHECK(test::file_content(base.file) == file);
}

TEST_CASE("files of other kinds are not ours") {
  test::StoreScratch scratch;
  auto const file = scratch / "a.db";
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &plain) == SQLITE_OK);
  REQUIRE(sqlite3_exec(plain, "CREATE TABLE t (v); INSERT INTO t VALUES (1)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(plain);
  auto const before = test::file_content(file);
  CHECK(read_all(file).code == "store.not_ours");
  CHECK(test::file_content(file) == before);

  test::put_file_content(file, "\xff\xd8\xff\xe0 JFIF, and then a picture of the hall");
  CHECK(read_all(file).code == "store.not_ours");
  test::put_file_content(file, std::string(100'000, 'p'));
  CHECK(read_all(file).code == "store.not_ours");
  test::put_file_content(file, "");
  CHECK(read_all(file).code == "store.not_ours");
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  CHECK(read_all(file).code == "store.failed");
}

TEST_CASE("an empty database beside a full log is damage and the log is kept") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
  test::copy_database(scratch / "a.db", scratch / "b.db");
  test::put_file_content(scratch / "b.db", "");
  auto const log = test::file_content(scratch / "b.db-wal");
  CHECK(read_all(scratch / "b.db").code == "store.damaged");
  CHECK(test::file_content(scratch / "b.db-wal") == log);
}

TEST_CASE("a flipped bit anywhere is damage that names its page") {
  Database20 base;
  auto const good = test::file_content(base.file);
  auto random = base::seeded_random(5);
  int silent = 0, unnamed = 0;
  for (std::uint64_t page = 1; page <= base.pages; ++page) {
    // In the sealed octets, the nonce and the tag.
    for (std::uint64_t const within :
         {random->below(100), 100 + random->below(3956), 4056 + random->below(24), 4080 + random->below(16)}) {
      test::put_file_content(base.file, good);
      test::flip_bit(base.file, (page - 1) * kPage + within);
      auto const outcome = read_all(base.file);
      if (outcome.code != "store.damaged") ++silent;
      if (outcome.what.find("page " + std::to_string(page) + " of") == std::string::npos) ++unnamed;
    }
  }
  CHECK(silent == 0);
  CHECK(unnamed == 0);
  test::put_file_content(base.file, good);
  CHECK(read_all(base.file).code == "");
}

TEST_CASE("zeroed and swapped pages are damage") {
  Database20 base;
  auto const good = test::file_content(base.file);
  for (std::uint64_t page = 1; page <= base.pages; ++page) {
    auto zeroed = good;
    zeroed.replace((page - 1) * kPage, kPage, std::string(kPage, '\0'));
    test::put_file_content(base.file, zeroed);
    CHECK(read_all(base.file).code == "store.damaged");
    auto swapped = good;
    auto const other = page % base.pages;
    swapped.replace((page - 1) * kPage, kPage, good, other * kPage, kPage);
    swapped.replace(other * kPage, kPage, good, (page - 1) * kPage, kPage);
    test::put_file_content(base.file, swapped);
    CHECK(read_all(base.file).code == "store.damaged");
  }
}

TEST_CASE("a truncated database is damage wherever it was cut") {
  Database20 base;
  auto const good = test::file_content(base.file);
  for (std::uint64_t keep = kPage; keep < good.size(); keep += 1808) {
    test::put_file_content(base.file, good.substr(0, keep));
    auto const outcome = read_all(base.file);
    CAPTURE(keep);
    CHECK(outcome.code == "store.damaged");
  }
  // Less than a page proves nothing about whose it was.
  test::put_file_content(base.file, good.substr(0, 1000));
  CHECK(read_all(base.file).code == "store.not_ours");
}

TEST_CASE("a damaged first page is not taken for a wrong key") {
  Database20 base;
  test::flip_bit(base.file, 2000);
  CHECK(read_all(base.file).code == "store.damaged");
  CHECK(read_all(base.file, 'x').code == "store.wrong_key");
}

TEST_CASE("a damaged frame that is read is an error that names it") {
  test::StoreScratch scratch;
  auto database = test::create_database(scratch / "a.db");
  must(database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
  for (int i = 0; i < 10; ++i) must(database.run("INSERT INTO t (v) VALUES (zeroblob(3000))"));
  auto const cells = (std::filesystem::file_size(scratch / "a.db-wal") - 72) / 4160;
  // Another connection that has nothing in its cache reads the log while it is damaged.
  auto reader = test::open_database(scratch / "a.db").value();
  test::flip_bit(scratch / "a.db-wal", 72 + (cells - 1) * 4160 + 1234);
  auto query = reader.prepare("SELECT sum(length(v)) FROM t");
  auto const error = query.ok() ? query->step() : base::Result<bool>(query.error());
  REQUIRE_FALSE(error.ok());
  CHECK(error.error().code == "store.damaged");
  CHECK(error.error().what.find("frame " + std::to_string(cells) + " of") != std::string::npos);
  // Nor does a checkpoint carry it into the database.
  CHECK(reader.checkpoint().error().code == "store.damaged");
}

TEST_CASE("damage while a database is open is noticed") {
  Database20 base;
  auto database = test::open_database(base.file, 'k', {.cache_bytes = 16 * 1024}).value();
  CHECK(test::number(database, "SELECT count(*) FROM t") == 101);
  for (std::uint64_t page = 2; page <= base.pages; ++page) test::flip_bit(base.file, (page - 1) * kPage + 50);
  auto query = database.prepare("SELECT sum(length(v)) FROM t").value();
  auto const row = query.step();
  REQUIRE_FALSE(row.ok());
  CHECK(row.error().code == "store.damaged");
}
