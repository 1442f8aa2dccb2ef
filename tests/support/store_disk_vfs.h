#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dga::test {

// What a database asked of its disk, in order. Files are named by their last part: "a.db", "a.db-wal"; "" is temporary.
struct DiskOperation {
  enum class What {
    kCreate,
    kWrite,
    kTruncate,
    kSync,
    kFailedSync,  // what was not synced yet never will be, though it still reads as written: as Linux does it
    kDelete,
    kRename,
    kSyncFolder,  // names are durable from here on
  };
  What what;
  std::uint64_t node;  // which file that was: a name may be used again
  std::string file;
  std::uint64_t offset = 0;  // of a write; the size for a truncation
  std::string data;          // of a write; the new name of a renamed file
};

// File names and contents.
using Disk = std::map<std::string, std::string>;

// Calls that can be made to fail, to be joined by |.
enum DiskCall : unsigned {
  kReads = 1,
  kWrites = 2,
  kSyncs = 4,
  kTruncates = 8,
  kOpens = 16,
  kDeletes = 32,
  kSizes = 64,
  kAccesses = 128,
  kLocks = 256,
  kSharedMemory = 512,
  kChanges = kWrites | kSyncs | kTruncates | kDeletes,
  kAllCalls = 1023,
};

// How a call fails. kError: an I/O error, nothing done (of a write the first half's sectors).
// kShort: a read gives half of what is there. kFull: writes, truncations, syncs and creations find no space.
// kSilent: all seems well, but nothing was written; for controls.
enum class DiskTrouble { kError, kShort, kFull, kSilent };

struct DiskFault {
  unsigned calls = kChanges;
  DiskTrouble trouble = DiskTrouble::kError;
  std::uint64_t after = 0;  // so many calls of that kind still go well
  std::uint64_t times = UINT64_MAX;
};

struct DiskNode;

// A disk in memory below the encrypting VFS. It writes down all that changes it, and fails when told to.
// Thread: one.
class DiskVfs {
 public:
  explicit DiskVfs(Disk disk = {});
  ~DiskVfs();
  DiskVfs(DiskVfs const&) = delete;
  DiskVfs& operator=(DiskVfs const&) = delete;

  std::string const& name() const { return name_; }
  std::vector<DiskOperation> const& operations() const { return operations_; }
  void forget() { operations_.clear(); }

  // What the files hold now, as if the program had been killed.
  Disk content() const;
  // Another disk is put in. REQUIRES: no file is open.
  void insert(Disk disk);
  // What a program does to names besides SQLite: a rename, a removal, and a sync of the folder.
  void rename(std::string const& from, std::string const& to);
  void remove(std::string const& name);
  void sync_folder();

  void fail(DiskFault const& fault);
  void mend() { fault_.times = 0; }
  // Whether a failure was given out since fail(), and how many calls of its kinds came.
  bool failed() const { return failed_; }
  std::uint64_t calls() const { return calls_; }
  // How many operations were done before the first failure since fail().
  std::size_t failed_after() const { return failed_after_; }

  // While one of these lives no call fails and none is counted: for tests that look at what there is.
  class Calm {
   public:
    explicit Calm(DiskVfs& disk) : disk_(disk) { ++disk_.calm_; }
    ~Calm() { --disk_.calm_; }
    Calm(Calm const&) = delete;
    Calm& operator=(Calm const&) = delete;

   private:
    DiskVfs& disk_;
  };

  // For the C calls only.
  struct Calls;

 private:
  bool fails(DiskCall call);
  void record(DiskOperation operation) { operations_.push_back(std::move(operation)); }

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::shared_ptr<DiskNode>> files_;
  std::uint64_t nodes_ = 0;
  std::vector<DiskOperation> operations_;
  DiskFault fault_{.times = 0};
  std::uint64_t calls_ = 0;
  bool failed_ = false;
  std::size_t failed_after_ = 0;
  int calm_ = 0;
  int system_error_ = 0;
};

}  // namespace dga::test
