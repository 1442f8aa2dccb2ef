#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "shared/course/attendance_book.h"
#include "shared/course/true_time.h"
#include "shared/records/record.pb.h"
#include "sync/centre/ingest/placing.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// A check-in or departure, and what its time rests on.
struct KnownPresence {
  course::PresenceRecord record;  // at_ms: the true time as far as it is known
  std::int64_t stamp_ms = 0;      // by the kiosk's clock
  std::optional<std::uint64_t> within_ms;
  course::TrueTime::By by = course::TrueTime::By::kClocks;
};

// One class as all logs together tell it.
struct ClassBook {
  course::AttendanceBook book;
  std::vector<KnownPresence> records;  // in the order they arrived, voided ones too
  std::set<course::RecordKey> voids;
  // H over what packs tell of this class, kept by whoever worked it out until something above changes. Only within
  // look(), where nobody else is.
  mutable std::optional<base::Digest> facts_digest;

  [[nodiscard]] bool voided(course::RecordKey const& key) const;
};

// Who was where, derived from the logs alone and kept in memory. Each look first reads what has arrived since the last
// one, so that it is right whoever else writes to the store. Times are true times (course::LineClock): what arrives can
// move those of everything that its log has said before.
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
  [[nodiscard]] base::Done take(Tables& tables, base::LogId const& log, std::uint32_t branch, LogRow const& row);
  // Into record_; false for what says nothing here.
  [[nodiscard]] bool read(LogRow const& row);
  // What record_ tells of its kiosk's clocks; gives its reading.
  std::optional<course::ClockReading> note_clocks(std::uint64_t seq, course::LineClock& clock);
  // Works out the times of what logs say of which something has arrived.
  void correct_times();
  // What is known of the clocks along the way to one branch's head, and whose times hang on it.
  struct Line {
    struct Hangs {
      std::uint64_t seq = 0;
      course::ClockReading reading;
      ClassBook* book = nullptr;  // of books_
      std::size_t place = 0;      // in its records
    };
    course::LineClock clock;       // of what it inherits, too
    std::vector<Hangs> presences;  // its own
    std::vector<PathPart> inherits;
  };
  using Lines = std::map<std::uint32_t, Line>;  // by branch
  static void correct_times(Lines& lines);
  [[nodiscard]] base::Done open_line(Tables& tables, base::LogId const& log, Branch const& branch);
  [[nodiscard]] base::Result<ClassBook*> book_of(Tables& tables, std::uint64_t class_id);

  std::mutex mutex_;  // one reader of the logs at a time: all others would read the same rows
  std::map<std::uint64_t, ClassBook> books_;
  std::map<std::pair<base::LogId, std::uint32_t>, std::uint64_t> read_through_;  // by log and branch
  std::map<base::LogId, Lines> lines_;
  std::set<base::LogId> moved_;  // something has arrived of them since their times were worked out
  base::Bytes interpretation_;
  v1::Record record_;  // reused: parsing allocates less
};

}  // namespace dga::centre
