#include "shared/store/kiosk_rekey.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "shared/crypto/slots_change.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_folder.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

namespace fs = std::filesystem;

// A quarter of a MiB between two words to the observer.
constexpr int kPagesAtOnce = 64;

// A kiosk is given a new key once in months: a slot file that says more was made up, and counting on would overflow.
constexpr std::uint32_t kMostGeneration = 1'000'000;

void tell(RekeyObserver const& observer, RekeyStep step) {
  if (observer) observer(step);
}

base::Result<std::int64_t> number(Database& database, char const* pragma) {
  TRY(auto query, database.prepare(pragma));
  TRY(bool const row, query.step());
  return row ? query.integer(0) : 0;
}

bool same_logs(KioskStore const& one, KioskStore const& other) {
  return std::equal(one.logs().begin(), one.logs().end(), other.logs().begin(), other.logs().end(),
                    [](HeldLog const& a, HeldLog const& b) {
                      return a.identity.log == b.identity.log && a.head.seq == b.head.seq && a.head.hash == b.head.hash;
                    });
}

std::uint64_t recorded(KioskStore const& store) {
  std::uint64_t sum = 0;
  for (auto const& log : store.logs()) sum += log.head.seq;
  return sum;
}

// Every page that is in use, and every record's place in the chain.
base::Done check_whole(KioskStore& store) {
  {
    TRY(auto query, store.database().prepare("PRAGMA integrity_check(1)"));
    TRY(bool const row, query.step());
    if (!row || query.bytes(0) != "ok")
      return base::damaged("store.damaged", "the kiosk's database contradicts itself",
                           "Keep the folder as it is, and salvage what can be read");
  }
  return store.check_chains();
}

// All that was committed into the database's file, and no frame in the log. Nobody else may be reading.
base::Done move_log(Database& database) {
  TRY(auto query, database.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  TRY(bool const row, query.step());
  if (row && query.integer(0) == 0) return {};
  return base::refused("store.busy", "could not move the log into the database: another task of this program reads it",
                       "Try again in a moment");
}

base::Done sync_file(fs::path const& file) {
  int const descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return base::storage("store.failed", fmt::format("could not sync {}", file.string()), "Check the disk");
}

base::Done copy(Database& from, fs::path const& file, crypto::Key32 const& key, OpenOptions options,
                RekeyObserver const& observer) {
  discard_database(file);
  options.mode = OpenMode::kCreate;
  TRY(auto to, Database::open(file, key, options));
  // An unfinished copy is worth nothing, so it needs no log of its own, which would take as much room again.
  TRY_DO(to.run("PRAGMA journal_mode=MEMORY"));
  auto* const backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (!backup) return to.failure("copy the database");
  int result = SQLITE_OK;
  while ((result = sqlite3_backup_step(backup, kPagesAtOnce)) == SQLITE_OK) tell(observer, RekeyStep::kCopying);
  if (int const finished = sqlite3_backup_finish(backup); finished != SQLITE_OK || result != SQLITE_DONE) {
    // SQLite leaves the reason with the copy, whichever side it came from.
    return to.failure("copy the database");
  }
  return {};
}

// The copy on the disk is whole and has all that `original` has; then it stands alone, no log beside it.
base::Done check_copy(KioskStore& original, fs::path const& file, crypto::Key32 const& key,
                      OpenOptions const& options) {
  {
    TRY(auto copied, KioskStore::open_file(file, key, options));
    TRY_DO(check_whole(copied));
    TRY(auto const pages, number(original.database(), "PRAGMA page_count"));
    TRY(auto const pages_copied, number(copied.database(), "PRAGMA page_count"));
    if (!same_logs(copied, original) || pages_copied != pages)
      return base::damaged("kiosk.rekey_damaged",
                           fmt::format("{} is not a copy of the kiosk's database as it is now: it ends with record {}, "
                                       "kiosk.db with {}",
                                       file.string(), copied.head().seq, original.head().seq),
                           "Keep both; put back a copy of the whole folder, or salvage what kiosk.db holds");
    TRY_DO(move_log(copied.database()));
  }
  std::error_code ignored;
  fs::remove(file.string() + "-wal", ignored);
  TRY_DO(sync_file(file));
  return sync_folder(file.parent_path());
}

// The copy takes the place of the old database, which stays open, and so locked, till the new one is there.
// REQUIRES: the slots say the copy's generation, and `old` has nothing in its log.
base::Done replace(fs::path const& folder, KioskStore& old, RekeyObserver const& observer) {
  // SQLite would remove the log by name when it closes: by then it is the new database's.
  int keep = 1;
  if (sqlite3_file_control(old.database().handle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep) != SQLITE_OK)
    return old.database().failure("keep the log");
  std::error_code failed;
  fs::remove(folder / (std::string(kKioskDatabase) + "-wal"), failed);
  if (!failed) TRY_DO(sync_folder(folder));
  tell(observer, RekeyStep::kOldLogRemoved);
  if (!failed) fs::rename(folder / kRekeyedDatabase, folder / kKioskDatabase, failed);
  if (failed)
    return base::storage(
        "store.failed",
        fmt::format("could not put the rekeyed database in {} into place: {}", folder.string(), failed.message()),
        "Check the disk and the folder's rights; opening the kiosk finishes it");
  TRY_DO(sync_folder(folder));
  tell(observer, RekeyStep::kReplaced);
  return {};
}

base::Result<Rekeyed> rewrite(fs::path const& folder, OpenKiosk kiosk, crypto::Slots const& slots,
                              RekeyObserver const& observer, OpenOptions const& options) {
  auto const next = slots.generation + 1;
  auto const key = kiosk.master.database(next);
  auto const copied = folder / kRekeyedDatabase;
  TRY(auto const new_slots, crypto::with_generation(slots, next));
  TRY_DO(check_whole(kiosk.store));
  tell(observer, RekeyStep::kOpened);
  TRY_DO(move_log(kiosk.store.database()));
  tell(observer, RekeyStep::kLogMoved);

  auto const prepared = [&]() -> base::Done {
    TRY_DO(copy(kiosk.store.database(), copied, key, options, observer));
    TRY_DO(sync_file(copied));
    tell(observer, RekeyStep::kCopied);
    TRY_DO(check_copy(kiosk.store, copied, key, options));
    tell(observer, RekeyStep::kChecked);
    return {};
  }();
  if (!prepared.ok()) {
    discard_database(copied);
    return prepared.error();
  }
  if (auto const written = write_kiosk_slots(folder, new_slots); !written.ok()) {
    // Renamed but not known to be synced: which of both will be there after a power cut is open, so the copy stays.
    auto const now = read_kiosk_slots(folder);
    if (now.ok() && now->generation == slots.generation) discard_database(copied);
    return written.error();
  }
  tell(observer, RekeyStep::kSlotsWritten);
  TRY_DO(replace(folder, kiosk.store, observer));
  return Rekeyed{next, recorded(kiosk.store), false};
}

}  // namespace

