// A copy of the database while others use it.
#include <sqlite3.h>

#include <climits>
#include <memory>
#include <system_error>

#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::centre {

using base::Done;

namespace {

// A MiB, some 5 ms: nobody else waits longer for the database, unless so much is written that a copy of such steps
// would never reach its end.
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

class SqliteStore::CopyTurn {
 public:
  explicit CopyTurn(SqliteStore& store) : store_(&store) {
    std::unique_lock lock(store.queue_mutex_);
    auto const before = store.commits_;
    store.settled_.wait(lock, [&] {
      return !store.copying_ && (store.commits_ != before || (store.queue_.empty() && !store.committing_));
    });
    store.copying_ = true;
    store.settled_.wait(lock, [&] { return !store.committing_; });
  }
  ~CopyTurn() {
    {
      std::lock_guard lock(store_->queue_mutex_);
      store_->copying_ = false;
    }
    store_->settled_.notify_all();
  }
  CopyTurn(CopyTurn const&) = delete;
  CopyTurn& operator=(CopyTurn const&) = delete;

 private:
  SqliteStore* store_;
};

// What is written through this connection while the copy goes on is written into the copy as well: it holds the
// database as it is at the last step, whole.
Done SqliteStore::copy_to(std::filesystem::path const& file) {
  auto options = options_;
  options.mode = store::OpenMode::kCreate;
  TRY(auto target, store::Database::open(file, key_, options));
  // An unfinished copy is worth nothing, so it needs no log of its own.
  TRY_DO(target.run("PRAGMA journal_mode=MEMORY"));
  std::unique_ptr<sqlite3_backup, Finish> backup;
  for (int pages = kPagesAtOnce, left = INT_MAX;;) {
    CopyTurn const turn(*this);
    std::lock_guard database(database_mutex_);
    if (!backup) {
      TRY_DO(database_.settle());
      backup.reset(sqlite3_backup_init(target.handle(), "main", database_.handle(), "main"));
      if (!backup) return target.failure("copy the database");
    }
    int const result = sqlite3_backup_step(backup.get(), pages);
    if (result == SQLITE_OK) {
      // Commits between two steps added nearly as much as a step takes: larger ones, until they do not.
      int const remaining = sqlite3_backup_remaining(backup.get());
      if (remaining > left - pages / 2) pages *= 2;
      left = remaining;
      continue;
    }
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
