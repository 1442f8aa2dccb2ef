#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "shared/store/disk_space.h"
#include "shared/store/kiosk_store.h"

namespace dga::store {

// Room for records is kept *inside* the kiosk's two files, where no other program can take it: free pages in kiosk.db,
// and a log that keeps its length. A file of ballast that is cut when room is needed would be simpler, but what it
// gives up belongs to whoever asks first, and on the very disks that are full somebody always asks. On a file system
// that never writes in place (btrfs, ZFS) neither helps.
//
// A check-in's row is at most 240 bytes (the largest possible record has 118, two digests 64, the rest is SQLite's):
// 16 on a page of 4056 (measured with those of a class: 33). 5,000 of them are 313 pages.
inline constexpr std::uint64_t kCheckInsAtLeast = 5'000;
inline constexpr std::uint64_t kCheckInsOnAPage = 16;
// Not counted for check-ins: a sealed batch on its way (256 KiB), sync's state, the kiosk's own events.
inline constexpr std::uint64_t kPagesForOthers = 96;
// Below this the reserve is made again, even in a rush: 5,000 check-ins with 7 pages to spare.
inline constexpr std::uint64_t kFewestFreePages = 416;
inline constexpr std::uint64_t kReservePages = 512;
// The log must take the transaction that makes the reserve; with so many frames it is moved every 200 check-ins or so.
inline constexpr std::uint64_t kReserveFrames = kReservePages + 32;

// Under so much room on the disk feedback is refused. Twice what a class of 1,000 with its feedback writes in a week.
inline constexpr std::uint64_t kLowBytes = 64 * 1024 * 1024;
// Under so much the disk is as good as full: the log may no longer grow to its 16 MB, and others write, too.
inline constexpr std::uint64_t kGoneBytes = 2 * 1024 * 1024;

// How much room there is, for people: what is refused, and how many check-ins are certain to fit.
struct Space {
  enum class Level {
    kPlenty,
    kLow,      // feedback is refused
    kReserve,  // the disk is full: what is recorded now goes into the reserve
    kFull,     // nothing more can be recorded
  } level = Level::kPlenty;
  std::uint64_t check_ins_left = 0;  // at least so many, whatever other programs do
  std::uint64_t free_bytes = 0;      // on the disk
};

// Watches over a kiosk's room, and makes the reserve. Thread: the store's owner's.
class SpaceKeeper {
 public:
  // `store` lies in `folder` and outlives the keeper.
  SpaceKeeper(KioskStore& store, std::filesystem::path folder, std::unique_ptr<DiskSpace> disk);

  // How it stands now; the store refuses feedback from here on, or takes it again. Two system calls and one page.
  [[nodiscard]] base::Result<Space> look();
  // Makes the reserve again where records have eaten into it and the disk has room: 4 MB written, some 20 ms, else
  // nothing. An error leaves everything as it was, and is no reason to stop.
  [[nodiscard]] base::Done tend();
  // A record did not fit, or one did after all.
  void was_full() { full_ = true; }
  void was_not_full() { full_ = false; }

 private:
  KioskStore* store_;
  std::filesystem::path folder_;
  std::unique_ptr<DiskSpace> disk_;
  bool low_ = false;
  bool full_ = false;
};

}  // namespace dga::store