base::Result<Settled> settle_rekey(fs::path const& folder, FolderLock const&, crypto::Slots const& slots,
                                   crypto::KioskMaster const& master, OpenOptions const& options,
                                   RekeyObserver const& observer) try {
  auto const copied = folder / kRekeyedDatabase;
  if (!is_there(copied)) return Settled::kNothing;
  auto const found = generation_of(folder / kKioskDatabase, master, slots.generation, options);
  if (found && *found == slots.generation) {
    discard_database(copied);
    TRY_DO(sync_folder(folder));
    return Settled::kRemoved;
  }
  if (found && *found + 1 == slots.generation &&
      generation_of(copied, master, slots.generation, options) == slots.generation) {
    TRY(auto old, KioskStore::open(folder, master.database(*found), options));
    TRY_DO(move_log(old.database()));
    TRY_DO(check_copy(old, copied, master.database(slots.generation), options));
    TRY_DO(replace(folder, old, observer));
    return Settled::kFinished;
  }
  return base::damaged("kiosk.rekey_damaged",
                       fmt::format("a rekey of the kiosk in {} was interrupted, and neither kiosk.db nor {} is what "
                                   "the slots, of generation {}, say",
                                   folder.string(), kRekeyedDatabase, slots.generation),
                       "Keep the folder as it is; put back a copy of all its files, or salvage what can be read");
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<Rekeyed> rekey_kiosk(fs::path const& given, crypto::SlotSecret const& secret,
                                  RekeyObserver const& observer, OpenOptions const& options) try {
  std::error_code ignored;
  auto const folder = fs::absolute(given, ignored).lexically_normal();
  if (!is_kiosk(folder)) TRY_DO(read_kiosk_slots(folder));  // which says so
  TRY(auto lock, FolderLock::take(folder, FolderLock::Sharing::kAlone));
  TRY(auto const slots, read_kiosk_slots(folder));
  TRY(auto const master, crypto::unwrap(slots, secret));
  if (slots.generation >= kMostGeneration)
    return base::damaged("slots.damaged", fmt::format("the key slots say generation {}", slots.generation),
                         "Restore the file `slots` from a copy");
  TRY(auto const settled, settle_rekey(folder, lock, slots, master, options, observer));
  TRY(auto kiosk, open_kiosk_with(folder, std::move(lock), slots, master, options));
  if (settled == Settled::kFinished) return Rekeyed{slots.generation, recorded(kiosk.store), true};
  return rewrite(folder, std::move(kiosk), slots, observer, options);
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
