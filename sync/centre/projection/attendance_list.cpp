#include "sync/centre/projection/attendance_list.h"

#include <map>
#include <nlohmann/json.hpp>

#include "shared/course/local_time.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/csv.h"
#include "sync/centre/projection/attendance.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

Result<AttendanceList> attendance_list(Context const& context, std::uint64_t class_id, std::int64_t now_ms) {
  TRY(auto const loaded, load_class(context, class_id));
  auto const timetable = course::timetable_of(loaded.a_class);
  std::map<std::uint64_t, course::Attendance> seen;
  TRY_DO(context.attendance.look(context.store, class_id, [&](ClassBook const& book) {
    seen.clear();
    for (auto const participant : book.book.participants())
      seen.emplace(participant, book.book.attendance_of(participant, timetable, now_ms));
  }));

  std::map<std::uint64_t, std::string> names;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    names.clear();
    TRY(auto const members, tables.classes.members(class_id));
    for (auto const& member : members) names.emplace(member.person.number, member.person.name);
    // A badge that a kiosk's roster did not know yet belongs to whoever has its number here. Where nobody has it, this
    // roster is the one behind: who was there stays on the list, without a name.
    for (auto const& [number, attendance] : seen) {
      if (names.contains(number)) continue;
      TRY(auto const person, tables.classes.participant(number));
      names.emplace(number, person ? person->name : std::string());
    }
    return {};
  }));

  AttendanceList list{class_id, loaded.a_class.zone(), {}};
  for (auto const& [number, name] : names) {
    auto const found = seen.find(number);
    list.lines.push_back(
        {number, name, found != seen.end() ? found->second : course::evaluate(timetable, {}, {}, now_ms)});
  }
  return list;
}

ordered_json attendance_json(AttendanceList const& list) {
  ordered_json people = ordered_json::array();
  for (auto const& [participant, name, attendance] : list.lines) {
    ordered_json sessions = ordered_json::array();
    for (auto const& session : attendance.sessions) {
      auto const at =
          session.at_ms ? ordered_json(course::write_instant(*session.at_ms, list.zone)) : ordered_json(nullptr);
      sessions.push_back({{"session", session.session}, {"units", session.units}, {"late", session.late}, {"at", at}});
    }
    people.push_back({{"participant", participant},
                      {"name", name},
                      {"units", attendance.units},
                      {"percent", attendance.percent},
                      {"eligible", attendance.eligible},
                      {"standing", course::name_of(attendance.standing)},
                      {"sessions", std::move(sessions)}});
  }
  return {{"class", list.class_id}, {"participants", std::move(people)}};
}

std::string attendance_csv(AttendanceList const& list) {
  CsvWriter csv{"participant", "name",        "session", "units",    "late",
                "at",          "units_total", "percent", "eligible", "standing"};
  for (auto const& [participant, name, attendance] : list.lines) {
    for (auto const& session : attendance.sessions) {
      csv.row({std::to_string(participant), name, std::to_string(session.session), std::to_string(session.units),
               session.late ? "true" : "false", session.at_ms ? course::write_instant(*session.at_ms, list.zone) : "",
               std::to_string(attendance.units), std::to_string(attendance.percent),
               attendance.eligible ? "true" : "false", course::name_of(attendance.standing)});
    }
  }
  return csv.text();
}

}  // namespace dga::centre
