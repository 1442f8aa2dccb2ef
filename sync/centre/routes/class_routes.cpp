#include <nlohmann/json.hpp>

#include "shared/course/local_time.h"
#include "sync/centre/answers.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/classes/roster_import.h"
#include "sync/centre/classes/staff.h"
#include "sync/centre/projection/attendance_list.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kClassFileBytes = 1024 * 1024;
constexpr std::size_t kRosterBytes = 16 * 1024 * 1024;  // 100,000 people are some 10 MB
constexpr std::size_t kFormBytes = 16 * 1024;

std::string query_value(Request const& request, char const* name) {
  auto const found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Result<Response> create(Context const& context, Request const& request) {
  TRY(auto const created, create_class(context, request.body));
  ordered_json const body{{"class", created.a_class.id()},
                          {"sessions", created.a_class.sessions_size()},
                          {"rehearsal", created.a_class.rehearsal()},
                          {"notices", created.notices}};
  return json_answer(body, 201);
}

Result<Response> change(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  TRY(auto const changed, change_class(context, class_id, request.body));
  return json_answer({{"class", class_id},
                      {"sessions", changed.a_class.sessions_size()},
                      {"accepted", changed.accepted},
                      {"notices", changed.notices}});
}

Result<Response> list(Context const& context) {
  TRY(auto const classes, list_classes(context));
  ordered_json lines = ordered_json::array();
  for (auto const& [a_class, participants] : classes)
    lines.push_back({{"class", a_class.id()},
                     {"name_vi", a_class.course_vi()},
                     {"name_en", a_class.course_en()},
                     {"participants", participants},
                     {"sessions", a_class.sessions_size()},
                     {"rehearsal", a_class.rehearsal()}});
  return json_answer({{"classes", std::move(lines)}});
}

Result<Response> roster(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  auto const confirm = query_value(request, "confirm");
  if (!confirm.empty() && confirm != "0" && confirm != "1")
    return base::usage("http.query", "confirm is neither 0 nor 1", "Leave it out for a preview, or set confirm=1");
  auto const mode = confirm == "1" ? ImportMode::kConfirmed : ImportMode::kPreview;
  TRY(auto const report, import_roster(context, class_id, request.body, mode));
  ordered_json problems = ordered_json::array();
  for (auto const& problem : report.problems) {
    bool const left_out = problem.weight == course::RosterProblem::Weight::kRowLeftOut;
    problems.push_back({{"line", problem.line}, {"weight", left_out ? "left_out" : "notice"}, {"code", problem.code}});
  }
  return json_answer({{"class", class_id},
                      {"rows", report.rows},
                      {"imported", report.imported},
                      {"added", report.added},
                      {"updated", report.updated},
                      {"confirmed", mode == ImportMode::kConfirmed},
                      {"problems", std::move(problems)}});
}

Result<Response> staff(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  TRY(auto const object, json_object(request.body));
  TRY(auto const name, text_field(object, "name"));
  TRY(auto const role, text_field(object, "role"));
  TRY(auto const pin, optional_text_field(object, "pin"));
  if (role != "trainer" && role != "coordinator")
    return base::usage("http.field", "the field \"role\" is neither trainer nor coordinator", "Set one of them");
  TRY(auto const added, add_staff(context, class_id, name, role == "trainer" ? v1::TRAINER : v1::COORDINATOR, pin));
  return json_answer({{"number", added.number}, {"pin", added.pin}}, 201);
}

Result<Response> badges(Context const& context, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  TRY(auto csv, badges_csv(context, class_id));
  return text_answer(std::move(csv), "text/csv; charset=utf-8");
}

Result<Response> attendance(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  auto const format = query_value(request, "format");
  if (!format.empty() && format != "json" && format != "csv")
    return base::usage("http.query", "format is neither json nor csv", "Set one of them");
  auto now_ms = context.clock.wall_ms();
  if (auto const at = query_value(request, "at"); !at.empty()) {
    TRY(now_ms, course::read_instant(at));
  }
  TRY(auto const list, attendance_list(context, class_id, now_ms));
  if (format == "csv") return text_answer(attendance_csv(list), "text/csv; charset=utf-8");
  return json_answer(attendance_json(list));
}

}  // namespace

std::vector<Route> class_routes() {
  constexpr auto kWho = Asker::kCoordinator;
  return {
      {"POST", "/api/v1/classes", kWho, BodyKind::kJson, kClassFileBytes,
       [](Context const& context, Request const& request, Parts const&) { return settled(create(context, request)); }},
      {"POST", "/api/v1/classes/{}", kWho, BodyKind::kJson, kClassFileBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(change(context, request, parts));
       }},
      {"GET", "/api/v1/classes", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(list(context)); }},
      {"POST", "/api/v1/classes/{}/roster", kWho, BodyKind::kCsv, kRosterBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(roster(context, request, parts));
       }},
      {"POST", "/api/v1/classes/{}/staff", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(staff(context, request, parts));
       }},
      {"GET", "/api/v1/classes/{}/badges", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const& parts) { return settled(badges(context, parts)); }},
      {"GET", "/api/v1/classes/{}/attendance", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(attendance(context, request, parts));
       }},
  };
}

}  // namespace dga::centre
