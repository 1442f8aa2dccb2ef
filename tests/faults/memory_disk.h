#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dga::faults {

// What a program did to its disk, in order.
struct Operation {
  enum class Kind { kCreate, kWrite, kTruncate, kSync, kDelete, kMark } kind = Kind::kMark;
  std::string file;
  std::uint64_t offset = 0;  // of a write; the size after a truncation; the number of a mark
  std::string data;          // of a write
};

using Files = std::map<std::string, std::string>;  // name -> content

// Which call is to fail, and how.
struct PlannedFailure {
  enum class Call { kRead, kWrite, kSync, kTruncate, kOpen, kDelete, kAny } call = Call::kAny;
  std::uint64_t nth = 1;    // counted from 1 over calls of that kind
  bool for_good = false;    // every later one fails, too
  int code = SQLITE_IOERR;  // SQLITE_FULL, SQLITE_IOERR_SHORT_READ, ...
};

// A disk in memory under SQLite, as a VFS of its own: it remembers every operation, and fails when told to.
// Connections of one process share it. Thread: one at a time.
class MemoryDisk {
 public:
  MemoryDisk() : MemoryDisk(Files{}) {}
  explicit MemoryDisk(Files content);
  ~MemoryDisk();
  MemoryDisk(MemoryDisk const&) = delete;
  MemoryDisk& operator=(MemoryDisk const&) = delete;

  // As sqlite3_open_v2 takes it; unique in this process.
  [[nodiscard]] std::string const& vfs_name() const { return name_; }
  [[nodiscard]] Files const& files() const { return files_; }
  [[nodiscard]] std::vector<Operation> const& operations() const { return operations_; }
  // Puts `number` into the journal: "everything up to here was acknowledged".
  void mark(std::uint64_t number);

  void plan(std::optional<PlannedFailure> failure);
  // Calls that a plan for `call` would have counted since the last plan().
  [[nodiscard]] std::uint64_t calls(PlannedFailure::Call call) const { return calls_[static_cast<std::size_t>(call)]; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  friend struct MemoryFile;
  friend struct MemoryVfs;
  // SQLITE_OK, or what the plan says for this call.
  int attempt(PlannedFailure::Call call);

  struct Shared {  // stands for the -shm file: heap memory, never written anywhere
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<int, 8> locks{};  // > 0 readers, -1 a writer
  };

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  Files files_;
  std::map<std::string, Shared> shared_;
  std::vector<Operation> operations_;
  std::optional<PlannedFailure> plan_;
  std::array<std::uint64_t, 7> calls_{};
  bool failed_ = false;
};

}  // namespace dga::faults
