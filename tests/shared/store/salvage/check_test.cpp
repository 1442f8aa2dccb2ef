// What a check names, what it lets pass, and that it changes nothing.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/shared/store/salvage/written_kiosk.h"

using namespace dga;
using test::KioskImage, test::WrittenKiosk;

namespace {

constexpr std::size_t kPage = 4096, kCell = 4160, kLogHeader = 72;

bool names(salvage::Report const& report, salvage::Piece piece, std::uint64_t number) {
  return std::any_of(report.damage.begin(), report.damage.end(),
                     [&](auto const& finding) { return finding.piece == piece && finding.number == number; });
}

// Several pages of records, a long one, a pack, a setting.
void fill(WrittenKiosk& kiosk) {
  for (int i = 0; i < 10; ++i) kiosk.append(20);
  kiosk.append(1, 9000);
  REQUIRE(kiosk.store->keep_pack(7, std::string(30'000, 'p')).ok());
  REQUIRE(kiosk.store->put_setting("kiosk.name", "1").ok());
  kiosk.append(5);
}

std::size_t cells(KioskImage const& image) { return (image.log->size() - kLogHeader) / kCell; }
void flip(base::Bytes& bytes, std::size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ 0x10); }

// Does its work when asked, in a process of its own: locks are between programs.
class AnotherProgram {
 public:
  template <typename Work>
  explicit AnotherProgram(Work const& work) {
    REQUIRE(pipe(start_) == 0);
    child_ = fork();
    if (child_ != 0) return;
    char go = 0;
    _exit(read(start_[0], &go, 1) == 1 && work() ? 0 : 1);
  }
  bool succeeds() {
    int status = 0;
    return write(start_[1], "!", 1) == 1 && waitpid(child_, &status, 0) == child_ && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
  }
  ~AnotherProgram() {
    close(start_[0]);
    close(start_[1]);
  }

 private:
  int start_[2]{};
  pid_t child_ = 0;
};

}  // namespace

TEST_CASE("a kiosk that was closed well is whole, and so is one that was not closed") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto const open = test::check(kiosk.image(), kiosk.key);
  CHECK(test::told(open) == "");
  CHECK(open.records == kiosk.records.size());
  CHECK(open.frames > 20);
  CHECK(open.committed_frames == open.frames);
  kiosk.close();
  auto const closed = test::check(kiosk.image(), kiosk.key);
  CHECK(test::told(closed) == "");
  CHECK(closed.records == kiosk.records.size());
  CHECK(closed.pages == kiosk.image().database.size() / kPage);
}

TEST_CASE("a log that began anew over an older one is whole") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.checkpoint();
  auto const before = kiosk.image().log->size();
  kiosk.append(1);
  kiosk.append(1);
  REQUIRE(kiosk.image().log->size() == before);
  auto const report = test::check(kiosk.image(), kiosk.key);
  CHECK(test::told(report) == "");
  CHECK(report.committed_frames < report.frames);
  CHECK(report.records == kiosk.records.size());
}

TEST_CASE("every page is opened, those that SQLite does not read too") {
  WrittenKiosk kiosk;
  fill(kiosk);
  REQUIRE(kiosk.store->database().run("DELETE FROM pack").ok());  // leaves free pages behind
  kiosk.close();
  auto const good = kiosk.image();
  auto const pages = good.database.size() / kPage;
  int free_pages = 0, held_records = 0, other_tables = 0;
  for (std::size_t page = 1; page <= pages; ++page) {
    auto image = good;
    flip(image.database, (page - 1) * kPage + kiosk.random->below(kPage));
    auto const report = test::check(image, kiosk.key);
    CAPTURE(test::told(report));
    CHECK(names(report, salvage::Piece::kPage, page));
    auto const words = report.damage.front().what;
    if (words.find("it is free") != std::string::npos) ++free_pages;
    if (words.find("it held records") != std::string::npos) ++held_records;
    for (auto const* table : {"log", "sync_state", "outbound", "pack", "setting"})
      if (words.ends_with(std::string("it held a part of the table ") + table)) ++other_tables;
    CHECK(words.find("cannot be told") == std::string::npos);
  }
  CHECK(free_pages >= 6);
  CHECK(held_records >= 6);
  CHECK(other_tables == 6);  // log has an index, too
}

