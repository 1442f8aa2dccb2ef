#include "sync/centre/projection/attendance_list.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "shared/course/local_time.h"
#include "shared/course/time_words.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/csv.h"
#include "sync/centre/projection/attendance.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

struct Seen {
  course::Attendance attendance;
  std::map<std::uint32_t, Correction> corrections;
  std::vector<NotCounted> not_counted;
};

// Where a check-in stands, and whose it is: two branches of a log can have one in the same place.
using Place = std::tuple<base::LogId, std::uint64_t, std::uint64_t>;

// Of the check-ins whose time is not their kiosk's own.
std::map<Place, KnownPresence const*> corrected(ClassBook const& book) {
  std::map<Place, KnownPresence const*> found;
  for (auto const& presence : book.records) {
    auto const& record = presence.record;
    if (record.departure || record.at_ms == presence.stamp_ms) continue;
    auto& place = found[{record.key.log, record.key.seq, record.participant}];
    if (place == nullptr || record.at_ms < place->record.at_ms) place = &presence;
  }
  return found;
}

std::vector<NotCounted> not_counted(std::vector<course::PresenceFact> const& facts,
                                    course::Timetable const& timetable) {
  std::vector<NotCounted> found;
  for (auto const& fact : facts) {
    if (fact.departure) continue;
    auto const session = std::find_if(timetable.sessions.begin(), timetable.sessions.end(),
                                      [&](auto const& each) { return each.id == fact.session; });
    // One that the class has not is nobody's here: such records are in quarantine.
    if (session == timetable.sessions.end()) continue;
    if (session->cancelled)
      found.push_back({fact.session, fact.at_ms, NotCounted::Why::kCancelled});
    else if (!course::is_valid_at(timetable, *session, fact.at_ms))
      found.push_back({fact.session, fact.at_ms, NotCounted::Why::kNotInItsTime});
  }
  return found;
}

std::map<std::uint64_t, Seen> all_seen(ClassBook const& book, course::Timetable const& timetable, std::int64_t now_ms) {
  std::map<std::uint64_t, Seen> seen;
  auto const changed = corrected(book);
  for (auto const participant : book.book.participants()) {
    auto& one = seen[participant];
    one.attendance = book.book.attendance_of(participant, timetable, now_ms);
    one.not_counted = not_counted(book.book.facts_of(participant), timetable);
    if (changed.empty()) continue;
    for (auto const& session : one.attendance.sessions) {
      auto const first = book.book.first_check_in(participant, session.session, timetable);
      if (!first) continue;
      auto const found = changed.find({first->log, first->seq, participant});
      if (found == changed.end() || found->second->record.at_ms != first->at_ms) continue;
      one.corrections[session.session] = {{first->at_ms, found->second->within_ms, found->second->by},
                                          found->second->stamp_ms};
    }
  }
  return seen;
}

}  // namespace

Result<AttendanceList> attendance_list(Context const& context, std::uint64_t class_id, std::int64_t now_ms) {
  TRY(auto const loaded, load_class(context, class_id));
  auto const timetable = course::timetable_of(loaded.a_class);
  std::map<std::uint64_t, Seen> seen;
  TRY_DO(context.attendance.look(context.store, class_id,
                                 [&](ClassBook const& book) { seen = all_seen(book, timetable, now_ms); }));

  std::map<std::uint64_t, std::string> names;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    names.clear();
    TRY(auto const members, tables.classes.members(class_id));
    for (auto const& member : members) names.emplace(member.person.number, member.person.name);
    // A badge that a kiosk's roster did not know yet belongs to whoever has its number here. Where nobody has it, this
    // roster is the one behind: who was there stays on the list, without a name.
    for (auto const& [number, who] : seen) {
      if (names.contains(number)) continue;
      TRY(auto const person, tables.classes.participant(number));
      names.emplace(number, person ? person->name : std::string());
    }
    return {};
  }));

  AttendanceList list{class_id, loaded.a_class.zone(), {}};
  for (auto const& [number, name] : names) {
    auto const found = seen.find(number);
    if (found == seen.end())
      list.lines.push_back({number, name, course::evaluate(timetable, {}, {}, now_ms), {}, {}});
    else
      list.lines.push_back(
          {number, name, found->second.attendance, found->second.corrections, found->second.not_counted});
  }
  return list;
}

namespace {

void tell(Correction const& correction, std::string const& zone, ordered_json& session) {
  auto const& within = correction.time.within_ms;
  auto words = course::time_in_words(correction.time, correction.stamp_ms, zone);
  session["at_by_kiosk"] = course::write_instant(correction.stamp_ms, zone);
  session["within_ms"] = within ? ordered_json(*within) : ordered_json(nullptr);
  session["note_vi"] = std::move(words.vi);
  session["note_en"] = std::move(words.en);
}

}  // namespace

ordered_json attendance_json(AttendanceList const& list) {
  ordered_json people = ordered_json::array();
  for (auto const& [participant, name, attendance, corrections, not_counted] : list.lines) {
    ordered_json sessions = ordered_json::array();
    for (auto const& session : attendance.sessions) {
      auto const at =
          session.at_ms ? ordered_json(course::write_instant(*session.at_ms, list.zone)) : ordered_json(nullptr);
      auto& told = sessions.emplace_back(
          ordered_json{{"session", session.session}, {"units", session.units}, {"late", session.late}, {"at", at}});
      if (auto const found = corrections.find(session.session); found != corrections.end())
        tell(found->second, list.zone, told);
    }
    auto& person = people.emplace_back(ordered_json{{"participant", participant},
                                                    {"name", name},
                                                    {"units", attendance.units},
                                                    {"percent", attendance.percent},
                                                    {"eligible", attendance.eligible},
                                                    {"standing", course::name_of(attendance.standing)},
                                                    {"sessions", std::move(sessions)}});
    for (auto const& each : not_counted)
      person["not_counted"].push_back(
          {{"session", each.session},
           {"at", course::write_instant(each.at_ms, list.zone)},
           {"why", each.why == NotCounted::Why::kCancelled ? "cancelled" : "not_in_its_time"}});
  }
  return {{"class", list.class_id}, {"participants", std::move(people)}};
}

std::string attendance_csv(AttendanceList const& list) {
  CsvWriter csv{"participant", "name",     "session",     "units",     "late",          "at", "units_total", "percent",
                "eligible",    "standing", "at_by_kiosk", "within_ms", "not_counted_at"};
  for (auto const& [participant, name, attendance, corrections, not_counted] : list.lines) {
    for (auto const& session : attendance.sessions) {
      auto const found = corrections.find(session.session);
      auto const outside = std::find_if(not_counted.begin(), not_counted.end(),
                                        [&](auto const& each) { return each.session == session.session; });
      auto const* const correction = found == corrections.end() ? nullptr : &found->second;
      csv.row({std::to_string(participant), name, std::to_string(session.session), std::to_string(session.units),
               session.late ? "true" : "false", session.at_ms ? course::write_instant(*session.at_ms, list.zone) : "",
               std::to_string(attendance.units), std::to_string(attendance.percent),
               attendance.eligible ? "true" : "false", course::name_of(attendance.standing),
               correction ? course::write_instant(correction->stamp_ms, list.zone) : "",
               correction && correction->time.within_ms ? std::to_string(*correction->time.within_ms) : "",
               outside != not_counted.end() ? course::write_instant(outside->at_ms, list.zone) : ""});
    }
  }
  return csv.text();
}

}  // namespace dga::centre
