#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/course/attendance.h"
#include "shared/records/pack.pb.h"
#include "shared/records/record.pb.h"

namespace dga::desk {

// Stamps made under --at count only in a class that is a rehearsal, or while the clock is still a simulated one.
enum class SimulatedStamps { kCount, kLeftOut };

// Who is known to have come, from this kiosk's log and from what the centre has told: a projection, kept in memory,
// the same after every restart. Thread: its owner's only.
class Register {
 public:
  Register(course::Timetable timetable, base::LogId own_log, std::uint64_t class_id, SimulatedStamps simulated);

  // What the centre knew when the pack was made. Facts of this kiosk's own log are left out: the log itself says them.
  void add(v1::ClassPack const& pack);
  // A record of this kiosk's log; those of another class or of no concern here are passed over.
  void add(v1::Record const& record);

  // The earliest check-in of a person that is valid in a session; nothing when there is none, or when the person
  // has left since (a departure after the latest valid check-in): then another check-in says something new.
  struct CameAt {
    std::int64_t at_ms = 0;
    std::uint64_t seq = 0;  // in this kiosk's log; 0: at another kiosk
  };
  [[nodiscard]] std::optional<CameAt> here(std::uint64_t participant, std::uint32_t session) const;
  // The same, whether or not the person has left since.
  [[nodiscard]] std::optional<CameAt> came(std::uint64_t participant, std::uint32_t session) const;

  [[nodiscard]] course::Attendance attendance(std::uint64_t participant, std::int64_t now_ms) const;
  // Everybody with a check-in on record in the session, in the order in which they first became known.
  [[nodiscard]] std::vector<std::uint64_t> const& visitors(std::uint32_t session) const;
  [[nodiscard]] course::Timetable const& timetable() const { return timetable_; }

 private:
  struct Fact {
    course::PresenceFact presence;
    std::uint32_t log = 0;  // place in logs_; 0 is this kiosk's own
    std::uint64_t seq = 0;
  };
  void add(std::uint64_t participant, Fact fact);
  [[nodiscard]] std::uint32_t place_of(base::LogId const& log);
  [[nodiscard]] bool counts(Fact const& fact) const;
  [[nodiscard]] bool valid_check_in(Fact const& fact, course::SessionTimes const& session) const;
  [[nodiscard]] course::SessionTimes const* session(std::uint32_t id) const;
  [[nodiscard]] std::vector<Fact> const* facts_of(std::uint64_t participant) const;

  course::Timetable timetable_;
  std::uint64_t class_id_;
  SimulatedStamps simulated_;
  std::vector<base::LogId> logs_;
  std::unordered_map<std::uint64_t, std::vector<Fact>> facts_;
  std::unordered_map<std::uint64_t, std::vector<course::Ruling>> rulings_;
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> visitors_;
  std::set<std::pair<std::uint32_t, std::uint64_t>> voided_;  // a void may come before what it voids
};

}  // namespace dga::desk
