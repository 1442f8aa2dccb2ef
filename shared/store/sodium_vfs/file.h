#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "shared/store/sodium_vfs/cipher.h"
#include "shared/store/sodium_vfs/commits.h"
#include "shared/store/sodium_vfs/failure.h"

namespace dga::sodium_vfs {

class PageFile;

// The databases open through one VFS, so that a log or a journal finds its own.
// Thread: any; a mutex, since SQLite may open files from any thread that named this VFS.
class OpenDatabases {
 public:
  void add(PageFile& database);
  void remove(PageFile& database);
  // SQLite keeps the names of a database, its WAL and its journal in one place: nullptr when it is not open here.
  [[nodiscard]] PageFile* owner_of(char const* companion_name);

 private:
  std::mutex mutex_;
  std::vector<PageFile*> databases_;
};

// What all files of one VFS share; outlives them.
struct Common {
  Common(sqlite3_vfs* vfs_below, crypto::Key32 const& key, Commits commits_are)
      : base(vfs_below), commits(commits_are), cipher(key) {}
  sqlite3_vfs* base;
  Commits commits;
  Cipher cipher;
  FailureNote note;
  OpenDatabases databases;
};

// A file of the VFS below ours, closed when it goes.
class Below {
 public:
  // `name` must be what SQLite handed over (or made by sqlite3_create_filename), nullptr for a temporary file.
  [[nodiscard]] int open(sqlite3_vfs* base, char const* name, int flags, int* flags_out);
  ~Below();
  Below() = default;
  Below(Below const&) = delete;
  Below& operator=(Below const&) = delete;

  // SQLITE_IOERR_SHORT_READ only where the file ends.
  [[nodiscard]] int read(void* into, std::size_t amount, std::uint64_t offset) const;
  [[nodiscard]] int write(void const* from, std::size_t amount, std::uint64_t offset) const;
  [[nodiscard]] int size(std::uint64_t& bytes) const;
  [[nodiscard]] int truncate(std::uint64_t bytes) const;
  [[nodiscard]] sqlite3_file* get() const { return file_; }
  [[nodiscard]] sqlite3_io_methods const& methods() const { return *file_->pMethods; }

 private:
  std::unique_ptr<std::max_align_t[]> memory_;
  sqlite3_file* file_ = nullptr;
};

// One open file as SQLite sees it: plain octets in, plain octets out. All calls answer with SQLite's result codes.
// Locks, shared memory and controls go to the file below unless a kind of file says otherwise.
class File {
 public:
  explicit File(Common& common) : common_(common) {}
  virtual ~File() = default;
  File(File const&) = delete;
  File& operator=(File const&) = delete;

  [[nodiscard]] virtual int open(char const* name, int flags, int* flags_out);
  // Short reads fill the rest with zeros and answer SQLITE_IOERR_SHORT_READ.
  [[nodiscard]] virtual int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) = 0;
  [[nodiscard]] virtual int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) = 0;
  [[nodiscard]] virtual int truncate(std::uint64_t bytes) = 0;
  [[nodiscard]] virtual int size(std::uint64_t& bytes) = 0;
  [[nodiscard]] virtual int sync(int flags);

  [[nodiscard]] virtual int lock(int level);
  [[nodiscard]] virtual int unlock(int level);
  [[nodiscard]] int check_reserved_lock(int* held);
  [[nodiscard]] virtual int control(int operation, void* argument);
  [[nodiscard]] int sector_bytes() const;
  [[nodiscard]] int characteristics() const;

  [[nodiscard]] bool has_shared_memory() const;
  [[nodiscard]] int map_shared(int region, int bytes, int extend, void volatile** at);
  [[nodiscard]] virtual int lock_shared(int first, int count, int flags);
  virtual void shared_barrier();
  [[nodiscard]] int unmap_shared(int remove);

  // Notes why the file below failed. REQUIRES: nothing was asked of the system since.
  void note_system_error();

 protected:
  Common& common_;
  Below below_;
};

}  // namespace dga::sodium_vfs