TEST_CASE("a check by SQLite alone does not see a free page's damage") {
  // The control for the test above: this is what looking only at what SQLite reads would miss.
  WrittenKiosk kiosk;
  fill(kiosk);
  REQUIRE(kiosk.store->database().run("DELETE FROM pack").ok());
  kiosk.close();
  auto const good = test::file_content(kiosk.file());
  std::size_t unseen = 0, seen_by_check = 0;
  for (std::size_t page = 1; page <= good.size() / kPage; ++page) {
    auto damaged = good;
    flip(damaged, (page - 1) * kPage + 5);
    test::put_file_content(kiosk.file(), damaged);
    auto opened = store::KioskStore::open(kiosk.scratch.path(), kiosk.key);
    bool missed = opened.ok();
    if (missed) {
      auto query = opened->database().prepare("PRAGMA integrity_check").value();
      auto const row = query.step();
      missed = row.ok() && *row && query.bytes(0) == "ok";
    }
    if (!missed) continue;
    ++unseen;
    if (!test::check({damaged, std::nullopt}, kiosk.key).whole()) ++seen_by_check;
  }
  CHECK(unseen >= 6);
  CHECK(seen_by_check == unseen);
}

TEST_CASE("damage in the middle of a log is damage, and at its end a torn tail that is named") {
  WrittenKiosk kiosk;
  fill(kiosk);
  for (int i = 0; i < 6; ++i) kiosk.append(1);
  auto const good = kiosk.image();
  std::size_t damaged = 0, tails = 0;
  for (std::size_t frame = 1; frame <= cells(good); ++frame) {
    auto image = good;
    flip(*image.log, kLogHeader + (frame - 1) * kCell + kiosk.random->below(kCell));
    auto const report = test::check(image, kiosk.key);
    CAPTURE(test::told(report));
    if (names(report, salvage::Piece::kFrame, frame)) {
      CHECK(tails == 0);
      ++damaged;
      continue;
    }
    CHECK(report.whole());
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes[0].piece == salvage::Piece::kLogTail);
    CHECK(report.notes[0].number == frame);
    ++tails;
  }
  CHECK(damaged + tails == cells(good));
  CHECK(tails <= 4);  // two commits
  auto image = good;
  flip(*image.log, 40);
  CHECK(names(test::check(image, kiosk.key), salvage::Piece::kLogHeader, 0));
}

TEST_CASE("an older frame in the place of a newer one is damage where the frames behind it tell") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto const older = kiosk.image();
  kiosk.checkpoint();
  for (int i = 0; i < 12; ++i) kiosk.append(2);
  auto const good = kiosk.image();
  REQUIRE(test::check(good, kiosk.key).whole());
  auto image = good;
  auto const at = kLogHeader + 4 * kCell;
  image.log->replace(at, kCell, *older.log, at, kCell);
  REQUIRE(*image.log != *good.log);
  auto const report = test::check(image, kiosk.key);
  CHECK(names(report, salvage::Piece::kFrame, 5));
  // Nor does the kiosk open without what was recorded since.
  test::StoreScratch copy;
  test::put_file_content(copy / "kiosk.db", image.database);
  test::put_file_content(copy / "kiosk.db-wal", *image.log);
  auto const opened = store::KioskStore::open(copy.path(), kiosk.key);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "store.damaged");
  CHECK(opened.error().what.find("frame 5 of") != std::string::npos);
}

TEST_CASE("a page of the database that the log replaces may be torn") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.checkpoint();
  auto image = kiosk.image();  // the log still has every page
  auto const page = image.database.size() / kPage;
  flip(image.database, image.database.size() - 100);
  auto const report = test::check(image, kiosk.key);
  CHECK(report.whole());
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].number == page);
  CHECK(report.notes[0].what.find("of the log replaces it") != std::string::npos);
}

TEST_CASE("a file that was cut names every page that is missing") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.close();
  auto image = kiosk.image();
  auto const pages = image.database.size() / kPage;
  image.database.resize((pages - 2) * kPage - 100);
  auto const report = test::check(image, kiosk.key);
  for (auto const page : {pages - 2, pages - 1, pages}) CHECK(names(report, salvage::Piece::kPage, page));
}

