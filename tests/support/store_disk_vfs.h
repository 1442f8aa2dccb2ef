#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "shared/base/random.h"

namespace dga::test {

// What a database asked of its disk, in order. Files are named by their last part: "a.db", "a.db-wal"; "" is temporary.
struct DiskOperation {
  enum class What { kCreate, kWrite, kTruncate, kSync, kDelete };
  What what;
  std::string file;
  std::uint64_t offset = 0;  // of a write; the size for a truncation
  std::string data;
};

// A VFS below the encrypting one, over unix-excl: it writes down all that passes, and fails when told to.
// Thread: one.
class DiskVfs {
 public:
  DiskVfs();
  ~DiskVfs();
  DiskVfs(DiskVfs const&) = delete;
  DiskVfs& operator=(DiskVfs const&) = delete;

  std::string const& name() const { return name_; }
  std::vector<DiskOperation> const& operations() const { return operations_; }
  void forget() { operations_.clear(); }

  // After `after` more operations that change the disk, `times` of them answer `result` (SQLITE_FULL,
  // SQLITE_IOERR_WRITE,
  // ...) and do nothing. A write that fails has written its first half.
  void fail(std::uint64_t after, int result, std::uint64_t times = UINT64_MAX);
  void mend() { failures_ = 0; }
  // Whether a failure was given out since fail().
  bool failed() const { return failed_; }

  // For the C calls only.
  void record(DiskOperation operation) { operations_.push_back(std::move(operation)); }
  int next_result();
  sqlite3_vfs* below() const { return below_; }

 private:
  sqlite3_vfs* below_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::vector<DiskOperation> operations_;
  std::uint64_t before_failure_ = 0, failures_ = 0;
  int failure_ = 0;
  bool failed_ = false;
};

// How a power cut treats what was written since a file's last sync.
enum class PowerCut {
  kKeepsAll,
  kDropsAll,
  kPicks /* each write there or not */,
  kTears /* in sectors of 512 bytes */
};

// File names and contents.
using Disk = std::map<std::string, std::string>;

// What the disk holds after the first `count` operations on what it held before, and a power cut.
Disk disk_after(Disk const& before, std::vector<DiskOperation> const& operations, std::size_t count, PowerCut how,
                base::Random& random);

}  // namespace dga::test
