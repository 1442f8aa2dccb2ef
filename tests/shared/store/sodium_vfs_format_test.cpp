// The format as its README tells it, read by hand with libsodium alone.
#include <doctest/doctest.h>
#include <sodium.h>
#include <sqlite3.h>

#include <optional>
#include <set>

#include "shared/store/sodium_vfs/cipher.h"
#include "tests/support/store_disk_vfs.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;

namespace {

// README: associated data = "dgavfs1" || kind || LE64 number.
std::optional<std::string> open_piece(char key, int kind, std::uint64_t number, std::string_view sealed,
                                      std::string_view nonce, std::string_view tag) {
  std::string about = "dgavfs1";
  about.push_back(static_cast<char>(kind));
  about += base::le64(number);
  std::string const both = std::string(sealed) + std::string(tag), raw_key(32, key);
  std::string plain(sealed.size(), '\0');
  auto const octets = [](std::string_view bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); };
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr,
                                                 octets(both), both.size(), octets(about), about.size(), octets(nonce),
                                                 octets(raw_key)) != 0)
    return std::nullopt;
  return plain;
}
std::optional<std::string> open_page(char key, std::uint64_t number, std::string_view page) {
  return open_piece(key, 1, number, page.substr(0, 4056), page.substr(4056, 24), page.substr(4080, 16));
}
std::optional<std::string> open_cell(char key, int kind, std::uint64_t number, std::string_view cell) {
  return open_piece(key, kind, number, cell.substr(24, cell.size() - 40), cell.substr(0, 24),
                    cell.substr(cell.size() - 16));
}

}  // namespace

TEST_CASE("a database is 4096-byte pages each sealed with its number") {
  test::StoreScratch scratch;
  {
    auto database = test::create_database(scratch / "a.db");
    must(database.run("CREATE TABLE t (v); INSERT INTO t VALUES ('here it stands')"));
  }
  auto const file = test::file_content(scratch / "a.db");
  REQUIRE(file.size() == 2 * 4096);
  auto const first = open_page('k', 1, std::string_view(file).substr(0, 4096));
  REQUIRE(first);
  CHECK(first->substr(0, 16) == std::string("SQLite format 3\0", 16));
  CHECK(first->at(20) == 40);
  auto const second = open_page('k', 2, std::string_view(file).substr(4096));
  REQUIRE(second);
  CHECK(second->find("here it stands") != std::string::npos);
  CHECK_FALSE(open_page('k', 1, std::string_view(file).substr(4096)));
  CHECK_FALSE(open_page('x', 2, std::string_view(file).substr(4096)));
}

TEST_CASE("a log is a sealed header and cells of 4160 bytes at 72 and each is written once") {
  test::StoreScratch scratch;
  test::DiskVfs disk;
  auto database = test::create_database(scratch / "a.db", 'k', {.base_vfs = disk.name()});
  must(database.run("CREATE TABLE t (v)"));
  disk.forget();
  must(database.run("INSERT INTO t VALUES ('a fact')"));
  std::size_t writes = 0, syncs = 0;
  for (auto const& operation : disk.operations()) {
    CHECK(operation.file == "a.db-wal");
    if (operation.what == test::DiskOperation::What::kSync) ++syncs;
    if (operation.what != test::DiskOperation::What::kWrite) continue;
    ++writes;
    CHECK(operation.data.size() == 4160);
    CHECK((operation.offset - 72) % 4160 == 0);
  }
  CHECK(writes == 1);  // one page changed: one frame, one seal, one write
  CHECK(syncs == 1);

  auto const log = disk.content().at("a.db-wal");
  auto const header = open_cell('k', 2, 0, std::string_view(log).substr(0, 72));
  REQUIRE(header);
  CHECK(header->size() == 32);
  CHECK(header->substr(0, 3) == "\x37\x7f\x06");  // SQLite's magic for a WAL
  auto const frames = (log.size() - 72) / 4160;
  REQUIRE(frames >= 2);
  auto const last = open_cell('k', 3, frames, std::string_view(log).substr(72 + (frames - 1) * 4160));
  REQUIRE(last);
  CHECK(last->size() == 24 + 4096);
  CHECK(last->substr(8, 8) == header->substr(16, 8));  // the frame bears the log's salts
  CHECK(last->find("a fact") != std::string::npos);
  CHECK_FALSE(open_cell('k', 3, frames - 1, std::string_view(log).substr(72 + (frames - 1) * 4160)));
}

