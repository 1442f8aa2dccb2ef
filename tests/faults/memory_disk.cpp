#include "tests/faults/memory_disk.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <ctime>

namespace dga::faults {

// One open file. SQLite owns the memory; `io` must come first.
struct MemoryFile {
  sqlite3_file io;
  MemoryDisk* disk;
  std::string* name;  // owned
  int lock;
  bool delete_at_close;

  static MemoryFile& of(sqlite3_file* file) { return *reinterpret_cast<MemoryFile*>(file); }
  std::string& content() { return disk->files_[*name]; }

  static int close(sqlite3_file* file) {
    auto& self = of(file);
    if (self.delete_at_close) self.disk->files_.erase(*self.name);
    delete self.name;
    return SQLITE_OK;
  }
  static int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    auto& self = of(file);
    if (int const code = self.disk->attempt(PlannedFailure::Call::kRead); code != SQLITE_OK) {
      std::memset(into, 0, static_cast<std::size_t>(amount));
      return code;
    }
    auto const& content = self.content();
    auto const from = std::min(static_cast<std::size_t>(offset), content.size());
    auto const have = std::min(static_cast<std::size_t>(amount), content.size() - from);
    std::memcpy(into, content.data() + from, have);
    std::memset(static_cast<char*>(into) + have, 0, static_cast<std::size_t>(amount) - have);
    return have == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }
  static int write(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
    auto& self = of(file);
    if (int const code = self.disk->attempt(PlannedFailure::Call::kWrite); code != SQLITE_OK) return code;
    auto& content = self.content();
    auto const end = static_cast<std::size_t>(offset) + static_cast<std::size_t>(amount);
    if (content.size() < end) content.resize(end, '\0');
    std::memcpy(content.data() + offset, from, static_cast<std::size_t>(amount));
    self.disk->operations_.push_back({Operation::Kind::kWrite, *self.name, static_cast<std::uint64_t>(offset),
                                      std::string(static_cast<char const*>(from), static_cast<std::size_t>(amount))});
    return SQLITE_OK;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& self = of(file);
    if (int const code = self.disk->attempt(PlannedFailure::Call::kTruncate); code != SQLITE_OK) return code;
    self.content().resize(static_cast<std::size_t>(size), '\0');
    self.disk->operations_.push_back({Operation::Kind::kTruncate, *self.name, static_cast<std::uint64_t>(size), {}});
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int) {
    auto& self = of(file);
    if (int const code = self.disk->attempt(PlannedFailure::Call::kSync); code != SQLITE_OK) return code;
    self.disk->operations_.push_back({Operation::Kind::kSync, *self.name, 0, {}});
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    *bytes = static_cast<sqlite3_int64>(of(file).content().size());
    return SQLITE_OK;
  }
  static int take_lock(sqlite3_file* file, int level) {
    of(file).lock = std::max(of(file).lock, level);
    return SQLITE_OK;
  }
  static int release_lock(sqlite3_file* file, int level) {
    of(file).lock = std::min(of(file).lock, level);
    return SQLITE_OK;
  }
  static int reserved(sqlite3_file* file, int* result) {
    *result = of(file).lock >= SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 512; }
  static int characteristics(sqlite3_file*) { return 0; }

  static int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
    auto& shared = of(file).disk->shared_[*of(file).name];
    *at = nullptr;
    while (shared.regions.size() <= static_cast<std::size_t>(region)) {
      if (!extend) return SQLITE_OK;
      shared.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    }
    *at = shared.regions[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file* file, int first, int count, int flags) {
    auto& locks = of(file).disk->shared_[*of(file).name].locks;
    for (int slot = first; slot < first + count; ++slot) {
      int const held = locks[static_cast<std::size_t>(slot)];
      if ((flags & SQLITE_SHM_LOCK) && ((flags & SQLITE_SHM_EXCLUSIVE) ? held != 0 : held < 0)) return SQLITE_BUSY;
    }
    for (int slot = first; slot < first + count; ++slot) {
      int& held = locks[static_cast<std::size_t>(slot)];
      if (flags & SQLITE_SHM_LOCK)
        held = (flags & SQLITE_SHM_EXCLUSIVE) ? -1 : held + 1;
      else
        held = (flags & SQLITE_SHM_EXCLUSIVE) ? 0 : std::max(0, held - 1);
    }
    return SQLITE_OK;
  }
  static void shm_barrier(sqlite3_file*) {}
  static int shm_unmap(sqlite3_file* file, int remove) {
    if (remove) of(file).disk->shared_.erase(*of(file).name);
    return SQLITE_OK;
  }
};

struct MemoryVfs {
  static MemoryDisk& of(sqlite3_vfs* vfs) { return *static_cast<MemoryDisk*>(vfs->pAppData); }

