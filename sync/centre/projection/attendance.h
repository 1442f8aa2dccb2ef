#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "shared/course/attendance_book.h"
#include "shared/records/record.pb.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// One class as all logs together tell it.
struct ClassBook {
  course::AttendanceBook book;
  std::vector<course::PresenceRecord> records;  // in the order they arrived, voided ones too
  std::set<course::RecordKey> voids;

  [[nodiscard]] bool voided(course::RecordKey const& key) const;
};

// Who was where, derived from the logs alone and kept in memory. Each look first reads what has arrived since the last
// one, so that it is right whoever else writes to the store.
// Thread: any, one at a time (it waits for the store while it holds its lock).
class AttendanceProjection {
 public:
  // Shows the class's book as it stands now, an empty one where nothing has arrived.
  // REQUIRES: not within a unit of work of the store.
  [[nodiscard]] base::Done look(Store& store, std::uint64_t class_id,
                                std::function<void(ClassBook const&)> const& show);

 private:
  // Reads at most a portion, so that who writes need not wait for all of it. True when there is no more.
  [[nodiscard]] base::Result<bool> catch_up(Tables& tables);
  void forget();
  [[nodiscard]] base::Done take(Tables& tables, base::LogId const& log, LogRow const& row);
  [[nodiscard]] base::Result<ClassBook*> book_of(Tables& tables, std::uint64_t class_id);

  std::mutex mutex_;  // one reader of the logs at a time: all others would read the same rows
  std::map<std::uint64_t, ClassBook> books_;
  std::map<std::pair<base::LogId, std::uint32_t>, std::uint64_t> read_through_;  // by log and branch
  base::Bytes interpretation_;
  v1::Record record_;  // reused: parsing allocates less
};

}  // namespace dga::centre
