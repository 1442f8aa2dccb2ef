#include "tools/simulator/checks_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>

#include "shared/course/attendance.h"
#include "shared/course/local_time.h"
#include "shared/course/true_time.h"
#include "tools/simulator/reference.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

// Instants are told in whole seconds.
constexpr std::int64_t kToldWithinMs = 1000;

// A person and a session.
using Whose = std::tuple<std::uint64_t, std::uint32_t>;

// A check-in that somebody watched, and when that truly was.
struct Watched {
  std::int64_t stamp_ms = 0;
  std::int64_t true_ms = 0;
};

json attendance_of(World& world) {
  return json::parse(world.centre().coordinator("GET", "/api/v1/classes/1/attendance", {}, {},
                                                {{"at", kWhenAllIsOver}}))["participants"];
}

Whose whose_of(json const& person, json const& session) {
  return {person["participant"].get<std::uint64_t>(), session["session"].get<std::uint32_t>()};
}

// What a log without branches says of who came when; the records of all logs are merged from this.
struct CheckIn {
  Whose whose;
  Place place;
  base::Digest digest;
  std::int64_t at_ms = 0;
};

class Merging {
 public:
  Merging(World& world, std::vector<StoredRow> const& rows) : ledger_(world.ledger()) {
    std::map<Place, StoredRow const*> by_place;
    for (auto const& row : rows)
      if (row.reason == 0 && row.bytes && ledger_.find(row.place) != nullptr) by_place.emplace(row.place, &row);
    for (auto const& [place, row] : by_place) take(*row);
  }

  // The earliest valid check-in of each; nothing where all are voided or invalid. Without those of whom a forked log
  // tells: what is true on its branches is for the reference to say.
  [[nodiscard]] std::map<Whose, std::optional<std::int64_t>> first() {
    course::Timetable timetable;
    for (std::uint32_t session = 1; session <= kSessions; ++session)
      timetable.sessions.push_back({session, kSessionTimes[session - 1].start_ms, kSessionTimes[session - 1].end_ms});
    std::map<Whose, std::optional<std::int64_t>> found;
    for (auto& each : check_ins_) {
      auto const session = std::get<1>(each.whose);
      if (session == 0 || session > kSessions || forked_.contains(each.whose)) continue;
      auto const at_ms = clocks_[each.place.log].time_of(each.place.seq, readings_.at(each.place)).at_ms;
      auto& first = found[each.whose];
      if (voided(each) || !course::is_valid_at(timetable, timetable.sessions[session - 1], at_ms)) continue;
      first = std::min(first.value_or(at_ms), at_ms);
    }
    return found;
  }

 private:
  void take(StoredRow const& row) {
    v1::Record record;
    if (!record.ParseFromString(*row.bytes)) return;
    auto const reading = course::clock_reading(record.at());
    auto& clock = clocks_[row.place.log];
    if (reading) clock.add(row.place.seq, *reading);
    if (record.has_time_sample())
      if (auto const sample = course::centre_reading(record.time_sample()))
        clock.add_sample(row.place.seq, record.time_sample().boot(), *sample);
    if (record.has_void_())
      voids_.emplace_back(record.void_().log_id(), record.void_().seq(), record.void_().record_hash());
    if (!record.has_check_in() || !reading) return;
    Whose const whose{record.check_in().participant(), record.check_in().session()};
    if (ledger_.forks(row.place.log) > 0) forked_.insert(whose);
    readings_.emplace(row.place, *reading);
    check_ins_.push_back({whose, row.place, row.digest});
  }

  [[nodiscard]] bool voided(CheckIn const& check_in) const {
    return std::any_of(voids_.begin(), voids_.end(), [&](auto const& each) {
      auto const& [log, seq, hash] = each;
      return log == check_in.place.log.view() && seq == check_in.place.seq &&
             (hash.empty() || hash == check_in.digest.view());
    });
  }

  Ledger const& ledger_;
  std::map<base::LogId, course::LineClock> clocks_;
  std::map<Place, course::ClockReading> readings_;
  std::vector<CheckIn> check_ins_;
  std::vector<std::tuple<base::Bytes, std::uint64_t, base::Bytes>> voids_;
  std::set<Whose> forked_;
};

}  // namespace

void check_times(World& world, std::vector<StoredRow> const& rows) {
  std::map<Whose, std::vector<Watched>> check_ins;
  std::set<Whose> unwatched;
  for (auto const& row : rows) {
    v1::Record record;
    if (row.reason != 0 || !row.bytes || !record.ParseFromString(*row.bytes) || !record.has_check_in()) continue;
    Whose const whose{record.check_in().participant(), record.check_in().session()};
    auto const* written = world.ledger().find(row.place);
    if (written != nullptr && written->at_ms)
      check_ins[whose].push_back({record.at().wall_ms(), kDawnMs + static_cast<std::int64_t>(*written->at_ms)});
    else
      unwatched.insert(whose);  // a crash came between
  }
  auto const list =
      json::parse(world.centre().coordinator("GET", "/api/v1/classes/1/attendance", {}, {}, {{"at", kWhenAllIsOver}}));
  for (auto const& person : list["participants"])
    for (auto const& session : person["sessions"]) {
      if (!session.contains("at_by_kiosk") || session["within_ms"].is_null()) continue;
      auto const whose = whose_of(person, session);
      if (unwatched.contains(whose)) continue;
      auto const told = course::read_instant(session["at"].get<std::string>());
      auto const stamp = course::read_instant(session["at_by_kiosk"].get<std::string>());
      auto const within = session["within_ms"].get<std::int64_t>() + kToldWithinMs;
      auto const& watched = check_ins[whose];
      bool const holds =
          told.ok() && stamp.ok() && std::any_of(watched.begin(), watched.end(), [&](Watched const& each) {
            return std::abs(each.stamp_ms - *stamp) < kToldWithinMs && std::abs(each.true_ms - *told) <= within;
          });
      if (!holds) world.violated("times", "nobody checked in then: " + session.dump());
    }
}

void check_merged(World& world, std::vector<StoredRow> const& rows) {
  auto const expected = Merging(world, rows).first();
  auto const people = attendance_of(world);
  for (auto const& person : people)
    for (auto const& session : person["sessions"]) {
      auto const found = expected.find(whose_of(person, session));
      if (found == expected.end()) continue;
      auto const at = found->second ? json(course::write_instant(*found->second, kZone)) : json(nullptr);
      if (session["at"] != at)
        world.violated("merged", fmt::format("the first of a person's check-ins on all kiosks is {}, and not {}",
                                             at.dump(), session["at"].dump()));
    }
}

}  // namespace dga::simulator
