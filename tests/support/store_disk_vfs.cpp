#include "tests/support/store_disk_vfs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace dga::test {

// One file's content, its locks and its shared memory; there as long as it has a name or is open.
struct DiskNode {
  std::uint64_t number = 0;
  std::string content;

  int shared_locks = 0;
  void const *reserved = nullptr, *pending = nullptr, *exclusive = nullptr;  // who holds them

  std::vector<std::unique_ptr<std::uint64_t[]>> memory;
  std::size_t mapped = 0;  // by how many connections
  std::array<void const*, SQLITE_SHM_NLOCK> memory_exclusive{};
  std::array<int, SQLITE_SHM_NLOCK> memory_shared{};
};

namespace {

using What = DiskOperation::What;

struct OpenNode {
  DiskVfs* disk;
  std::shared_ptr<DiskNode> node;
  std::string name;
  bool folder_to_sync;  // as SQLite's own VFS does with the first sync of a log or journal that it may have made
  int lock = SQLITE_LOCK_NONE;
  bool maps_memory = false;
  int log_is_kept = 0;
  unsigned memory_shared = 0, memory_exclusive = 0;  // a bit for each lock
};

struct Handle {
  sqlite3_file head;
  OpenNode* open;
};

OpenNode& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }
DiskVfs& of(sqlite3_vfs* vfs) { return *static_cast<DiskVfs*>(vfs->pAppData); }

std::string last_part(char const* path) {
  std::string const whole = path ? path : "";
  return whole.substr(whole.rfind('/') + 1);
}

void write_into(std::string& content, std::uint64_t offset, void const* from, std::size_t amount) {
  if (amount == 0) return;
  auto const at = static_cast<std::size_t>(offset);
  if (content.size() < at + amount) content.resize(at + amount);
  std::memcpy(content.data() + at, from, amount);
}

std::size_t torn_at_sector(std::uint64_t offset, std::size_t amount) {
  auto const over = (offset + amount) % 512;
  return amount > over ? amount - static_cast<std::size_t>(over) : 0;
}

}  // namespace

