#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <vector>

#include "shared/store/database.h"
#include "sync/centre/store/sqlite/class_rows.h"
#include "sync/centre/store/sqlite/device_rows.h"
#include "sync/centre/store/sqlite/durability_rows.h"
#include "sync/centre/store/sqlite/log_rows.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// The store in one encrypted SQLite file. Units of work that come in while another one commits are committed together:
// the cost of a commit is the disk's, and it is paid once for all of them.
class SqliteStore final : public Store {
 public:
  // Creates or opens; brings the tables up to date. Errors of store::Database and of store::migrate.
  [[nodiscard]] static base::Result<std::unique_ptr<SqliteStore>> open(std::filesystem::path const& file,
                                                                       crypto::Key32 const& key,
                                                                       store::OpenOptions const& options);
  base::Done write(Work const& work) override;
  base::Done read(Work const& work) override;
  base::Done probe() override;
  // Sealed with the same key. A few pages at a time, between other units of work.
  base::Done back_up(std::filesystem::path const& file) override;
  // Reads every page and compares every index with its table. Damaged "store.damaged".
  [[nodiscard]] base::Done check_whole();

 private:
  struct Waiting {
    Work const& work;
    base::Done outcome;
    bool settled = false;
  };
  SqliteStore(store::Database database, crypto::Key32 const& key, store::OpenOptions const& options);
  void commit(std::vector<Waiting*> const& together);
  base::Done copy_to(std::filesystem::path const& file);
  // A turn of a copy between the commits: lets one pass where any waits, then holds the next ones back. Fair both ways:
  // neither a copy nor a commit waits for more than one of the other, however many come.
  class CopyTurn;

  crypto::Key32 const key_;
  store::OpenOptions const options_;
  store::Database database_;
  sqlite::LogRows logs_;
  sqlite::DeviceRows devices_;
  sqlite::ClassRows classes_;
  sqlite::SettingRows settings_;
  sqlite::DurabilityRows durability_;
  Tables tables_;
  std::mutex database_mutex_;  // one connection, one user at a time
  std::mutex queue_mutex_;     // who waits for the next commit; held for moments only
  std::condition_variable settled_;
  std::vector<Waiting*> queue_;
  bool committing_ = false;
  bool copying_ = false;       // a copy has its turn, or has asked for it
  std::uint64_t commits_ = 0;  // made since the start
};

}  // namespace dga::centre
