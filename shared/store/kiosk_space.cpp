#include <new>

#include "shared/store/kiosk_space.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "shared/store/memory.h"
#include "shared/store/wal_room.h"

namespace dga::store {
namespace {

// What fits on an overflow page: a blob of n times this takes n pages.
constexpr std::uint64_t kOverflowBytes = 4056 - 4;
// Besides the blob's own: the rows and the trees above them.
constexpr std::uint64_t kPagesBeside = 8;
// Room that must be left where it is made: the disk is not ours alone.
constexpr std::uint64_t kLeftForOthers = 1024 * 1024;
constexpr std::uint64_t kBytesOnDisk = 4096 + 64;  // of a page, and of a frame with its seal

// A disk about its limit must not ring the bell at every look: out of "low" only with a quarter more.
constexpr std::uint64_t kLowNoMoreBytes = kLowBytes + kLowBytes / 4;

// SQLite's result, of its own work or of a file that was written directly: then the handle knows nothing of it, and
// what it would say is of something else.
base::Done kept_room(int result) {
  if (result == SQLITE_OK) return {};
  if ((result & 0xff) == SQLITE_FULL)
    return base::refused("store.full", "could not keep room for check-ins: the disk is too full for it",
                         "Free space on the disk; nothing that was recorded is lost");
  return base::storage("store.failed", fmt::format("could not keep room for check-ins: {}", sqlite3_errstr(result)),
                       "Nothing that was recorded is lost; check the disk");
}

}  // namespace

base::Result<KioskStore::Room> KioskStore::room() try {
  TRY(auto query, database_.prepare("PRAGMA freelist_count"));
  TRY(bool const found, query.step());
  Room room;
  room.free_pages = found ? query.natural(0) : 0;
  if (!wal_is_kept(database_.handle())) return room;
  if (wal_frames(database_.handle(), room.log_frames) != SQLITE_OK) return database_.failure("measure the log");
  return room;
} catch (std::bad_alloc const&) {
  return no_memory();
}

void KioskStore::keep_room() {
  std::uint64_t frames = 0;
  // Only a log that was lengthened on purpose stays; others go when the database is closed, as SQLite has it.
  if (wal_frames(database_.handle(), frames) == SQLITE_OK && frames >= kReserveFrames)
    static_cast<void>(keep_wal(database_.handle()));
}

base::Done KioskStore::make_room() try {
  auto* const handle = database_.handle();
  TRY(auto const before, room());
  if (before.free_pages >= kReservePages && before.log_frames >= kReserveFrames) return {};
  // Every step either fits or changes nothing: first the log's room, then the file's, then the pages are claimed by a
  // transaction that needs no more than both.
  TRY_DO(kept_room(move_wal(handle)));
  TRY_DO(kept_room(lengthen_wal(handle, kReserveFrames)));
  TRY_DO(kept_room(keep_wal(handle)));
  if (before.free_pages >= kReservePages) return {};
  TRY_DO(kept_room(lengthen_database(handle, kReservePages - before.free_pages + kPagesBeside)));
  TRY_DO(database_.transaction([&]() -> base::Done {
    TRY(auto fill,
        database_.prepare("INSERT OR REPLACE INTO setting (name, value) VALUES ('space.filler', zeroblob(?))"));
    fill.bind(1, kReservePages * kOverflowBytes);
    TRY_DO(fill.run());
    TRY(auto drop, database_.prepare("DELETE FROM setting WHERE name = 'space.filler'"));
    return drop.run();
  }));
  return kept_room(move_wal(handle));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::durably(std::function<base::Done()> const& work) {
  bool const outermost = sqlite3_get_autocommit(database_.handle()) != 0;
  auto done = database_.transaction(work);
  if (done.ok() || !outermost || done.error().code != "store.full") return done;
  // The log is as long as it can be. With its frames moved it begins anew, in the room that it has.
  if (move_wal(database_.handle()) != SQLITE_OK) return done;
  return database_.transaction(work);
}

SpaceKeeper::SpaceKeeper(KioskStore& store, std::filesystem::path folder, std::unique_ptr<DiskSpace> disk)
    : store_(&store), folder_(std::move(folder)), disk_(std::move(disk)) {}

base::Result<Space> SpaceKeeper::look() try {
  Space space;
  TRY(space.free_bytes, disk_->free_bytes(folder_));
  TRY(auto const room, store_->room());
  if (room.log_frames >= kReserveFrames && room.free_pages > kPagesForOthers)
    space.check_ins_left = (room.free_pages - kPagesForOthers) * kCheckInsOnAPage;
  low_ = space.free_bytes < (low_ ? kLowNoMoreBytes : kLowBytes);
  bool const gone = space.free_bytes < kGoneBytes;
  if (full_ || (gone && space.check_ins_left == 0)) {
    space.level = Space::Level::kFull;
    space.check_ins_left = 0;
  } else if (gone) {
    space.level = Space::Level::kReserve;
  } else if (low_) {
    space.level = Space::Level::kLow;
  }
  store_->set_thrift(space.level == Space::Level::kPlenty ? Thrift::kNone
                     : space.level == Space::Level::kLow  ? Thrift::kNoFeedback
                                                          : Thrift::kCheckInsFirst);
  return space;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done SpaceKeeper::tend() try {
  TRY(auto const room, store_->room());
  if (room.free_pages >= kFewestFreePages && room.log_frames >= kReserveFrames) {
    full_ = false;
    return {};
  }
  TRY(auto const free_bytes, disk_->free_bytes(folder_));
  auto const missing = [](std::uint64_t have, std::uint64_t wanted) { return have < wanted ? wanted - have : 0; };
  auto const needed =
      (missing(room.free_pages, kReservePages) + kPagesBeside + missing(room.log_frames, kReserveFrames)) *
      kBytesOnDisk;
  if (free_bytes < needed + kLeftForOthers) return {};
  TRY_DO(store_->make_room());
  full_ = false;
  return {};
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