struct DiskVfs::Calls {
  static int close(sqlite3_file* file) {
    auto& open = of(file);
    unlock(file, SQLITE_LOCK_NONE);
    if (open.maps_memory) unmap(file, 0);
    delete &open;
    file->pMethods = nullptr;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    auto& open = of(file);
    auto const& content = open.node->content;
    auto const at = static_cast<std::size_t>(offset), wanted = static_cast<std::size_t>(amount);
    auto there = at < content.size() ? std::min(wanted, content.size() - at) : 0;
    bool const fails = open.disk->fails(kReads);
    if (fails && open.disk->fault_.trouble == DiskTrouble::kError) return SQLITE_IOERR_READ;
    if (fails) there /= 2;
    std::memcpy(into, content.data() + (there ? at : 0), there);
    std::memset(static_cast<char*>(into) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
    auto& open = of(file);
    auto const at = static_cast<std::uint64_t>(offset);
    auto written = static_cast<std::size_t>(amount);
    bool const fails = open.disk->fails(kWrites);
    if (fails && open.disk->fault_.trouble == DiskTrouble::kSilent) return SQLITE_OK;
    // The first half, as far as whole sectors go.
    if (fails) written = torn_at_sector(at, written / 2);
    write_into(open.node->content, at, from, written);
    open.disk->record(
        {What::kWrite, open.node->number, open.name, at, std::string(static_cast<char const*>(from), written)});
    if (!fails) return SQLITE_OK;
    return open.disk->fault_.trouble == DiskTrouble::kFull ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    auto& open = of(file);
    if (open.disk->fails(kTruncates)) return SQLITE_IOERR_TRUNCATE;
    open.node->content.resize(static_cast<std::size_t>(bytes));
    open.disk->record({What::kTruncate, open.node->number, open.name, static_cast<std::uint64_t>(bytes), {}});
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* file, int) {
    auto& open = of(file);
    bool const fails = open.disk->fails(kSyncs);
    open.disk->record({fails ? What::kFailedSync : What::kSync, open.node->number, open.name, 0, {}});
    if (fails) return SQLITE_IOERR_FSYNC;
    if (open.folder_to_sync) open.disk->sync_folder();
    open.folder_to_sync = false;
    return SQLITE_OK;
  }

  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    if (of(file).disk->fails(kSizes)) return SQLITE_IOERR_FSTAT;
    *bytes = static_cast<sqlite3_int64>(of(file).node->content.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* file, int level) {
    auto& open = of(file);
    auto& node = *open.node;
    if (open.lock >= level) return SQLITE_OK;
    if (open.disk->fails(kLocks)) return SQLITE_IOERR_LOCK;
    auto const others = [&](void const* holder) { return holder && holder != &open; };
    if (others(node.exclusive) || (level == SQLITE_LOCK_SHARED && others(node.pending))) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && (others(node.reserved) || others(node.pending))) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) ++node.shared_locks;
    if (level == SQLITE_LOCK_RESERVED) node.reserved = &open;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      node.pending = &open;
      if (node.shared_locks > 1) {
        open.lock = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
      }
      node.exclusive = &open;
    }
    open.lock = level;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* file, int level) {
    auto& open = of(file);
    auto& node = *open.node;
    if (open.lock <= level) return SQLITE_OK;
    for (auto* holder : {&node.reserved, &node.pending, &node.exclusive})
      if (*holder == &open) *holder = nullptr;
    if (level == SQLITE_LOCK_NONE) --node.shared_locks;
    open.lock = level;
    return SQLITE_OK;
  }

  static int check_reserved_lock(sqlite3_file* file, int* held) {
    auto const& node = *of(file).node;
    *held = node.reserved || node.pending || node.exclusive;
    return SQLITE_OK;
  }

  static int control(sqlite3_file* file, int operation, void* argument) {
    if (operation != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
    auto& asked = *static_cast<int*>(argument);
    if (asked < 0)
      asked = of(file).log_is_kept;
    else
      of(file).log_is_kept = asked;
    return SQLITE_OK;
  }
  static int sector_bytes(sqlite3_file*) { return 4096; }
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int map(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
    auto& open = of(file);
    auto& memory = open.node->memory;
    *at = nullptr;
    if (open.disk->fails(kSharedMemory)) return SQLITE_IOERR_SHMMAP;
    if (!open.maps_memory) ++open.node->mapped;
    open.maps_memory = true;
    auto const wanted = static_cast<std::size_t>(region) + 1;
    if (memory.size() < wanted && !extend) return SQLITE_OK;
    while (memory.size() < wanted)
      memory.push_back(std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(bytes) / sizeof(std::uint64_t)));
    *at = memory[wanted - 1].get();
    return SQLITE_OK;
  }

  static int lock_memory(sqlite3_file* file, int first, int count, int flags) {
    auto& open = of(file);
    auto& node = *open.node;
    if (!(flags & SQLITE_SHM_UNLOCK) && open.disk->fails(kSharedMemory)) return SQLITE_IOERR_SHMLOCK;
    for (int pass = 0; pass < 2; ++pass) {  // first looks, then takes
      for (int i = first; i < first + count; ++i) {
        auto const place = static_cast<std::size_t>(i);
        auto const bit = 1U << i;
        if (flags & SQLITE_SHM_UNLOCK) {
          if (pass == 0) continue;
          if (open.memory_exclusive & bit) node.memory_exclusive[place] = nullptr;
          if (open.memory_shared & bit) --node.memory_shared[place];
          open.memory_exclusive &= ~bit;
          open.memory_shared &= ~bit;
          continue;
        }
        bool const mine = open.memory_shared & bit;
        if (pass == 0) {
          if (node.memory_exclusive[place] && node.memory_exclusive[place] != &open) return SQLITE_BUSY;
          if ((flags & SQLITE_SHM_EXCLUSIVE) && node.memory_shared[place] > (mine ? 1 : 0)) return SQLITE_BUSY;
        } else if (flags & SQLITE_SHM_EXCLUSIVE) {
          node.memory_exclusive[place] = &open;
          open.memory_exclusive |= bit;
        } else if (!mine) {
          ++node.memory_shared[place];
          open.memory_shared |= bit;
        }
      }
    }
    return SQLITE_OK;
  }

  static void barrier(sqlite3_file*) {}

  static int unmap(sqlite3_file* file, int) {
    auto& open = of(file);
    lock_memory(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    if (open.maps_memory && --open.node->mapped == 0) open.node->memory.clear();
    open.maps_memory = false;
    return SQLITE_OK;
  }

  static constexpr sqlite3_io_methods kMethods = {2,
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
                                                  map,
                                                  lock_memory,
                                                  barrier,
                                                  unmap,
                                                  nullptr,
                                                  nullptr};

  static int open(sqlite3_vfs* vfs, char const* path, sqlite3_file* out, int flags, int* flags_out) {
    auto& disk = of(vfs);
    out->pMethods = nullptr;
    auto const name = last_part(path);
    auto const found = disk.files_.find(name);
    bool const creates = found == disk.files_.end() || name.empty();
    if (creates && !(flags & SQLITE_OPEN_CREATE)) {
      disk.system_error_ = ENOENT;
      return SQLITE_CANTOPEN;
    }
    if (!creates && (flags & SQLITE_OPEN_EXCLUSIVE)) return SQLITE_CANTOPEN;
    bool const can_fail = creates || disk.fault_.trouble != DiskTrouble::kFull;
    if (can_fail && disk.fails(kOpens)) return SQLITE_CANTOPEN;
    std::shared_ptr<DiskNode> node;
    if (creates) {
      node = std::make_shared<DiskNode>();
      node->number = ++disk.nodes_;
      if (!name.empty()) disk.files_[name] = node;
      disk.record({What::kCreate, node->number, name, 0, {}});
    } else {
      node = found->second;
    }
    constexpr int kOrdered = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    bool const folder_to_sync = (flags & SQLITE_OPEN_CREATE) && (flags & kOrdered);
    auto& handle = *reinterpret_cast<Handle*>(out);
    handle.open = new OpenNode{&disk, std::move(node), name, folder_to_sync};
    handle.head.pMethods = &kMethods;
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, char const* path, int sync_folder) {
    auto& disk = of(vfs);
    auto const found = disk.files_.find(last_part(path));
    if (found == disk.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
    if (disk.fails(kDeletes)) return SQLITE_IOERR_DELETE;
    disk.record({What::kDelete, found->second->number, found->first, 0, {}});
    disk.files_.erase(found);
    if (sync_folder) disk.sync_folder();
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, char const* path, int question, int* out) {
    auto& disk = of(vfs);
    *out = 0;
    if (disk.fails(kAccesses)) return SQLITE_IOERR_ACCESS;
    auto const found = disk.files_.find(last_part(path));
    *out = found != disk.files_.end() && (question != SQLITE_ACCESS_EXISTS || !found->second->content.empty());
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, char const* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs* vfs, int, char*) { return of(vfs).system_error_; }
};

DiskVfs::DiskVfs(Disk disk) : vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find("unix-excl"))) {
  name_ = fmt::format("test-disk-{}", static_cast<void const*>(this));
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->szOsFile = sizeof(Handle);
  vfs_->pAppData = this;
  vfs_->xOpen = Calls::open;
  vfs_->xDelete = Calls::remove;
  vfs_->xAccess = Calls::access;
  vfs_->xFullPathname = Calls::full_path;
  vfs_->xGetLastError = Calls::last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
  insert(std::move(disk));
}
DiskVfs::~DiskVfs() { sqlite3_vfs_unregister(vfs_.get()); }

