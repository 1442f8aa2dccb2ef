#include "shared/store/salvage/snapshot_vfs.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <new>
#include <string_view>
#include <vector>

namespace dga::salvage {
namespace {

constexpr std::size_t kBlock = 4096;

// A file, and what was written over it.
class Layered {
 public:
  explicit Layered(FileView const* below) : below_(below), size_(below ? below->size() : 0), below_size_(size_) {}

  bool exists = false;
  std::uint64_t size() const { return size_; }

  int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
    auto const there = offset >= size_ ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(amount, size_ - offset));
    std::memset(into + there, 0, amount - there);
    if (blocks_.empty()) {
      if (!read_below(into, there, offset)) return SQLITE_IOERR_READ;
    } else {
      for (std::size_t done = 0; done < there;) {
        auto const number = (offset + done) / kBlock, within = (offset + done) % kBlock;
        auto const part = std::min<std::size_t>(there - done, kBlock - within);
        auto const found = blocks_.find(number);
        if (found != blocks_.end())
          std::memcpy(into + done, found->second.data() + within, part);
        else if (!read_below(into + done, part, offset + done))
          return SQLITE_IOERR_READ;
        done += part;
      }
    }
    return there == amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) {
    for (std::size_t done = 0; done < amount;) {
      auto const number = (offset + done) / kBlock, within = (offset + done) % kBlock;
      auto const part = std::min<std::size_t>(amount - done, kBlock - within);
      auto [block, fresh] = blocks_.try_emplace(number);
      if (fresh && part < kBlock) static_cast<void>(read_below(block->second.data(), kBlock, number * kBlock));
      std::memcpy(block->second.data() + within, from + done, part);
      done += part;
    }
    size_ = std::max(size_, offset + amount);
    return SQLITE_OK;
  }

  void truncate(std::uint64_t bytes) {
    size_ = std::min(size_, bytes);
    below_size_ = std::min(below_size_, bytes);
    blocks_.erase(blocks_.upper_bound(bytes / kBlock), blocks_.end());
    if (auto const last = blocks_.find(bytes / kBlock); last != blocks_.end())
      std::memset(last->second.data() + bytes % kBlock, 0, kBlock - bytes % kBlock);
  }

 private:
  // What the file below still has of a stretch; beyond its end zeros.
  bool read_below(std::uint8_t* into, std::size_t amount, std::uint64_t offset) const {
    auto const there =
        offset >= below_size_ ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(amount, below_size_ - offset));
    std::memset(into + there, 0, amount - there);
    return there == 0 || below_->read(into, there, offset);
  }

  FileView const* below_;
  std::uint64_t size_, below_size_;
  std::map<std::uint64_t, std::array<std::uint8_t, kBlock>> blocks_;
};

struct OpenFile {
  sqlite3_file head;
  Layered* file;
  bool temporary;
  std::vector<std::unique_ptr<std::array<std::uint8_t, 32 * 1024>>>* regions;  // of the log's index
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int close(sqlite3_file* file) {
  if (of(file).temporary) delete of(file).file;
  delete of(file).regions;
  return SQLITE_OK;
}
int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return of(file).file->read(static_cast<std::uint8_t*>(into), static_cast<std::size_t>(amount),
                             static_cast<std::uint64_t>(offset));
}
int write(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) try {
  return of(file).file->write(static_cast<std::uint8_t const*>(from), static_cast<std::size_t>(amount),
                              static_cast<std::uint64_t>(offset));
} catch (std::bad_alloc const&) {
  return SQLITE_IOERR_NOMEM;
}
int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
  of(file).file->truncate(static_cast<std::uint64_t>(bytes));
  return SQLITE_OK;
}
int sync(sqlite3_file*, int) { return SQLITE_OK; }
int size(sqlite3_file* file, sqlite3_int64* bytes) {
  *bytes = static_cast<sqlite3_int64>(of(file).file->size());
  return SQLITE_OK;
}
int lock(sqlite3_file*, int) { return SQLITE_OK; }
int check_reserved_lock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kBlock); }
int characteristics(sqlite3_file*) { return 0; }

