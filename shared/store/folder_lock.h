#pragma once

#include <filesystem>
#include <utility>

#include "shared/base/result.h"

namespace dga::store {

// Who may replace a kiosk's files. Whoever has a kiosk open holds its folder shared, from before the slots are read
// until the database is closed; whoever writes the slots or puts another database in its place holds it alone.
//
// The database's own lock does not do that: it lies on the file, not on its name. A program that opened kiosk.db just
// before another file took the name would lock the old one, and SQLite would take the log beside it, by name, for its
// own, and remove it when it closes: another program's commits.
//
// flock(2) on the folder: no file of its own, and gone with the program, however it ends. Thread: its owner's.
class FolderLock {
 public:
  enum class Sharing { kShared, kAlone };

  // Never waits. Refused "store.held" when somebody's lock is in the way, this program's other ones too. Where the file
  // system knows no such locks a shared one is given all the same (a kiosk must open), and an exclusive one never is.
  [[nodiscard]] static base::Result<FolderLock> take(std::filesystem::path const& folder, Sharing sharing);

  // What was held alone is held shared from now on; nobody else can have come in between who holds it alone.
  [[nodiscard]] base::Done share();

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace dga::store
