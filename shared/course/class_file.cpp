#include "shared/course/class_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "shared/course/form.h"
#include "shared/course/local_time.h"
#include "shared/text/fold.h"

namespace dga::course {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostSessions = 1000;
constexpr std::size_t kLongestText = 2000;  // bytes of a title or a name

// Thrown and caught within this file, as the JSON library's own errors are.
struct Invalid {
  std::string what;
};

// An object of the file, with its place for messages: "sessions[2].case".
class Object {
 public:
  Object(Json const& json, std::string place) : json_(json), place_(std::move(place)) {
    if (!json_.is_object()) throw Invalid{fmt::format("{} is no object", place_.empty() ? "the file" : place_)};
  }
  // A mistyped name would silently leave the default in force.
  void knows_only(std::initializer_list<std::string_view> known) const {
    for (auto const& [name, value] : json_.items())
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw Invalid{fmt::format("{} is no field of a class file", name_of(name))};
  }
  [[nodiscard]] std::string name_of(std::string_view field) const {
    return place_.empty() ? std::string(field) : fmt::format("{}.{}", place_, field);
  }
  [[nodiscard]] bool has(char const* field) const { return json_.contains(field) && !json_.at(field).is_null(); }

  [[nodiscard]] std::string text(char const* field) const {
    if (!has(field)) return {};
    auto const& value = json_.at(field);
    if (!value.is_string()) throw Invalid{fmt::format("{} is no text", name_of(field))};
    auto text = text::tidy(value.get_ref<std::string const&>());
    if (text.size() > kLongestText)
      throw Invalid{fmt::format("{} is longer than {} bytes", name_of(field), kLongestText)};
    return text;
  }
  [[nodiscard]] std::string needed_text(char const* field) const {
    auto text = this->text(field);
    if (text.empty()) throw Invalid{fmt::format("{} is missing", name_of(field))};
    return text;
  }
  [[nodiscard]] std::vector<std::string> texts(char const* field) const {
    std::vector<std::string> all;
    for (auto const& value : list(field)) {
      if (!value.is_string()) throw Invalid{fmt::format("{}[{}] is no text", name_of(field), all.size())};
      all.push_back(text::tidy(value.get_ref<std::string const&>()));
    }
    return all;
  }
  [[nodiscard]] bool yes(char const* field, bool otherwise) const {
    if (!has(field)) return otherwise;
    if (!json_.at(field).is_boolean()) throw Invalid{fmt::format("{} is neither true nor false", name_of(field))};
    return json_.at(field).get<bool>();
  }
  [[nodiscard]] std::uint64_t number(char const* field, std::uint64_t least, std::uint64_t most) const {
    if (!has(field)) throw Invalid{fmt::format("{} is missing", name_of(field))};
    auto const& value = json_.at(field);
    if (!value.is_number_unsigned()) throw Invalid{fmt::format("{} is no whole number", name_of(field))};
    auto const number = value.get<std::uint64_t>();
    if (number < least || number > most)
      throw Invalid{fmt::format("{} is {}, which is not within {} .. {}", name_of(field), number, least, most)};
    return number;
  }
  [[nodiscard]] std::uint32_t small(char const* field, std::uint32_t least, std::uint32_t most) const {
    return static_cast<std::uint32_t>(number(field, least, most));
  }
  [[nodiscard]] std::uint32_t small_or(char const* field, std::uint32_t otherwise, std::uint32_t most) const {
    return has(field) ? small(field, 0, most) : otherwise;
  }
  [[nodiscard]] std::int64_t time(char const* field) const {
    auto const read = read_instant(needed_text(field));
    if (!read.ok())
      throw Invalid{fmt::format("{} is no instant with an offset, as 2024-11-12T08:00:00+07:00", name_of(field))};
    return *read;
  }
  [[nodiscard]] Json list(char const* field) const {
    if (!has(field)) return Json::array();
    if (!json_.at(field).is_array()) throw Invalid{fmt::format("{} is no list", name_of(field))};
    return json_.at(field);
  }
  [[nodiscard]] Object object(char const* field) const { return {json_.at(field), name_of(field)}; }

  template <typename Take>
  void each(char const* field, Take take) const {
    std::size_t place = 0;
    auto const all = list(field);
    for (auto const& value : all) take(Object(value, fmt::format("{}[{}]", name_of(field), place++)));
  }

