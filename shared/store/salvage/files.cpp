#include "shared/store/salvage/files.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <new>
#include <system_error>

#include "shared/store/memory.h"
#include "shared/store/sodium_vfs/file.h"

namespace dga::salvage {
namespace {

namespace fs = std::filesystem;

// Through SQLite's own VFS, the one that the databases are opened with: so its locks are the ones that count, and
// closing this file takes no lock away from a connection of the same program.
constexpr char const* kVfs = "unix-excl";

// SQLite's names of a database and what stands beside it, in the one form that a VFS may ask about.
class Names {
 public:
  explicit Names(fs::path const& file)
      : database_(sqlite3_create_filename(file.c_str(), (file.string() + "-journal").c_str(),
                                          (file.string() + "-wal").c_str(), 0, nullptr)) {
    if (!database_) throw std::bad_alloc();
  }
  ~Names() { sqlite3_free_filename(const_cast<char*>(database_)); }
  Names(Names const&) = delete;
  Names& operator=(Names const&) = delete;
  char const* database() const { return database_; }
  char const* log() const { return sqlite3_filename_wal(database_); }
  char const* journal() const { return sqlite3_filename_journal(database_); }

 private:
  char const* database_;
};

class OnDisk final : public FileView {
 public:
  OnDisk(std::shared_ptr<Names> names, std::unique_ptr<sodium_vfs::Below> file)
      : names_(std::move(names)), file_(std::move(file)) {}
  ~OnDisk() override {
    if (locked_) file_->methods().xUnlock(file_->get(), SQLITE_LOCK_NONE);
  }
  std::uint64_t size() const override {
    std::uint64_t bytes = 0;
    return file_->size(bytes) == SQLITE_OK ? bytes : 0;
  }
  bool read(void* into, std::size_t amount, std::uint64_t offset) const override {
    return file_->read(into, amount, offset) == SQLITE_OK;
  }
  bool lock() { return locked_ = file_->methods().xLock(file_->get(), SQLITE_LOCK_SHARED) == SQLITE_OK; }

 private:
  std::shared_ptr<Names> names_;  // SQLite reads a file's name for as long as it is open
  std::unique_ptr<sodium_vfs::Below> file_;
  bool locked_ = false;
};

class InMemory final : public FileView {
 public:
  explicit InMemory(base::Bytes const& content) : content_(content) {}
  std::uint64_t size() const override { return content_.size(); }
  bool read(void* into, std::size_t amount, std::uint64_t offset) const override {
    if (offset > content_.size() || amount > content_.size() - offset) return false;
    std::memcpy(into, content_.data() + offset, amount);
    return true;
  }

 private:
  base::Bytes const& content_;
};

bool there(char const* name) {
  std::error_code ignored;
  return fs::is_regular_file(name, ignored);
}

base::Result<std::unique_ptr<OnDisk>> open(std::shared_ptr<Names> const& names, char const* name, int kind) {
  if (!there(name)) return std::unique_ptr<OnDisk>();
  auto* const vfs = sqlite3_vfs_find(kVfs);
  auto file = std::make_unique<sodium_vfs::Below>();
  if (!vfs || file->open(vfs, name, SQLITE_OPEN_READONLY | kind, nullptr) != SQLITE_OK)
    return base::storage("store.failed", fmt::format("could not read {}", name), "Check the file's rights");
  return std::make_unique<OnDisk>(names, std::move(file));
}

}  // namespace

base::Result<DatabaseFiles> hold_files(fs::path const& given) try {
  sqlite3_initialize();
  std::error_code ignored;
  auto const file = fs::absolute(given, ignored);
  auto const names = std::make_shared<Names>(file);
  TRY(auto database, open(names, names->database(), SQLITE_OPEN_MAIN_DB));
  if (database && !database->lock())
    return base::refused("store.held", fmt::format("could not look at {}: another program has it open", file.string()),
                         "Close the other program, then try again");
  TRY(auto log, open(names, names->log(), SQLITE_OPEN_WAL));
  TRY(auto journal, open(names, names->journal(), SQLITE_OPEN_MAIN_JOURNAL));
  if (!database && !log)
    return base::refused("store.not_found", fmt::format("there is no database {}", file.string()), "Check the path");
  return DatabaseFiles{std::move(database), std::move(log), std::move(journal)};
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

std::unique_ptr<FileView> view_of(base::Bytes const& content) { return std::make_unique<InMemory>(content); }

}  // namespace dga::salvage
