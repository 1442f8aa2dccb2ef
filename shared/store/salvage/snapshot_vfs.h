#pragma once

#include <memory>
#include <string>

#include "shared/store/salvage/files.h"

namespace dga::salvage {

// A VFS to stand below the encrypting one: it reads a database's files and keeps in memory whatever is written, so
// that SQLite may recover, roll back, migrate and checkpoint as it always does, and the files stay as they are.
// One connection; the files must outlive it. Thread: one.
class SnapshotVfs {
 public:
  explicit SnapshotVfs(DatabaseFiles const& files);
  ~SnapshotVfs();
  SnapshotVfs(SnapshotVfs const&) = delete;
  SnapshotVfs& operator=(SnapshotVfs const&) = delete;

  // For OpenOptions::base_vfs.
  [[nodiscard]] std::string const& name() const;

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

}  // namespace dga::salvage