TEST_CASE("records that are not what was written are named") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto& database = kiosk.store->database();
  auto const place = [](int seq) { return std::to_string((std::int64_t{1} << 40) + seq); };
  auto const run = [&](std::string const& sql) { REQUIRE(database.run(sql.c_str()).ok()); };
  auto const report_of = [&](std::string const& sql) {
    run("SAVEPOINT s; " + sql);
    run("RELEASE s");
    return test::check(kiosk.image(), kiosk.key);
  };
  SUBCASE("bytes that are not what was hashed") {
    CHECK(
        names(report_of("UPDATE record SET bytes = x'0801' WHERE place = " + place(12)), salvage::Piece::kRecord, 12));
  }
  SUBCASE("two that changed places with their hashes") {
    auto const report = report_of("UPDATE record SET place = -1 WHERE place = " + place(12) +
                                  "; UPDATE record SET place = " + place(12) + " WHERE place = " + place(13) +
                                  "; UPDATE record SET place = " + place(13) + " WHERE place = -1");
    CHECK(names(report, salvage::Piece::kRecord, 12));
    CHECK(names(report, salvage::Piece::kRecord, 13));
  }
  SUBCASE("one that is gone") {
    auto const report = report_of("DELETE FROM record WHERE place = " + place(100));
    CHECK(names(report, salvage::Piece::kRecord, 100));
    CHECK(report.damage[0].what == "is missing");
  }
  SUBCASE("an erased one with another digest") {
    auto const report = report_of("UPDATE record SET bytes = NULL, digest = zeroblob(32) WHERE place = " + place(50));
    CHECK(names(report, salvage::Piece::kRecord, 50));
  }
  SUBCASE("more received than was ever recorded") {
    REQUIRE(kiosk.store->put_sync_state({.received_through = kiosk.records.size() + 1}).ok());
    auto const report = test::check(kiosk.image(), kiosk.key);
    CHECK(names(report, salvage::Piece::kSyncState, kiosk.records.size() + 1));
  }
}

TEST_CASE("erased records are whole") {
  WrittenKiosk kiosk;
  fill(kiosk);
  REQUIRE(kiosk.store->database().run("UPDATE record SET bytes = NULL WHERE place & 3 = 0").ok());
  kiosk.close();
  auto const report = test::check(kiosk.image(), kiosk.key);
  CHECK(test::told(report) == "");
  CHECK(report.erased > 40);
}

TEST_CASE("a check changes no file and makes none") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto const image = kiosk.image();
  test::StoreScratch copy;
  test::put_file_content(copy / "kiosk.db", image.database);
  test::put_file_content(copy / "kiosk.db-wal", *image.log);
  {
    auto const files = salvage::hold_files(copy / "kiosk.db").value();
    auto const report = salvage::check_kiosk(files, kiosk.key).value();
    CHECK(test::told(report) == "");
    CHECK(report.records == kiosk.records.size());
  }
  CHECK(test::file_content(copy / "kiosk.db") == image.database);
  CHECK(test::file_content(copy / "kiosk.db-wal") == *image.log);
  CHECK(std::distance(std::filesystem::directory_iterator(copy.path()), {}) == 2);
}

TEST_CASE("a database that another program has open is held, and held from others while it is looked at") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.close();
  // SQLite remembers what its own program has open: both begin before anything is.
  AnotherProgram first([&] {
    auto const files = salvage::hold_files(kiosk.file());
    return !files.ok() && files.error().code == "store.held";
  });
  AnotherProgram second([&] {
    auto const opened = store::KioskStore::open(kiosk.scratch.path(), kiosk.key);
    return !opened.ok() && opened.error().code == "store.held";
  });
  kiosk.store.emplace(store::KioskStore::open(kiosk.scratch.path(), kiosk.key).value());
  CHECK(first.succeeds());
  kiosk.close();
  auto const files = salvage::hold_files(kiosk.file());
  REQUIRE(files.ok());
  CHECK(second.succeeds());
}

TEST_CASE("what cannot be checked is refused, and told apart from damage") {
  WrittenKiosk kiosk;
  fill(kiosk);
  CHECK(salvage::hold_files(kiosk.scratch / "nothing.db").error().code == "store.not_found");
  auto const image = kiosk.image();
  auto const files = image.files();
  CHECK(salvage::check_kiosk(files, test::store_key('x')).error().code == "store.wrong_key");
  REQUIRE(kiosk.store->database().run("PRAGMA user_version=99").ok());
  auto const newer = kiosk.image();
  auto const newer_files = newer.files();
  CHECK(salvage::check_kiosk(newer_files, kiosk.key).error().code == "store.too_new");
}

TEST_CASE("a kiosk whose log ends before what the centre has does not open") {
  WrittenKiosk kiosk;
  kiosk.append(4);
  REQUIRE(kiosk.store->put_sync_state({.received_through = 5}).ok());
  kiosk.close();
  kiosk.store.emplace(store::KioskStore::open(kiosk.scratch.path(), kiosk.key).value());
  REQUIRE(kiosk.store->put_sync_state({.received_through = 6}).ok());
  kiosk.close();
  auto const opened = store::KioskStore::open(kiosk.scratch.path(), kiosk.key);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "store.chain");
  CHECK(opened.error().fault == base::Fault::kDamaged);
}
