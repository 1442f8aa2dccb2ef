#include "tests/support/store_disk_vfs.h"

#include <fmt/format.h>

#include <algorithm>

namespace dga::test {
namespace {

using What = DiskOperation::What;

struct DiskFile {
  sqlite3_file head;
  DiskVfs* owner;
  std::string* name;
  sqlite3_file* below;
};

DiskFile& of(sqlite3_file* file) { return *reinterpret_cast<DiskFile*>(file); }
sqlite3_io_methods const& methods(sqlite3_file* file) { return *of(file).below->pMethods; }
DiskVfs& of(sqlite3_vfs* vfs) { return *static_cast<DiskVfs*>(vfs->pAppData); }

std::string last_part(char const* path) {
  std::string const whole = path ? path : "";
  return whole.substr(whole.rfind('/') + 1);
}

int close_file(sqlite3_file* file) {
  int const result = methods(file).xClose(of(file).below);
  sqlite3_free(of(file).below);
  delete of(file).name;
  return result;
}
int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return methods(file).xRead(of(file).below, into, amount, offset);
}
int write_file(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
  auto& disk = *of(file).owner;
  if (int const failure = disk.next_result()) {
    methods(file).xWrite(of(file).below, from, amount / 2, offset);
    disk.record({What::kWrite, *of(file).name, static_cast<std::uint64_t>(offset),
                 std::string(static_cast<char const*>(from), static_cast<std::size_t>(amount / 2))});
    return failure;
  }
  disk.record({What::kWrite, *of(file).name, static_cast<std::uint64_t>(offset),
               std::string(static_cast<char const*>(from), static_cast<std::size_t>(amount))});
  return methods(file).xWrite(of(file).below, from, amount, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (int const failure = of(file).owner->next_result()) return failure;
  of(file).owner->record({What::kTruncate, *of(file).name, static_cast<std::uint64_t>(size), {}});
  return methods(file).xTruncate(of(file).below, size);
}
int sync_file(sqlite3_file* file, int flags) {
  if (int const failure = of(file).owner->next_result()) return failure;
  int const result = methods(file).xSync(of(file).below, flags);
  of(file).owner->record({What::kSync, *of(file).name, 0, {}});
  return result;
}
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
  if (flags & SQLITE_OPEN_CREATE)
    if (disk.next_result()) return SQLITE_CANTOPEN;
  auto& file = of(out);
  file.below = static_cast<sqlite3_file*>(sqlite3_malloc(disk.below()->szOsFile));
  file.below->pMethods = nullptr;
  int const result = disk.below()->xOpen(disk.below(), name, file.below, flags, flags_out);
  if (result != SQLITE_OK) {
    sqlite3_free(file.below);
    return result;
  }
  file.owner = &disk;
  file.name = new std::string(last_part(name));
  file.head.pMethods = &kMethods;
  if (flags & SQLITE_OPEN_CREATE) disk.record({What::kCreate, *file.name, 0, {}});
  return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, char const* name, int sync_folder) {
  if (int const failure = of(vfs).next_result()) return failure == SQLITE_FULL ? SQLITE_IOERR_DELETE : failure;
  int const result = of(vfs).below()->xDelete(of(vfs).below(), name, sync_folder);
  if (result == SQLITE_OK) of(vfs).record({What::kDelete, last_part(name), 0, {}});
  return result;
}
int access_file(sqlite3_vfs* vfs, char const* name, int flags, int* out) {
  return of(vfs).below()->xAccess(of(vfs).below(), name, flags, out);
}
int full_path(sqlite3_vfs* vfs, char const* name, int size, char* out) {
  return of(vfs).below()->xFullPathname(of(vfs).below(), name, size, out);
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

void apply(std::string& content, DiskOperation const& operation) {
  auto const offset = static_cast<std::size_t>(operation.offset);
  if (operation.what == What::kTruncate) {
    content.resize(offset);
  } else {
    if (content.size() < offset + operation.data.size()) content.resize(offset + operation.data.size());
    content.replace(offset, operation.data.size(), operation.data);
  }
}

// Each sector of the write arrives or not.
void apply_torn(std::string& content, DiskOperation const& operation, base::Random& random) {
  constexpr std::size_t kSector = 512;
  for (std::size_t done = 0; done < operation.data.size();) {
    auto const at = static_cast<std::size_t>(operation.offset) + done;
    auto const part = std::min(kSector - at % kSector, operation.data.size() - done);
    if (random.below(2)) apply(content, {What::kWrite, operation.file, at, operation.data.substr(done, part)});
    done += part;
  }
}

struct OneFile {
  bool there = false;
  std::string durable;
  std::vector<DiskOperation> pending;
};

}  // namespace

DiskVfs::DiskVfs() : below_(sqlite3_vfs_find("unix-excl")), vfs_(std::make_unique<sqlite3_vfs>(*below_)) {
  name_ = fmt::format("test-disk-{}", static_cast<void const*>(this));
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->szOsFile = sizeof(DiskFile);
  vfs_->pAppData = this;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_path;
  vfs_->xGetLastError = last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
}
DiskVfs::~DiskVfs() { sqlite3_vfs_unregister(vfs_.get()); }

void DiskVfs::fail(std::uint64_t after, int result, std::uint64_t times) {
  before_failure_ = after;
  failure_ = result;
  failures_ = times;
  failed_ = false;
}
int DiskVfs::next_result() {
  if (failures_ == 0) return SQLITE_OK;
  if (before_failure_ > 0) {
    --before_failure_;
    return SQLITE_OK;
  }
  if (failures_ != UINT64_MAX) --failures_;
  failed_ = true;
  return failure_;
}

Disk disk_after(Disk const& before, std::vector<DiskOperation> const& operations, std::size_t count, PowerCut how,
                base::Random& random) {
  std::map<std::string, OneFile> files;
  for (auto const& [name, content] : before) files[name] = {true, content, {}};
  for (std::size_t i = 0; i < count; ++i) {
    auto const& operation = operations[i];
    auto& file = files[operation.file];
    switch (operation.what) {
      case What::kCreate: file.there = true; break;
      case What::kWrite:
      case What::kTruncate: file.pending.push_back(operation); break;
      case What::kSync:
        for (auto const& pending : file.pending) apply(file.durable, pending);
        file.pending.clear();
        break;
      case What::kDelete: file = {}; break;
    }
  }
  Disk disk;
  for (auto& [name, file] : files) {
    if (!file.there || name.empty()) continue;
    for (auto const& pending : file.pending) {
      switch (how) {
        case PowerCut::kKeepsAll: apply(file.durable, pending); break;
        case PowerCut::kDropsAll: break;
        case PowerCut::kTears:
          if (pending.what == What::kWrite) {
            apply_torn(file.durable, pending, random);
            break;
          }
          [[fallthrough]];
        case PowerCut::kPicks:
          if (random.below(2)) apply(file.durable, pending);
          break;
      }
    }
    disk.emplace(name, std::move(file.durable));
  }
  return disk;
}

}  // namespace dga::test
