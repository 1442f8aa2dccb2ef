#include "shared/store/sodium_vfs/vfs.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <new>
#include <string_view>
#include <utility>

#include "shared/store/sodium_vfs/journal_file.h"
#include "shared/store/sodium_vfs/methods.h"
#include "shared/store/sodium_vfs/page_file.h"
#include "shared/store/sodium_vfs/temporary_file.h"
#include "shared/store/sodium_vfs/wal_file.h"

namespace dga::sodium_vfs {

struct Mount::Inside {
  Inside(sqlite3_vfs* base, crypto::Key32 const& key, Commits commits) : common(base, key, commits) {}

  Common common;
  std::string name;
  sqlite3_vfs vfs{};
  std::atomic<bool> must_create = false;
};

namespace {

Mount::Inside& of(sqlite3_vfs* vfs) { return *static_cast<Mount::Inside*>(vfs->pAppData); }
sqlite3_vfs* base_of(sqlite3_vfs* vfs) { return of(vfs).common.base; }

std::unique_ptr<File> make_file(Common& common, char const* name, int flags) {
  auto& databases = common.databases;
  if (flags & SQLITE_OPEN_MAIN_DB) return std::make_unique<PageFile>(common);
  if (flags & SQLITE_OPEN_WAL) return std::make_unique<WalFile>(common, databases.owner_of(name));
  if (flags & SQLITE_OPEN_MAIN_JOURNAL)
    return std::make_unique<JournalFile>(common, databases.owner_of(name), Kind::kJournal);
  if (flags & SQLITE_OPEN_SUPER_JOURNAL) {
    // SQLite also opens the journals that a super-journal names as one (the flag keeps it from asking whose they are).
    // Its own name ends differently: "-mj" and nine digits.
    bool const named_by_one = std::string_view(name).ends_with("-journal");
    return std::make_unique<JournalFile>(common, nullptr, named_by_one ? Kind::kJournal : Kind::kSuperJournal);
  }
  return std::make_unique<TemporaryFile>(common);
}

int open_file(sqlite3_vfs* vfs, char const* name, sqlite3_file* out, int flags, int* flags_out) {
  out->pMethods = nullptr;
  auto& inside = of(vfs);
  bool const creating =
      (flags & SQLITE_OPEN_MAIN_DB) && (flags & SQLITE_OPEN_CREATE) && inside.must_create.exchange(false);
  try {
    auto file = make_file(inside.common, name, flags);
    int given = 0;
    int const result = file->open(name, creating ? flags | SQLITE_OPEN_EXCLUSIVE : flags, &given);
    if (result != SQLITE_OK) return result;
    // Where a file is in the way the VFS below falls back to opening it for reading only.
    if (creating && (given & SQLITE_OPEN_READONLY)) return SQLITE_CANTOPEN;
    if (flags_out) *flags_out = given;
    auto& handle = *reinterpret_cast<Handle*>(out);
    handle.file = file.release();
    handle.head.pMethods = methods_for(*handle.file);
    return SQLITE_OK;
  } catch (std::bad_alloc const&) {
    return SQLITE_NOMEM;
  }
}

// The rest is the base VFS's own business.
int remove_file(sqlite3_vfs* vfs, char const* name, int sync_folder) {
  return base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
}
int access(sqlite3_vfs* vfs, char const* name, int flags, int* out) {
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, out);
}
int full_path(sqlite3_vfs* vfs, char const* name, int size, char* out) {
  return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) { return base_of(vfs)->xRandomness(base_of(vfs), size, out); }
int sleep(sqlite3_vfs* vfs, int microseconds) { return base_of(vfs)->xSleep(base_of(vfs), microseconds); }
int current_time(sqlite3_vfs* vfs, double* out) { return base_of(vfs)->xCurrentTime(base_of(vfs), out); }
int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* out) {
  auto* const base = base_of(vfs);
  if (base->iVersion >= 2 && base->xCurrentTimeInt64) return base->xCurrentTimeInt64(base, out);
  double days = 0;
  int const result = base->xCurrentTime(base, &days);
  *out = static_cast<sqlite3_int64>(days * 86'400'000.0);
  return result;
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return base_of(vfs)->xGetLastError ? base_of(vfs)->xGetLastError(base_of(vfs), size, out) : 0;
}
// Through an encrypted database no code is loaded.
void* load_no_code(sqlite3_vfs*, char const*) { return nullptr; }
void why_no_code(sqlite3_vfs*, int size, char* message) { sqlite3_snprintf(size, message, "no extensions here"); }

}  // namespace

base::Result<std::unique_ptr<Mount>> Mount::make(crypto::Key32 const& key, MountOptions const& options) {
  auto* const base = sqlite3_vfs_find(options.base_vfs.c_str());
  if (!base)
    return base::storage("store.no_vfs", fmt::format("SQLite knows no VFS {}", options.base_vfs),
                         "Use SQLite as Debian ships it");
  auto inside = std::make_unique<Inside>(base, key, options.commits);
  // The object's own place makes the name one of a kind without a counter for the whole program.
  inside->name = fmt::format("dga-sodium-{}", static_cast<void const*>(inside.get()));
  inside->must_create = options.must_create;
  auto& vfs = inside->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = base->mxPathname;
  vfs.zName = inside->name.c_str();
  vfs.pAppData = inside.get();
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_ms;
  vfs.xDlOpen = load_no_code;
  vfs.xDlError = why_no_code;
  // Made first: what SQLite knows must have an owner.
  std::unique_ptr<Mount> mount(new Mount(std::move(inside)));
  if (int const result = sqlite3_vfs_register(&vfs, 0); result != SQLITE_OK)
    return base::storage("store.no_vfs", "SQLite did not take the encrypting VFS",
                         "Close other programs and try again");
  return mount;
}

Mount::Mount(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Mount::~Mount() { sqlite3_vfs_unregister(&inside_->vfs); }

char const* Mount::name() const { return inside_->name.c_str(); }

Mount::Presence Mount::look_for(std::string const& path) const {
  int there = 0;
  auto* const base = inside_->common.base;
  // SQLite's EXISTS overlooks empty files; a writable one is seen by this.
  for (int question : {SQLITE_ACCESS_EXISTS, SQLITE_ACCESS_READWRITE}) {
    if (base->xAccess(base, path.c_str(), question, &there) != SQLITE_OK) return Presence::kUnknown;
    if (there) return Presence::kThere;
  }
  return Presence::kMissing;
}

void Mount::remove(std::string const& path) const {
  auto* const base = inside_->common.base;
  base->xDelete(base, path.c_str(), 0);
}

std::optional<Failure> Mount::last_failure() const { return inside_->common.note.last(); }
int Mount::last_system_error() const { return inside_->common.note.system_error(); }
void Mount::forget_failure() { inside_->common.note.clear(); }

}  // namespace dga::sodium_vfs
