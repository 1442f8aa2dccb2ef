#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/course/attendance.h"
#include "shared/course/attendance_book.h"
#include "shared/records/pack.pb.h"
#include "shared/records/record.pb.h"

namespace dga::desk {

// Who is known to have come, from this kiosk's log and from what the centre has told: a projection, kept in memory,
// the same after every restart. Thread: its owner's only.
class Register {
 public:
  Register(course::Timetable timetable, std::uint64_t class_id, course::SimulatedStamps simulated);

  // What the centre knew when the pack was made. To be added after the kiosk's own records: facts that those say
  // themselves are left out. Others may stand in a log of this kiosk, too: of records that were erased since, and of
  // another branch of it, after a fork.
  void add(v1::ClassPack const& pack);
  // A record of this kiosk's log `own`, its digest, and when it was made, UTC (its stamp, or better: present_time.h);
  // those of another class or of no concern here are passed over.
  void add(base::LogId const& own, v1::Record const& record, base::Digest const& digest, std::int64_t at_ms);
  // Whether the log itself says it.
  [[nodiscard]] bool says(v1::KnownFact const& fact) const;

  // When somebody who is in the session now came. Nothing for those who never did, and for those who have left since (a
  // departure after the latest valid check-in): another check-in of theirs says something new.
  struct CameAt {
    std::int64_t at_ms = 0;  // of the earliest valid check-in
    std::uint64_t seq = 0;   // in its log, one of this kiosk's; 0: at another kiosk
  };
  [[nodiscard]] std::optional<CameAt> here(std::uint64_t participant, std::uint32_t session) const;

  [[nodiscard]] course::Attendance attendance(std::uint64_t participant, std::int64_t now_ms) const;
  // Everybody with a check-in on record in the session, in the order in which they became known.
  [[nodiscard]] std::vector<std::uint64_t> const& visitors(std::uint32_t session) const;
  [[nodiscard]] course::Timetable const& timetable() const { return timetable_; }

 private:
  void add(course::PresenceRecord const& record);

  course::Timetable timetable_;
  std::set<base::LogId> own_logs_;
  std::uint64_t class_id_;
  course::AttendanceBook book_;
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> visitors_;
};

}  // namespace dga::desk
