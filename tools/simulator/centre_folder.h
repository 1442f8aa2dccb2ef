#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/restore.h"
#include "tools/simulator/template.h"

namespace dga::simulator {

// The folder of a centre's keys and trust list, and the safe place of its backups. It is a real one, in memory where
// there is such a disk: what puts a backup in its place and restores it is the product's, and works on files.
class CentreFolder {
 public:
  explicit CentreFolder(Template const& begin);
  ~CentreFolder();
  CentreFolder(CentreFolder const&) = delete;
  CentreFolder& operator=(CentreFolder const&) = delete;

  // What a process that was killed left behind: keys, in memory.
  static void remove_left_by(pid_t process);

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  // With the keys and the root's, before anybody needs them: most worlds never do.
  void make();

  // What `dga centre backup` does with a copy that the centre made; under this name.
  centre::BackupContents keep(std::string const& copy, std::string const& name);
  // What `dga centre restore --replace` does, over this disk's database, by the folder's trust list where there is one;
  // gives the disk after it.
  struct Restored {
    centre::Restored what;
    test::Disk disk;
  };
  Restored restore(test::Disk const& before, std::string const& name, base::Clock const& clock);

 private:
  Template const& begin_;
  std::filesystem::path path_;
  bool made_ = false;
};

}  // namespace dga::simulator