Disk DiskVfs::content() const {
  Disk disk;
  for (auto const& [name, node] : files_) disk[name] = node->content;
  return disk;
}

void DiskVfs::insert(Disk disk) {
  files_.clear();
  operations_.clear();
  nodes_ = 0;
  for (auto& [name, content] : disk) {
    auto node = std::make_shared<DiskNode>();
    node->number = ++nodes_;
    node->content = std::move(content);
    files_.emplace(name, std::move(node));
  }
}

void DiskVfs::rename(std::string const& from, std::string const& to) {
  auto node = files_.extract(from).mapped();
  record({What::kRename, node->number, from, 0, to});
  files_[to] = std::move(node);
}

void DiskVfs::remove(std::string const& name) {
  record({What::kDelete, files_.at(name)->number, name, 0, {}});
  files_.erase(name);
}

void DiskVfs::sync_folder() { record({What::kSyncFolder, 0, {}, 0, {}}); }

void DiskVfs::fail(DiskFault const& fault) {
  fault_ = fault;
  failed_ = false;
  calls_ = 0;
  system_error_ = 0;
}

bool DiskVfs::fails(DiskCall call) {
  if (calm_ > 0 || !(fault_.calls & call)) return false;
  ++calls_;
  if (fault_.times == 0 || calls_ <= fault_.after) return false;
  if (fault_.times != UINT64_MAX) --fault_.times;
  if (!failed_) failed_after_ = operations_.size();
  failed_ = true;
  system_error_ = fault_.trouble == DiskTrouble::kFull ? ENOSPC : EIO;
  return true;
}

}  // namespace dga::test
