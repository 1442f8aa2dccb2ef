#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/course/attendance.h"

namespace dga::course {

// Names one record for ever: where it stands, and what it says.
struct RecordKey {
  base::LogId log;
  std::uint64_t seq = 0;
  // H(record bytes). Nothing where it isn't known (a fact that came in a pack): its place in its log names it then.
  std::optional<base::Digest> hash;

  auto operator<=>(RecordKey const&) const = default;
};

// A check-in or departure as a log holds it.
struct PresenceRecord {
  std::uint64_t participant = 0;  // 0, a walk-in who is nobody's number yet, is passed over
  std::uint32_t session = 0;
  std::int64_t at_ms = 0;  // UTC; corrected time where there is one
  bool departure = false;
  bool simulated = false;  // made under --at
  RecordKey key;
};

// The earliest valid check-in of a person in a session.
struct FirstCheckIn {
  std::int64_t at_ms = 0;
  base::LogId log;
  std::uint64_t seq = 0;
};

// Simulated stamps count in a rehearsal only.
enum class SimulatedStamps { kLeftOut, kCount };

// Who was where in one class, gathered from any number of logs. The same facts, voids and rulings in any order, any of
// them any number of times, make the same book: a void may come before what it voids. Branches of a fork all count.
// 100,000 people with 6 check-ins each take some 50 MB and 0.1 s.
// Thread: its owner's.
class AttendanceBook {
 public:
  explicit AttendanceBook(SimulatedStamps simulated) : simulated_(simulated) {}

  // The same record told twice with different times keeps the earlier.
  void add(PresenceRecord const& record);
  // A record that was told has another time now: more is known of its kiosk's clock. Nothing where it was not told.
  void set_time(RecordKey const& key, std::int64_t at_ms);
  // Whether the same was said before by the record in that place, with whatever time; also where it was voided.
  [[nodiscard]] bool knows(PresenceRecord const& record) const;
  // Voids the check-in or departure of that name. Without a hash it voids whatever stands in that place.
  void add_void(RecordKey const& voided);
  // `order` is the decision's place among decisions (its seq in the centre's log): the highest counts, whenever it
  // comes.
  void add_ruling(std::uint64_t participant, Ruling const& ruling, std::uint64_t order);

  // Not voided, earliest first.
  [[nodiscard]] std::vector<PresenceFact> facts_of(std::uint64_t participant) const;
  [[nodiscard]] std::vector<Ruling> rulings_of(std::uint64_t participant) const;
  [[nodiscard]] Attendance attendance_of(std::uint64_t participant, Timetable const& timetable,
                                         std::int64_t now_ms) const;
  // What "already checked in" shows. Nothing when there is none, or the session is not in the timetable.
  [[nodiscard]] std::optional<FirstCheckIn> first_check_in(std::uint64_t participant, std::uint32_t session,
                                                           Timetable const& timetable) const;
  // Everybody who has a fact or a ruling, by number.
  [[nodiscard]] std::vector<std::uint64_t> participants() const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Fact {
    std::uint64_t participant = 0;
    std::int64_t at_ms = 0;
    std::uint64_t seq = 0;
    base::Digest hash;      // zeros where it isn't known
    std::uint32_t log = 0;  // place in logs_
    std::uint32_t session = 0;
    std::uint32_t next = kNone;  // of the same participant
    bool departure = false;
    bool hash_known = false;
    bool counts = true;  // neither voided nor told again with its hash
  };
  struct Decided {
    std::uint64_t order;
    Ruling ruling;
  };

  [[nodiscard]] std::uint32_t number_of(base::LogId const& log);
  [[nodiscard]] std::size_t first_slot(std::uint32_t log, std::uint64_t seq) const;
  template <typename Take>
  void each_at(std::uint32_t log, std::uint64_t seq, Take take) const;
  template <typename Take>
  void each_counting(std::uint64_t participant, Take take) const;
  [[nodiscard]] static bool alike(Fact const& one, PresenceRecord const& other);
  [[nodiscard]] bool is_voided(Fact const& fact) const;
  void index(std::uint32_t place);

  SimulatedStamps simulated_;
  std::vector<base::LogId> logs_;
  std::map<base::LogId, std::uint32_t> log_numbers_;
  std::deque<Fact> facts_;
  std::unordered_map<std::uint64_t, std::uint32_t> last_of_;  // participant -> their newest fact
  // Places in facts_ by (log, seq), open addressing: a map of nodes would take more than the facts do.
  std::vector<std::uint32_t> slots_;
  std::set<RecordKey> voids_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Decided> rulings_;
};

}  // namespace dga::course
