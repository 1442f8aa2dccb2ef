#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "shared/store/sodium_vfs/format.h"

namespace dga::sodium_vfs {

enum class Trouble {
  kDamaged,   // a piece is not what was written there: SQLITE_IOERR_DATA
  kMissing,   // a piece that must be there is beyond the file's end: SQLITE_IOERR_DATA
  kWrongKey,  // nothing in the file opens with this key: SQLITE_NOTADB
  kNotOurs,   // another kind of file: SQLITE_NOTADB
  kReserve,   // a database without the 40 reserved octets a page: SQLITE_NOTADB
  kVersion,   // of a later version of the format, its number in `number`: SQLITE_NOTADB
  kHeld,      // another process has the database open: SQLITE_BUSY
};

// What SQLite's result codes cannot say: which piece, and why.
struct Failure {
  Trouble trouble;
  Kind kind = Kind::kPage;
  std::uint64_t number = 0;  // as in Kind
};

// The last failure, left by the files for whoever reads SQLite's result code.
// Thread: any; a mutex, since SQLite may come from any thread that named this VFS.
class FailureNote {
 public:
  // Gives the result code that SQLite is told, so that a file can `return note.leave(...)`.
  int leave(Failure failure);
  [[nodiscard]] std::optional<Failure> last() const {
    std::lock_guard lock(mutex_);
    return last_;
  }
  // The system's own number (errno) for the last I/O error: SQLite forgets it where a commit fails.
  void leave_system_error(int number) {
    std::lock_guard lock(mutex_);
    system_error_ = number;
  }
  [[nodiscard]] int system_error() const {
    std::lock_guard lock(mutex_);
    return system_error_;
  }
  void clear() {
    std::lock_guard lock(mutex_);
    last_.reset();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Failure> last_;
  int system_error_ = 0;
};

}  // namespace dga::sodium_vfs
