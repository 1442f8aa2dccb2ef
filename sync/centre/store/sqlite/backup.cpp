// A copy of the database while others use it.
#include <sqlite3.h>

#include <memory>
#include <system_error>

#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::centre {

using base::Done;

namespace {

// A MiB, some 5 ms: nobody else waits longer for the database.
constexpr int kPagesAtOnce = 256;

struct Finish {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

// Through SQLite: the disk is whichever the copy was opened on.
Done sync(store::Database& copy) {
  sqlite3_file* file = nullptr;
  int result = sqlite3_file_control(copy.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (result == SQLITE_OK) result = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
  if (result == SQLITE_OK) return {};
  return base::storage("store.failed", "could not sync the copy of the database", "Check the disk");
}

}  // namespace

Done SqliteStore::back_up(std::filesystem::path const& file) {
  auto const copied = copy_to(file);
  if (copied.ok()) return copied;
  if (copied.error().code == "store.exists") return copied;  // not ours to remove
  std::error_code ignored;
  for (char const* end : {"", "-wal", "-journal"}) std::filesystem::remove(file.string() + end, ignored);
  return copied;
}

// What is written through this connection while the copy goes on is written into the copy as well: it holds the
// database as it is at the last step, whole.
Done SqliteStore::copy_to(std::filesystem::path const& file) {
  auto options = options_;
  options.mode = store::OpenMode::kCreate;
  TRY(auto target, store::Database::open(file, key_, options));
  // An unfinished copy is worth nothing, so it needs no log of its own.
  TRY_DO(target.run("PRAGMA journal_mode=MEMORY"));
  std::unique_ptr<sqlite3_backup, Finish> backup;
  for (;;) {
    {
      // Who waits to commit goes first; the wait is for one commit.
      std::unique_lock turn(queue_mutex_);
      settled_.wait(turn, [&] { return !committing_; });
    }
    std::lock_guard database(database_mutex_);
    if (!backup) {
      TRY_DO(database_.settle());
      backup.reset(sqlite3_backup_init(target.handle(), "main", database_.handle(), "main"));
      if (!backup) return target.failure("copy the database");
    }
    int const result = sqlite3_backup_step(backup.get(), kPagesAtOnce);
    if (result == SQLITE_OK) continue;
    int const finished = sqlite3_backup_finish(backup.release());
    if (result == SQLITE_DONE && finished == SQLITE_OK) break;
    return target.failure("copy the database");  // SQLite leaves the reason there, whichever side it came from
  }
  return sync(target);
}

Done SqliteStore::check_whole() {
  std::lock_guard database(database_mutex_);
  TRY(auto row, database_.prepare("PRAGMA integrity_check(1)"));
  TRY(bool const there, row.step());
  if (there && row.bytes(0) == "ok") return {};
  return base::damaged("store.damaged", "the centre's database contradicts itself",
                       "Keep the file as it is, and restore a backup");
}

}  // namespace dga::centre
