// SQLite's C calls, handed on to the file objects. Memory that runs out stops here: SQLite knows no exceptions.
#include "shared/store/sodium_vfs/methods.h"

#include <new>

namespace dga::sodium_vfs {
namespace {

File& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->file; }

// `work` on the file object, which takes what SQLite's file is made of.
template <typename Work>
int guarded(sqlite3_file* file, Work const& work) noexcept {
  try {
    int const result = work(of(file));
    if ((result & 0xff) == SQLITE_IOERR && result != SQLITE_IOERR_SHORT_READ) of(file).note_system_error();
    return result;
  } catch (std::bad_alloc const&) {
    return SQLITE_IOERR_NOMEM;
  }
}

int close(sqlite3_file* file) {
  auto& handle = *reinterpret_cast<Handle*>(file);
  delete handle.file;
  handle.file = nullptr;
  handle.head.pMethods = nullptr;
  return SQLITE_OK;
}
int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return guarded(file, [&](File& ours) {
    return ours.read(static_cast<std::uint8_t*>(into), static_cast<std::size_t>(amount),
                     static_cast<std::uint64_t>(offset));
  });
}
int write(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
  return guarded(file, [&](File& ours) {
    return ours.write(static_cast<std::uint8_t const*>(from), static_cast<std::size_t>(amount),
                      static_cast<std::uint64_t>(offset));
  });
}
int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
  return guarded(file, [&](File& ours) { return ours.truncate(static_cast<std::uint64_t>(bytes)); });
}
int sync(sqlite3_file* file, int flags) {
  return guarded(file, [&](File& ours) { return ours.sync(flags); });
}
int size(sqlite3_file* file, sqlite3_int64* bytes) {
  return guarded(file, [&](File& ours) {
    std::uint64_t found = 0;
    int const result = ours.size(found);
    *bytes = static_cast<sqlite3_int64>(found);
    return result;
  });
}
int lock(sqlite3_file* file, int level) { return of(file).lock(level); }
int unlock(sqlite3_file* file, int level) { return of(file).unlock(level); }
int check_reserved_lock(sqlite3_file* file, int* held) { return of(file).check_reserved_lock(held); }
int control(sqlite3_file* file, int operation, void* argument) {
  return guarded(file, [&](File& ours) { return ours.control(operation, argument); });
}
int sector_bytes(sqlite3_file* file) { return of(file).sector_bytes(); }
int characteristics(sqlite3_file* file) { return of(file).characteristics(); }
int map_shared(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
  return of(file).map_shared(region, bytes, extend, at);
}
int lock_shared(sqlite3_file* file, int first, int count, int flags) {
  return guarded(file, [&](File& ours) { return ours.lock_shared(first, count, flags); });
}
void shared_barrier(sqlite3_file* file) { of(file).shared_barrier(); }
int unmap_shared(sqlite3_file* file, int remove) { return of(file).unmap_shared(remove); }

// Version 2: no xFetch, so SQLite maps no file into memory and never reads around us.
constexpr sqlite3_io_methods table(bool shared_memory) {
  return {shared_memory ? 2 : 1,
          close,
          read,
          write,
          truncate,
          sync,
          size,
          lock,
          unlock,
          check_reserved_lock,
          control,
          sector_bytes,
          characteristics,
          shared_memory ? map_shared : nullptr,
          shared_memory ? lock_shared : nullptr,
          shared_memory ? shared_barrier : nullptr,
          shared_memory ? unmap_shared : nullptr,
          nullptr,
          nullptr};
}
constexpr sqlite3_io_methods kWithSharedMemory = table(true), kWithout = table(false);

}  // namespace

sqlite3_io_methods const* methods_for(File const& file) {
  return file.has_shared_memory() ? &kWithSharedMemory : &kWithout;
}

}  // namespace dga::sodium_vfs
