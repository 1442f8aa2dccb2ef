#include "shared/store/sodium_vfs/file.h"

#include <algorithm>

namespace dga::sodium_vfs {

int Below::open(sqlite3_vfs* base, char const* name, int flags, int* flags_out) {
  auto const bytes = static_cast<std::size_t>(base->szOsFile);
  memory_ = std::make_unique<std::max_align_t[]>(bytes / sizeof(std::max_align_t) + 1);
  auto* file = reinterpret_cast<sqlite3_file*>(memory_.get());
  file->pMethods = nullptr;
  file_ = file;
  int const result = base->xOpen(base, name, file, flags, flags_out);
  return result;
}

Below::~Below() {
  // A failed open may leave methods behind, and then wants to be closed too (SQLite's rule for xOpen).
  if (file_ && file_->pMethods) file_->pMethods->xClose(file_);
}

int Below::read(void* into, std::size_t amount, std::uint64_t offset) const {
  auto const read_once = [&] {
    return methods().xRead(file_, into, static_cast<int>(amount), static_cast<sqlite3_int64>(offset));
  };
  int const result = read_once();
  if (result != SQLITE_IOERR_SHORT_READ) return result;
  // A log's end is where a read falls short, and what lies behind it is given up: so the size must say the same.
  std::uint64_t bytes = 0;
  if (int const failed = size(bytes)) return failed;
  if (offset + amount > bytes) return result;
  int const again = read_once();
  return again == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_READ : again;
}
int Below::write(void const* from, std::size_t amount, std::uint64_t offset) const {
  return methods().xWrite(file_, from, static_cast<int>(amount), static_cast<sqlite3_int64>(offset));
}
int Below::size(std::uint64_t& bytes) const {
  sqlite3_int64 size = 0;
  int const result = methods().xFileSize(file_, &size);
  bytes = static_cast<std::uint64_t>(size);
  return result;
}
int Below::truncate(std::uint64_t bytes) const { return methods().xTruncate(file_, static_cast<sqlite3_int64>(bytes)); }

int File::open(char const* name, int flags, int* flags_out) {
  return below_.open(common_.base, name, flags, flags_out);
}
int File::sync(int flags) { return below_.methods().xSync(below_.get(), flags); }

int File::lock(int level) { return below_.methods().xLock(below_.get(), level); }
int File::unlock(int level) { return below_.methods().xUnlock(below_.get(), level); }
int File::check_reserved_lock(int* held) { return below_.methods().xCheckReservedLock(below_.get(), held); }

int File::control(int operation, void* argument) {
  switch (operation) {
    // Sizes here are not the sizes below.
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE: return SQLITE_OK;
    case SQLITE_FCNTL_MMAP_SIZE: *static_cast<sqlite3_int64*>(argument) = 0; return SQLITE_OK;
    // An atomic batch below would see sealed pieces at other places than SQLite believes.
    case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
    case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
    case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE: return SQLITE_NOTFOUND;
    case SQLITE_FCNTL_VFSNAME:
      *static_cast<char**>(argument) = sqlite3_mprintf("sodium/%s", common_.base->zName);
      return SQLITE_OK;
    default: return below_.methods().xFileControl(below_.get(), operation, argument);
  }
}

int File::sector_bytes() const {
  // SQLite makes its pages as large as a sector: none may be larger than our pages.
  int const below = below_.methods().xSectorSize ? below_.methods().xSectorSize(below_.get()) : 0;
  return below <= 0 ? static_cast<int>(kPageBytes) : std::min(below, static_cast<int>(kPageBytes));
}

int File::characteristics() const {
  // All that promises something about single writes is struck out: what SQLite writes is not what is written below.
  constexpr int kPromises = SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC512 | SQLITE_IOCAP_ATOMIC1K |
                            SQLITE_IOCAP_ATOMIC2K | SQLITE_IOCAP_ATOMIC4K | SQLITE_IOCAP_ATOMIC8K |
                            SQLITE_IOCAP_ATOMIC16K | SQLITE_IOCAP_ATOMIC32K | SQLITE_IOCAP_ATOMIC64K |
                            SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_BATCH_ATOMIC;
  int const below = below_.methods().xDeviceCharacteristics(below_.get());
  // Pages are written whole and no committed frame is written again, so a torn write harms nothing beside it.
  return (below & ~kPromises) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

bool File::has_shared_memory() const { return below_.methods().iVersion >= 2 && below_.methods().xShmMap; }
int File::map_shared(int region, int bytes, int extend, void volatile** at) {
  return below_.methods().xShmMap(below_.get(), region, bytes, extend, at);
}
int File::lock_shared(int first, int count, int flags) {
  return below_.methods().xShmLock(below_.get(), first, count, flags);
}
void File::shared_barrier() { below_.methods().xShmBarrier(below_.get()); }
int File::unmap_shared(int remove) { return below_.methods().xShmUnmap(below_.get(), remove); }

void File::note_system_error() {
  auto* const base = common_.base;
  common_.note.leave_system_error(base->xGetLastError ? base->xGetLastError(base, 0, nullptr) : 0);
}

}  // namespace dga::sodium_vfs
