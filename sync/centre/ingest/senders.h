#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "sync/centre/ingest/judge.h"

namespace dga::centre {

// Whom a batch comes from, as it was when the database was last asked.
struct Sender {
  std::optional<DeviceRow> device;
  Judge judge;
  [[nodiscard]] static base::Result<Sender> of(Tables& tables, LogInfo const& log);
};

// Those who sent something lately, so that a batch can be verified, opened and judged without asking the database
// first. What is remembered may be old, and is only worth something to those who compare it with the database in the
// unit of work that stores the batch; a device's key alone never changes, since its id follows from it.
// Thread: any; the lock is held for moments.
class Senders {
 public:
  [[nodiscard]] std::optional<Sender> recall(LogInfo const& log) const;
  // Only a device whose batches are taken in.
  void remember(LogInfo const& log, Sender const& sender);

 private:
  using Key = std::pair<base::DeviceId, base::LogSalt>;
  mutable std::mutex mutex_;
  std::map<Key, Sender> known_;
};

}  // namespace dga::centre
