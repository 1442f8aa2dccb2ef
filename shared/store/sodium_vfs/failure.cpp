#include "shared/store/sodium_vfs/failure.h"

#include <sqlite3.h>

namespace dga::sodium_vfs {

int FailureNote::leave(Failure failure) {
  std::lock_guard lock(mutex_);
  last_ = failure;
  switch (failure.trouble) {
    case Trouble::kDamaged:
    case Trouble::kMissing: return SQLITE_IOERR_DATA;
    case Trouble::kWrongKey:
    case Trouble::kNotOurs:
    case Trouble::kVersion:
    case Trouble::kReserve: return SQLITE_NOTADB;
    case Trouble::kHeld: return SQLITE_BUSY;
  }
  return SQLITE_IOERR;
}

}  // namespace dga::sodium_vfs
