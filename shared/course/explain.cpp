#include "shared/course/explain.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "shared/course/attendance.h"

namespace dga::course {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kMostMinutes = 10'000'000'000;  // some 19,000 years: past it milliseconds would not fit

struct Case {
  Timetable timetable;
  std::vector<PresenceFact> facts;
  std::vector<Ruling> rulings;
  std::int64_t now_ms = 0;
};

// Thrown and caught within this file, as the JSON library's own errors are.
struct Invalid {
  std::string what;
};

std::int64_t whole(Json const& object, char const* field, std::int64_t least, std::int64_t most) {
  auto const& value = object.at(field);
  if (!value.is_number_integer()) throw Invalid{fmt::format("\"{}\" is no whole number", field)};
  auto const number = value.get<std::int64_t>();
  if (number < least || number > most)
    throw Invalid{fmt::format("\"{}\" is {}, which is not within {} .. {}", field, number, least, most)};
  return number;
}
std::int64_t minutes(Json const& object, char const* field) {
  return whole(object, field, -kMostMinutes, kMostMinutes) * kMinute;
}
std::uint32_t small(Json const& object, char const* field, std::int64_t most) {
  return static_cast<std::uint32_t>(whole(object, field, 0, most));
}
std::uint32_t session_id(Json const& object, char const* field) { return small(object, field, UINT32_MAX); }

Timetable read_timetable(Json const& one) {
  Timetable timetable;
  auto const& policy = one.at("policy");
  timetable.opens_before_ms = whole(policy, "opens_before", 0, kMostMinutes) * kMinute;
  timetable.grace_ms = whole(policy, "grace", 0, kMostMinutes) * kMinute;
  timetable.late_units = small(policy, "late_units", 2);
  timetable.threshold_percent = small(policy, "threshold", 100);
  for (auto const& session : one.at("sessions")) {
    timetable.sessions.push_back({session_id(session, "id"), minutes(session, "start"), minutes(session, "end"),
                                  session.at("counts").get<bool>(), session.at("cancelled").get<bool>()});
    if (timetable.sessions.back().end_ms <= timetable.sessions.back().start_ms)
      throw Invalid{fmt::format("session {} ends before it starts", timetable.sessions.back().id)};
  }
  return timetable;
}

std::vector<PresenceFact> read_facts(Json const& one) {
  std::set<std::int64_t> voided;
  for (auto const& record : one.at("records"))
    if (record.at("kind") == "void") voided.insert(whole(record, "voids", INT64_MIN, INT64_MAX));
  std::vector<PresenceFact> facts;
  for (auto const& record : one.at("records")) {
    auto const kind = record.at("kind").get<std::string>();
    if (kind == "void") continue;
    if (kind != "check_in" && kind != "departure") throw Invalid{fmt::format("\"{}\" is no kind of record", kind)};
    if (voided.contains(whole(record, "id", INT64_MIN, INT64_MAX))) continue;
    facts.push_back({session_id(record, "session"), minutes(record, "t"), kind == "departure"});
  }
  return facts;
}

std::vector<Ruling> read_rulings(Json const& one) {
  std::vector<Ruling> rulings;
  for (auto const& decision : one.at("decisions")) {
    Ruling ruling;
    ruling.session = session_id(decision, "session");
    auto const kind = decision.at("kind").get<std::string>();
    if (kind == "exclude")
      ruling.kind = Ruling::Kind::kExclude;
    else if (kind == "excuse")
      ruling.kind = Ruling::Kind::kExcuse;
    else if (kind == "grant")
      ruling.kind = Ruling::Kind::kGrant;
    else
      throw Invalid{fmt::format("\"{}\" is no kind of decision", kind)};
    if (ruling.kind == Ruling::Kind::kGrant) ruling.units = small(decision, "units", 2);
    rulings.push_back(ruling);
  }
  return rulings;
}

Case read_case(Json const& one) {
  return {read_timetable(one), read_facts(one), read_rulings(one), minutes(one, "now")};
}

Json told(Attendance const& attendance) {
  Json sessions = Json::array();
  for (auto const& session : attendance.sessions)
    sessions.push_back({{"session", session.session}, {"units", session.units}, {"late", session.late}});
  return {{"sessions", sessions},
          {"n", attendance.n},
          {"units", attendance.units},
          {"percent", attendance.percent},
          {"eligible", attendance.eligible},
          {"standing", name_of(attendance.standing)}};
}

base::Error invalid(std::string what) {
  return base::usage("explain.invalid", "could not evaluate the cases: " + what,
                     "Write them as the file tests/vectors/attendance.json does");
}

}  // namespace

base::Result<std::string> explain(std::string_view cases_json) {
  Json const cases = Json::parse(cases_json, nullptr, false);
  if (cases.is_discarded()) return invalid("the file is no JSON");
  if (!cases.is_array()) return invalid("the file holds no JSON array");
  Json answers = Json::array();
  std::size_t number = 0;
  for (auto const& one : cases) {
    ++number;
    try {
      auto const read = read_case(one);
      answers.push_back(told(evaluate(read.timetable, read.facts, read.rulings, read.now_ms)));
    } catch (Invalid const& reason) {
      return invalid(fmt::format("case {}: {}", number, reason.what));
    } catch (Json::exception const& reason) {
      return invalid(fmt::format("case {}: {}", number, reason.what()));
    }
  }
  return answers.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dga::course
