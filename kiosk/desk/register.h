#pragma once

#include <cstdint>
#include <optional>
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
  Register(course::Timetable timetable, base::LogId own_log, std::uint64_t class_id, course::SimulatedStamps simulated);

  // What the centre knew when the pack was made. Facts of this kiosk's own log are left out: the log itself says them,
  // except where `erased` (by seq) says that it no longer does.
  void add(v1::ClassPack const& pack, std::vector<bool> const& erased = {});
  // A record of this kiosk's log and its digest; those of another class or of no concern here are passed over.
  void add(v1::Record const& record, base::Digest const& digest);

  // When somebody who is in the session now came. Nothing for those who never did, and for those who have left since (a
  // departure after the latest valid check-in): another check-in of theirs says something new.
  struct CameAt {
    std::int64_t at_ms = 0;  // of the earliest valid check-in
    std::uint64_t seq = 0;   // in this kiosk's log; 0: at another kiosk
  };
  [[nodiscard]] std::optional<CameAt> here(std::uint64_t participant, std::uint32_t session) const;

  [[nodiscard]] course::Attendance attendance(std::uint64_t participant, std::int64_t now_ms) const;
  // Everybody with a check-in on record in the session, in the order in which they became known.
  [[nodiscard]] std::vector<std::uint64_t> const& visitors(std::uint32_t session) const;
  [[nodiscard]] course::Timetable const& timetable() const { return timetable_; }

 private:
  void add(course::PresenceRecord const& record);

  course::Timetable timetable_;
  base::LogId own_log_;
  std::uint64_t class_id_;
  course::AttendanceBook book_;
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> visitors_;
};

}  // namespace dga::desk