 private:
  Json const& json_;
  std::string place_;
};

v1::SessionKind read_kind(Object const& session) {
  static constexpr std::array<std::pair<std::string_view, v1::SessionKind>, 4> kKinds{
      {{"lecture", v1::LECTURE},
       {"discussion", v1::DISCUSSION},
       {"case_study", v1::CASE_STUDY},
       {"presentation", v1::PRESENTATION}}};
  auto const text = session.needed_text("kind");
  for (auto const& [name, kind] : kKinds)
    if (name == text) return kind;
  throw Invalid{fmt::format("{} is \"{}\"; known kinds are lecture, discussion, case_study, presentation",
                            session.name_of("kind"), text)};
}

void read_session(Object const& from, v1::Session& session) {
  from.knows_only({"id", "start", "end", "kind", "topics", "case", "counts", "cancelled", "trainers", "note"});
  session.set_id(from.small("id", 1, UINT32_MAX));
  session.set_start_ms(from.time("start"));
  session.set_end_ms(from.time("end"));
  if (session.end_ms() <= session.start_ms())
    throw Invalid{fmt::format("{} is not after {}", from.name_of("end"), from.name_of("start"))};
  session.set_kind(read_kind(from));
  for (auto const& topic : from.texts("topics")) session.add_topics(topic);
  for (auto const& trainer : from.texts("trainers")) session.add_trainers(trainer);
  session.set_not_counted(!from.yes("counts", true));
  session.set_cancelled(from.yes("cancelled", false));
  if (!from.has("case")) return;
  auto const one = from.object("case");
  one.knows_only({"title_vi", "title_en", "province"});
  session.mutable_case_study()->set_title_vi(one.needed_text("title_vi"));
  session.mutable_case_study()->set_title_en(one.text("title_en"));
  session.mutable_case_study()->set_province(one.text("province"));
}

void read_organiser(Object const& from, v1::Organiser& organiser) {
  static constexpr std::array<std::string_view, 5> kRoles{"host", "organiser", "supporter", "funder",
                                                          "academic partner"};
  from.knows_only({"name", "role"});
  organiser.set_name(from.needed_text("name"));
  organiser.set_role(from.needed_text("role"));
  if (std::find(kRoles.begin(), kRoles.end(), organiser.role()) == kRoles.end())
    throw Invalid{fmt::format("{} is \"{}\"; known roles are host, organiser, supporter, funder, academic partner",
                              from.name_of("role"), organiser.role())};
}

// domain.md's defaults for what the file leaves out.
void read_policy(Object const& from, v1::Policy& policy) {
  constexpr std::uint32_t kDay = 24 * 60;
  policy.set_opens_before_minutes(from.small_or("opens_before", 60, kDay));
  policy.set_grace_minutes(from.small_or("grace", 15, kDay));
  policy.set_late_units(from.small_or("late_units", 2, 2));
  policy.set_threshold_percent(from.small_or("threshold", 80, 100));
  if (policy.late_units() == 0) throw Invalid{from.name_of("late_units") + " is 0; a late check-in earns 1 or 2"};
}

std::vector<v1::Form> read_forms(Json const& forms) {
  std::vector<v1::Form> found;
  if (!forms.is_array()) throw Invalid{"forms is no list"};
  for (auto const& one : forms) {
    auto text = one.dump();
    auto const form = read_form(text);
    if (!form.ok()) throw Invalid{fmt::format("forms[{}]: {}", found.size(), form.error().what)};
    for (auto const& earlier : found)
      if (earlier.id() == form->id)
        throw Invalid{fmt::format("forms[{}].id is \"{}\", as another form's is", found.size(), form->id)};
    auto& made = found.emplace_back();
    made.set_id(form->id);
    made.set_json(std::move(text));
  }
  return found;
}

v1::Class read_class(Json const& json) {
  Object const from(json, "");
  from.knows_only({"id",
                   "rehearsal",
                   "note",
                   "audience",
                   "programme",
                   "track",
                   "course_vi",
                   "course_en",
                   "venue",
                   "zone",
                   "organisers",
                   "threshold",
                   "opens_before",
                   "grace",
                   "late_units",
                   "policy",
                   "sessions",
                   "groups",
                   "presentation_required",
                   "forms"});
  v1::Class made;
  made.set_id(from.number("id", 1, INT64_MAX));
  made.set_rehearsal(from.yes("rehearsal", false));
  made.set_programme(from.needed_text("programme"));
  made.set_track(from.text("track"));
  made.set_course_vi(from.needed_text("course_vi"));
  made.set_course_en(from.text("course_en"));
  made.set_venue(from.text("venue"));
  made.set_note(from.text("note"));
  made.set_presentation_required(from.yes("presentation_required", false));
  made.set_zone(from.needed_text("zone"));
  if (!is_zone(made.zone()))
    throw Invalid{fmt::format("zone is \"{}\", which this system's time zones don't hold", made.zone())};
  if (from.has("audience")) {
    auto const audience = from.object("audience");
    audience.knows_only({"vi", "en"});
    made.set_audience_vi(audience.text("vi"));
    made.set_audience_en(audience.text("en"));
  }
  if (from.has("policy")) {
    for (auto const* field : {"threshold", "opens_before", "grace", "late_units"})
      if (from.has(field)) throw Invalid{fmt::format("{} stands both in policy and beside it", field)};
    auto const policy = from.object("policy");
    policy.knows_only({"threshold", "opens_before", "grace", "late_units"});
    read_policy(policy, *made.mutable_policy());
  } else {
    read_policy(from, *made.mutable_policy());
  }
  from.each("organisers", [&](Object const& one) { read_organiser(one, *made.add_organisers()); });

  if (from.has("forms")) (void)read_forms(json.at("forms"));  // a class file that cannot be used whole is not used

  std::set<std::uint32_t> sessions, groups;
  from.each("sessions", [&](Object const& one) {
    read_session(one, *made.add_sessions());
    auto const id = made.sessions(made.sessions_size() - 1).id();
    if (!sessions.insert(id).second)
      throw Invalid{fmt::format("{} is {}, as another session's is", one.name_of("id"), id)};
  });
  if (sessions.empty()) throw Invalid{"sessions is missing or empty"};
  if (sessions.size() > kMostSessions) throw Invalid{fmt::format("sessions has more than {}", kMostSessions)};
  from.each("groups", [&](Object const& one) {
    one.knows_only({"id", "name", "project"});
    auto& group = *made.add_groups();
    group.set_id(one.small("id", 1, UINT32_MAX));
    group.set_name(one.needed_text("name"));
    group.set_project(one.text("project"));
    if (!groups.insert(group.id()).second)
      throw Invalid{fmt::format("{} is {}, as another group's is", one.name_of("id"), group.id())};
  });
  return made;
}

base::Error invalid(std::string const& what) {
  return base::usage("class.invalid", "could not read the class file: " + what,
                     "Mend it after the example assets/demo/class.json");
}

template <typename Read>
auto read(std::string_view text, Read take) -> base::Result<decltype(take(Json()))> {
  Json const parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return invalid("it is no JSON");
  try {
    return take(parsed);
  } catch (Invalid const& reason) {
    return invalid(reason.what);
  } catch (Json::exception const& reason) {
    return invalid(reason.what());
  }
}

}  // namespace

base::Result<v1::Class> read_class_file(std::string_view json) { return read(json, read_class); }

base::Result<std::optional<std::vector<v1::Form>>> forms_of_class_file(std::string_view json) {
  return read(json, [](Json const& file) {
    bool const names_any = file.is_object() && file.contains("forms") && !file.at("forms").is_null();
    return names_any ? std::optional(read_forms(file.at("forms"))) : std::nullopt;
  });
}

base::Result<v1::Class> starting_on(v1::Class a_class, std::string_view date) {
  if (a_class.sessions().empty()) return invalid("it has no sessions to move");
  auto const& sessions = a_class.sessions();
  auto const first = std::min_element(sessions.begin(), sessions.end(),
                                      [](auto const& a, auto const& b) { return a.start_ms() < b.start_ms(); });
  TRY(auto const days, days_between(iso_day(first->start_ms(), a_class.zone()), date));
  for (auto& session : *a_class.mutable_sessions()) {
    session.set_start_ms(same_hour_after(session.start_ms(), days, a_class.zone()));
    session.set_end_ms(same_hour_after(session.end_ms(), days, a_class.zone()));
  }
  return a_class;
}

}  // namespace dga::course