// The log's index lives in memory; with one connection there is nobody to share it with and nobody to lock out.
int map_shared(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) try {
  *at = nullptr;
  auto& regions = *of(file).regions;
  if (bytes != 32 * 1024) return SQLITE_IOERR_SHMMAP;
  auto const number = static_cast<std::size_t>(region);
  if (number >= regions.size()) {
    if (!extend) return SQLITE_OK;
    while (regions.size() <= number) regions.push_back(std::make_unique<std::array<std::uint8_t, 32 * 1024>>());
  }
  *at = regions[number]->data();
  return SQLITE_OK;
} catch (std::bad_alloc const&) {
  return SQLITE_IOERR_NOMEM;
}
int lock_shared(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void shared_barrier(sqlite3_file*) {}
int unmap_shared(sqlite3_file* file, int) {
  of(file).regions->clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods{2,
                                      close,
                                      read,
                                      write,
                                      truncate,
                                      sync,
                                      size,
                                      lock,
                                      lock,
                                      check_reserved_lock,
                                      control,
                                      sector_size,
                                      characteristics,
                                      map_shared,
                                      lock_shared,
                                      shared_barrier,
                                      unmap_shared,
                                      nullptr,
                                      nullptr};

}  // namespace

struct SnapshotVfs::Inside {
  explicit Inside(DatabaseFiles const& files)
      : database(files.database.get()), log(files.log.get()), journal(files.journal.get()) {
    database.exists = files.database != nullptr;
    log.exists = files.log != nullptr;
    journal.exists = files.journal != nullptr;
  }
  Layered database, log, journal;
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;

  Layered& named(std::string_view file) {
    if (file.ends_with("-wal")) return log;
    if (file.ends_with("-journal")) return journal;
    return database;
  }
};

namespace {

SnapshotVfs::Inside& of(sqlite3_vfs* vfs) { return *static_cast<SnapshotVfs::Inside*>(vfs->pAppData); }
sqlite3_vfs* system_of(sqlite3_vfs* vfs) { return of(vfs).system; }

int open_file(sqlite3_vfs* vfs, char const* name, sqlite3_file* out, int flags, int* flags_out) try {
  out->pMethods = nullptr;
  auto& file = of(out);
  file.temporary = name == nullptr;
  auto temporary = file.temporary ? std::make_unique<Layered>(nullptr) : nullptr;
  auto regions = std::make_unique<std::remove_pointer_t<decltype(file.regions)>>();
  file.file = temporary ? temporary.get() : &of(vfs).named(name);
  if (!temporary && !file.file->exists) {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    file.file->exists = true;
  }
  temporary.release();
  file.regions = regions.release();
  out->pMethods = &kMethods;
  if (flags_out) *flags_out = flags;
  return SQLITE_OK;
} catch (std::bad_alloc const&) {
  return SQLITE_NOMEM;
}
int remove_file(sqlite3_vfs* vfs, char const* name, int) {
  auto& file = of(vfs).named(name);
  if (!file.exists) return SQLITE_IOERR_DELETE_NOENT;
  file.truncate(0);
  file.exists = false;
  return SQLITE_OK;
}
int access(sqlite3_vfs* vfs, char const* name, int, int* out) {
  *out = of(vfs).named(name).exists ? 1 : 0;
  return SQLITE_OK;
}
int full_path(sqlite3_vfs*, char const* name, int bytes, char* out) {
  sqlite3_snprintf(bytes, out, "%s", name);
  return SQLITE_OK;
}
int randomness(sqlite3_vfs* vfs, int bytes, char* out) {
  return system_of(vfs)->xRandomness(system_of(vfs), bytes, out);
}
int sleep(sqlite3_vfs* vfs, int microseconds) { return system_of(vfs)->xSleep(system_of(vfs), microseconds); }
int current_time(sqlite3_vfs* vfs, double* out) { return system_of(vfs)->xCurrentTime(system_of(vfs), out); }
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SnapshotVfs::SnapshotVfs(DatabaseFiles const& files) : inside_(std::make_unique<Inside>(files)) {
  sqlite3_initialize();
  inside_->system = sqlite3_vfs_find(nullptr);
  inside_->name = fmt::format("dga-snapshot-{}", static_cast<void const*>(inside_.get()));
  auto& vfs = inside_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 1024;
  vfs.zName = inside_->name.c_str();
  vfs.pAppData = inside_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs, 0);
}

SnapshotVfs::~SnapshotVfs() { sqlite3_vfs_unregister(&inside_->vfs); }

std::string const& SnapshotVfs::name() const { return inside_->name; }

}  // namespace dga::salvage