TEST_CASE("a rollback journal is extents that tell their place") {
  test::StoreScratch scratch;
  test::DiskVfs disk;
  auto database = test::create_database(scratch / "a.db", 'k', {.base_vfs = disk.name()});
  must(database.run("CREATE TABLE t (v); INSERT INTO t VALUES ('before')"));
  must(database.run("PRAGMA journal_mode=DELETE"));
  must(database.run("BEGIN; UPDATE t SET v = 'after'; PRAGMA cache_spill=1; SELECT 1"));
  disk.forget();
  must(database.run("COMMIT"));
  std::string journal;
  for (auto const& operation : disk.operations()) {
    if (operation.file != "a.db-journal" || operation.what != test::DiskOperation::What::kWrite) continue;
    CHECK(operation.offset == journal.size());  // only ever appended to
    journal += operation.data;
  }
  bool found = false;
  std::size_t at = 0;
  for (std::uint64_t ordinal = 0; at + 4 <= journal.size(); ++ordinal) {
    std::size_t size = 0;
    for (std::size_t i = 4; i-- > 0;) size = size << 8 | static_cast<unsigned char>(journal[at + i]);
    auto const plain = open_cell('k', 4, ordinal, std::string_view(journal).substr(at + 4, 24 + 8 + size + 16));
    REQUIRE(plain);
    found = found || plain->find("before") != std::string::npos;
    at += 4 + 24 + 8 + size + 16;
  }
  CHECK(at == journal.size());
  CHECK(found);
}

TEST_CASE("no nonce is drawn twice") {
  test::StoreScratch scratch;
  test::DiskVfs disk;
  auto database = test::create_database(scratch / "a.db", 'k', {.base_vfs = disk.name()});
  must(database.run("CREATE TABLE t (v)"));
  disk.forget();
  for (int i = 0; i < 200; ++i) must(database.run("INSERT INTO t VALUES (randomblob(3000))"));
  must(database.checkpoint());
  std::set<std::string> nonces;
  std::size_t sealed = 0;
  for (auto const& operation : disk.operations()) {
    if (operation.what != test::DiskOperation::What::kWrite) continue;
    ++sealed;
    nonces.insert(operation.data.substr(operation.data.size() == 4096 ? 4056 : 0, 24));
  }
  CHECK(sealed > 400);
  CHECK(nonces.size() == sealed);
}

TEST_CASE("a piece opens as what it was sealed as and not otherwise") {
  sodium_vfs::Cipher cipher(test::store_key('k')), other(test::store_key('x'));
  std::uint8_t plain[100], sealed[100], nonce[24], tag[16], opened[100];
  for (std::size_t i = 0; i < sizeof plain; ++i) plain[i] = static_cast<std::uint8_t>(i);
  cipher.seal(sodium_vfs::Kind::kPage, 7, plain, sizeof plain, sealed, nonce, tag);
  CHECK(cipher.open(sodium_vfs::Kind::kPage, 7, sealed, sizeof sealed, nonce, tag, opened));
  CHECK(std::equal(std::begin(plain), std::end(plain), opened));
  CHECK_FALSE(cipher.open(sodium_vfs::Kind::kPage, 8, sealed, sizeof sealed, nonce, tag, opened));
  CHECK_FALSE(cipher.open(sodium_vfs::Kind::kWalFrame, 7, sealed, sizeof sealed, nonce, tag, opened));
  CHECK_FALSE(cipher.open(sodium_vfs::Kind::kPage, 7, sealed, sizeof sealed - 1, nonce, tag, opened));
  CHECK_FALSE(other.open(sodium_vfs::Kind::kPage, 7, sealed, sizeof sealed, nonce, tag, opened));
}