  static sqlite3_io_methods const* methods() {
    static sqlite3_io_methods const table = [] {
      sqlite3_io_methods made{};
      made.iVersion = 2;
      made.xClose = MemoryFile::close;
      made.xRead = MemoryFile::read;
      made.xWrite = MemoryFile::write;
      made.xTruncate = MemoryFile::truncate;
      made.xSync = MemoryFile::sync;
      made.xFileSize = MemoryFile::size;
      made.xLock = MemoryFile::take_lock;
      made.xUnlock = MemoryFile::release_lock;
      made.xCheckReservedLock = MemoryFile::reserved;
      made.xFileControl = MemoryFile::control;
      made.xSectorSize = MemoryFile::sector_size;
      made.xDeviceCharacteristics = MemoryFile::characteristics;
      made.xShmMap = MemoryFile::shm_map;
      made.xShmLock = MemoryFile::shm_lock;
      made.xShmBarrier = MemoryFile::shm_barrier;
      made.xShmUnmap = MemoryFile::shm_unmap;
      return made;
    }();
    return &table;
  }

  static int open(sqlite3_vfs* vfs, char const* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& disk = of(vfs);
    file->pMethods = nullptr;
    if (int const code = disk.attempt(PlannedFailure::Call::kOpen); code != SQLITE_OK) return SQLITE_CANTOPEN;
    static std::atomic<std::uint64_t> nameless{0};
    std::string const path = name ? name : "nameless-" + std::to_string(++nameless);
    if (!disk.files_.contains(path)) {
      if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
      disk.files_[path];
      disk.operations_.push_back({Operation::Kind::kCreate, path, 0, {}});
    }
    auto& self = MemoryFile::of(file);
    self.disk = &disk;
    self.name = new std::string(path);  // freed by close
    self.lock = SQLITE_LOCK_NONE;
    self.delete_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    file->pMethods = methods();
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, char const* name, int) {
    auto& disk = of(vfs);
    if (int const code = disk.attempt(PlannedFailure::Call::kDelete); code != SQLITE_OK) return SQLITE_IOERR_DELETE;
    if (disk.files_.erase(name) == 0) return SQLITE_IOERR_DELETE_NOENT;
    disk.operations_.push_back({Operation::Kind::kDelete, name, 0, {}});
    return SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, char const* name, int, int* result) {
    *result = of(vfs).files_.contains(name) ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs*, char const* name, int size, char* into) {
    sqlite3_snprintf(size, into, "%s", name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs*, int size, char* into) {
    // SQLite's own salts; the same in every run, so that a failing image can be made again.
    for (int i = 0; i < size; ++i) into[i] = static_cast<char>(i * 37 + 11);
    return size;
  }
  static int wait(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int now(sqlite3_vfs*, double* days) {
    *days = 2460000.5;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

MemoryDisk::MemoryDisk(Files content) : vfs_(std::make_unique<sqlite3_vfs>()), files_(std::move(content)) {
  static std::atomic<std::uint64_t> made{0};
  name_ = "memory-disk-" + std::to_string(++made);
  *vfs_ = sqlite3_vfs{};
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(MemoryFile);
  vfs_->mxPathname = 512;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = MemoryVfs::open;
  vfs_->xDelete = MemoryVfs::remove;
  vfs_->xAccess = MemoryVfs::access;
  vfs_->xFullPathname = MemoryVfs::full_path;
  vfs_->xRandomness = MemoryVfs::randomness;
  vfs_->xSleep = MemoryVfs::wait;
  vfs_->xCurrentTime = MemoryVfs::now;
  vfs_->xGetLastError = MemoryVfs::last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
}

MemoryDisk::~MemoryDisk() { sqlite3_vfs_unregister(vfs_.get()); }

void MemoryDisk::mark(std::uint64_t number) { operations_.push_back({Operation::Kind::kMark, {}, number, {}}); }

void MemoryDisk::plan(std::optional<PlannedFailure> failure) {
  plan_ = failure;
  calls_.fill(0);
  failed_ = false;
}

int MemoryDisk::attempt(PlannedFailure::Call call) {
  auto const kind = static_cast<std::size_t>(call), any = static_cast<std::size_t>(PlannedFailure::Call::kAny);
  ++calls_[kind];
  ++calls_[any];
  if (!plan_ || (plan_->call != call && plan_->call != PlannedFailure::Call::kAny)) return SQLITE_OK;
  auto const count = calls_[plan_->call == PlannedFailure::Call::kAny ? any : kind];
  if (count == plan_->nth || (plan_->for_good && count > plan_->nth)) {
    failed_ = true;
    return plan_->code;
  }
  return SQLITE_OK;
}

}  // namespace dga::faults
