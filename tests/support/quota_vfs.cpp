#include "tests/support/quota_vfs.h"

#include <fmt/format.h>

#include <algorithm>

namespace dga::test {
namespace {

struct QuotaFile {
  sqlite3_file head;
  QuotaVfs* disk;
  std::string* path;
  sqlite3_file* below;
};

QuotaFile& of(sqlite3_file* file) { return *reinterpret_cast<QuotaFile*>(file); }
sqlite3_io_methods const& methods(sqlite3_file* file) { return *of(file).below->pMethods; }
QuotaVfs& of(sqlite3_vfs* vfs) { return *static_cast<QuotaVfs*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
  int const result = methods(file).xClose(of(file).below);
  sqlite3_free(of(file).below);
  delete of(file).path;
  return result;
}
int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return methods(file).xRead(of(file).below, into, amount, offset);
}
int write_file(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
  auto& disk = *of(file).disk;
  auto& size = disk.size_of(*of(file).path);
  auto const end = static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(amount);
  auto const most = size + disk.free();
  if (end > most) {
    disk.refuse();
    auto const fits = static_cast<std::int64_t>(most) - offset;
    if (fits > 0 && methods(file).xWrite(of(file).below, from, static_cast<int>(fits), offset) == SQLITE_OK)
      size = std::max(size, most);
    return SQLITE_FULL;
  }
  int const result = methods(file).xWrite(of(file).below, from, amount, offset);
  if (result == SQLITE_OK) size = std::max(size, end);
  return result;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 bytes) {
  int const result = methods(file).xTruncate(of(file).below, bytes);
  if (result == SQLITE_OK) of(file).disk->size_of(*of(file).path) = static_cast<std::uint64_t>(bytes);
  return result;
}
int sync_file(sqlite3_file* file, int flags) { return methods(file).xSync(of(file).below, flags); }
int size_of_file(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(of(file).below, size); }
int lock_file(sqlite3_file* file, int level) { return methods(file).xLock(of(file).below, level); }
int unlock_file(sqlite3_file* file, int level) { return methods(file).xUnlock(of(file).below, level); }
int check_lock(sqlite3_file* file, int* held) { return methods(file).xCheckReservedLock(of(file).below, held); }
int control_file(sqlite3_file* file, int operation, void* argument) {
  return methods(file).xFileControl(of(file).below, operation, argument);
}
int sector_size(sqlite3_file* file) { return methods(file).xSectorSize(of(file).below); }
int characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(of(file).below); }
int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
  return methods(file).xShmMap(of(file).below, region, bytes, extend, at);
}
int shm_lock(sqlite3_file* file, int first, int count, int flags) {
  return methods(file).xShmLock(of(file).below, first, count, flags);
}
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(of(file).below); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(of(file).below, remove); }

constexpr sqlite3_io_methods kMethods = {
    2,         close_file,  read_file,  write_file,   truncate_file, sync_file,       size_of_file,
    lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,  nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, char const* name, sqlite3_file* out, int flags, int* flags_out) {
  auto& disk = of(vfs);
  out->pMethods = nullptr;
  auto& file = of(out);
  file.below = static_cast<sqlite3_file*>(sqlite3_malloc(disk.below()->szOsFile));
  file.below->pMethods = nullptr;
  int const result = disk.below()->xOpen(disk.below(), name, file.below, flags, flags_out);
  if (result != SQLITE_OK) {
    sqlite3_free(file.below);
    return result;
  }
  file.disk = &disk;
  file.path = new std::string(name ? name : "");
  file.head.pMethods = &kMethods;
  sqlite3_int64 size = 0;
  if (name && file.below->pMethods->xFileSize(file.below, &size) == SQLITE_OK)
    disk.size_of(name) = static_cast<std::uint64_t>(size);
  return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, char const* name, int sync_folder) {
  int const result = of(vfs).below()->xDelete(of(vfs).below(), name, sync_folder);
  if (result == SQLITE_OK) of(vfs).forget(name);
  return result;
}
int access_file(sqlite3_vfs* vfs, char const* name, int flags, int* out) {
  return of(vfs).below()->xAccess(of(vfs).below(), name, flags, out);
}
int full_path(sqlite3_vfs* vfs, char const* name, int size, char* out) {
  return of(vfs).below()->xFullPathname(of(vfs).below(), name, size, out);
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

class QuotaSpace final : public store::DiskSpace {
 public:
  explicit QuotaSpace(QuotaVfs const& disk) : disk_(&disk) {}
  base::Result<std::uint64_t> free_bytes(std::filesystem::path const&) override { return disk_->free(); }

 private:
  QuotaVfs const* disk_;
};

}  // namespace

QuotaVfs::QuotaVfs() : below_(sqlite3_vfs_find("unix-excl")), vfs_(std::make_unique<sqlite3_vfs>(*below_)) {
  name_ = fmt::format("test-quota-{}", static_cast<void const*>(this));
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->szOsFile = sizeof(QuotaFile);
  vfs_->pAppData = this;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_path;
  vfs_->xGetLastError = last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
}
QuotaVfs::~QuotaVfs() { sqlite3_vfs_unregister(vfs_.get()); }

std::uint64_t QuotaVfs::used() const {
  std::uint64_t sum = 0;
  for (auto const& [path, size] : sizes_) sum += size;
  return sum;
}

std::unique_ptr<store::DiskSpace> QuotaVfs::space() { return std::make_unique<QuotaSpace>(*this); }

}  // namespace dga::test
