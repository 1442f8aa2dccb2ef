#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "shared/store/disk_space.h"

namespace dga::test {

// A disk with a limit, below the encrypting VFS and over unix-excl: what a file grows beyond the limit answers
// SQLITE_FULL, after the part that fits was written. What lies within a file is overwritten freely, and what is deleted
// or cut off comes back. Thread: one.
class QuotaVfs {
 public:
  QuotaVfs();
  ~QuotaVfs();
  QuotaVfs(QuotaVfs const&) = delete;
  QuotaVfs& operator=(QuotaVfs const&) = delete;

  std::string const& name() const { return name_; }
  std::uint64_t used() const;
  std::uint64_t free() const { return limit_ > used() ? limit_ - used() : 0; }
  // From here on so many bytes more fit.
  void leave(std::uint64_t free_bytes) { limit_ = used() + free_bytes; }
  std::uint64_t refused() const { return refused_; }

  // What a kiosk would be told of this disk. The VFS outlives it.
  std::unique_ptr<store::DiskSpace> space();

  // For the C calls only.
  std::uint64_t& size_of(std::string const& path) { return sizes_[path]; }
  void forget(std::string const& path) { sizes_.erase(path); }
  void refuse() { ++refused_; }
  sqlite3_vfs* below() const { return below_; }

 private:
  sqlite3_vfs* below_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::uint64_t> sizes_;
  std::uint64_t limit_ = UINT64_MAX / 2;
  std::uint64_t refused_ = 0;
};

}  // namespace dga::test
