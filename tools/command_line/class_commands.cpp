#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

// As large as the centre takes; a wrong path must not fill the memory.
constexpr std::size_t kMostClassFileBytes = 4 * 1024 * 1024;
constexpr std::size_t kMostFormBytes = 64 * 1024;
constexpr std::size_t kMostRosterBytes = 64 * 1024 * 1024;

struct Options {
  std::string data, file, name, role, pin_file, at, hash;
  std::uint64_t class_id = 0;
  bool confirm = false, json = false, csv = false, older = false;
};

std::string path_of(Options const& options, std::string_view what) {
  return fmt::format("/api/v1/classes/{}/{}", options.class_id, what);
}

base::Done create(Options const& options, Context& context) {
  TRY(auto file, base::read_file(options.file, kMostClassFileBytes));
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto body, client.post("/api/v1/classes", "application/json", std::move(file)));
  TRY(auto answer, parse_answer(body));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("Class {} is made, with {} sessions.\n", answer.value("class", std::uint64_t{0}),
                    answer.value("sessions", 0)));
  for (auto const& notice : answer.value("notices", ordered_json::array()))
    if (notice == "no_absence_allowed")
      print("Note: with this many sessions the threshold allows no absence at all.\n");
  if (answer.value("rehearsal", false))
    print("It is a rehearsal: every screen says so, and check-ins under a simulated clock (--at) count.\n");
  print(fmt::format("Next: dga class import --class {} --roster FILE.csv --data {}\n",
                    answer.value("class", std::uint64_t{0}), options.data));
  return {};
}

void print_accepted(ordered_json const& answer) {
  if (auto const accepted = answer.value("accepted", std::uint64_t{0}); accepted > 0)
    print(fmt::format("{} records that waited for this in quarantine are accepted now.\n", accepted));
}

base::Done change(Options const& options, Context& context) {
  TRY(auto file, base::read_file(options.file, kMostClassFileBytes));
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto body, client.post(fmt::format("/api/v1/classes/{}", options.class_id), "application/json", std::move(file)));
  TRY(auto answer, parse_answer(body));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("Class {} is changed; kiosks learn it with their next sync.\n", options.class_id));
  for (auto const& notice : answer.value("notices", ordered_json::array()))
    if (notice == "no_absence_allowed")
      print("Note: with this many sessions the threshold allows no absence at all.\n");
  print_accepted(answer);
  return {};
}

base::Done keep_form(Options const& options, Context& context) {
  TRY(auto file, base::read_file(options.file, kMostFormBytes));
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto body, client.post(path_of(options, "forms"), "application/json", std::move(file),
                             {{"older", options.older ? "1" : "0"}}));
  TRY(auto answer, parse_answer(body));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("Form {} ({:.16}) is known to class {}{}.\n", answer.value("id", ""), answer.value("hash", ""),
                    options.class_id, options.older ? "" : "; kiosks are given it with their next sync"));
  print_accepted(answer);
  return {};
}

base::Done forms(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  if (!options.hash.empty()) {
    TRY(auto form, client.get(path_of(options, "forms/" + options.hash)));
    print(form);
    return {};
  }
  TRY(auto answer, client.get_json(path_of(options, "forms")));
  if (options.json) return print_json(answer), base::Done{};
  for (auto const& row : answer.value("forms", ordered_json::array()))
    print(fmt::format("{}  {}  {}\n", row.value("hash", ""), row.value("current", false) ? "current" : "older  ",
                      row.value("id", "")));
  return {};
}

base::Done import_roster(Options const& options, Context& context) {
  TRY(auto file, base::read_file(options.file, kMostRosterBytes));
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto body,
      client.post(path_of(options, "roster"), "text/csv", std::move(file), {{"confirm", options.confirm ? "1" : "0"}}));
  TRY(auto answer, parse_answer(body));
  if (options.json) return print_json(answer), base::Done{};
  for (auto const& problem : answer.value("problems", ordered_json::array()))
    print(fmt::format("line {}: {} ({})\n", problem.value("line", 0), problem.value("code", ""),
                      problem.value("weight", "")));
  if (options.confirm)
    print(
        fmt::format("{} of {} rows are in class {} now: {} people added, {} changed.\n"
                    "Next: dga class badges, dga class staff, and dga kiosk code for each kiosk.\n",
                    answer.value("imported", 0), answer.value("rows", 0), options.class_id, answer.value("added", 0),
                    answer.value("updated", 0)));
  else
    print(
        fmt::format("{} rows can be imported ({} people new, {} changed); nothing is imported yet.\n"
                    "The same command with --confirm imports them.\n",
                    answer.value("rows", 0), answer.value("added", 0), answer.value("updated", 0)));
  return {};
}

base::Done add_staff(Options const& options, Context& context) {
  ordered_json body{{"name", options.name}, {"role", options.role}};
  if (!options.pin_file.empty()) {
    TRY(body["pin"], secret_from(options.pin_file));
  }
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer, client.post_json(path_of(options, "staff"), body));
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("Staff number {}, PIN {}. The PIN is shown this once; kiosks learn it with their next sync.\n",
                    answer.value("number", 0), answer.value("pin", "")));
  return {};
}

base::Done badges(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto csv, client.get(path_of(options, "badges")));
  print(csv);
  return {};
}

base::Done list(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto answer, client.get_json("/api/v1/classes"));
  if (options.json) return print_json(answer), base::Done{};
  for (auto const& row : answer.value("classes", ordered_json::array()))
    print(fmt::format("{:>6}  {:>6} participants  {} sessions{}  {}\n", row.value("class", std::uint64_t{0}),
                      row.value("participants", 0), row.value("sessions", 0),
                      row.value("rehearsal", false) ? "  rehearsal" : "", row.value("name_vi", "")));
  return {};
}

// A line a person: what each session gave, and what they come to. Names last, since their width is anybody's guess.
std::string attendance_list(ordered_json const& answer) {
  auto text = fmt::format("{:>6}  {:<24} {:>5} {:>4}  {:<10} {}\n", "person", "half-days of 2 units", "units", "%",
                          "standing", "name");
  std::size_t eligible = 0;
  auto const people = answer.value("participants", ordered_json::array());
  for (auto const& person : people) {
    std::string sessions;
    for (auto const& session : person.value("sessions", ordered_json::array()))
      sessions += session.value("late", false) ? fmt::format("{}L ", session.value("units", 0))
                                               : fmt::format("{}  ", session.value("units", 0));
    if (person.value("eligible", false)) ++eligible;
    text += fmt::format("{:>6}  {:<24} {:>5} {:>4}  {:<10} {}\n", person.value("participant", std::uint64_t{0}),
                        sessions, person.value("units", 0), person.value("percent", 0), person.value("standing", ""),
                        person.value("name", ""));
    for (auto const& each : person.value("not_counted", ordered_json::array()))
      text += fmt::format("{:>6}  gives nothing: a check-in for session {} at {} ({})\n", "", each.value("session", 0),
                          each.value("at", ""),
                          each.value("why", "") == "cancelled" ? "it is cancelled" : "not in its time");
  }
  return text + fmt::format("{} of {} are eligible for a certificate. L: came late.\n", eligible, people.size());
}

base::Done attendance(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  std::map<std::string, std::string> query{{"format", options.csv ? "csv" : "json"}};
  if (!options.at.empty()) query["at"] = options.at;
  TRY(auto text, client.get(path_of(options, "attendance"), query));
  if (!options.csv && !options.json) {
    TRY(auto const answer, parse_answer(text));
    text = attendance_list(answer);
    TRY(auto const whole, client.get_json("/api/v1/reconciliation"));
    if (auto const apart = whole.value("quarantined", std::uint64_t{0}); apart > 0)
      text += fmt::format(
          "Not in it: {} records of any class that are kept in quarantine (dga centre quarantine list says why).\n",
          apart);
  }
  print(text);
  if (!text.ends_with('\n')) print("\n");
  return {};
}

}  // namespace

void add_class_commands(CLI::App& dga, Context& context) {
  auto options = std::make_shared<Options>();
  auto* group = dga.add_subcommand("class", "Classes at the centre");
  group->require_subcommand(1);

  auto command = [&](CLI::App* parent, char const* name, char const* what,
                     base::Done (*work)(Options const&, Context&)) {
    auto* made = parent->add_subcommand(name, what);
    made->add_option("--data", options->data, "The centre's folder")->required();
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  auto for_class = [&](CLI::App* made) {
    made->add_option("--class", options->class_id, "The class's number")->required();
    return made;
  };
  auto as_json = [&](CLI::App* made) {
    made->add_flag("--json", options->json, "As JSON");
    return made;
  };

  auto* made = as_json(command(group, "create", "Make a class from a class file (JSON)", create));
  made->add_option("file", options->file, "The class file, as assets/demo/class.json")->required();

  made = as_json(for_class(command(group, "change", "Sessions moved, cancelled or added; the rule; forms", change)));
  made->add_option("file", options->file, "The class file as it is to be; sessions are cancelled, never left out")
      ->required();

  made = as_json(
      for_class(command(group, "form", "Give a class a form; answers to it are understood for good", keep_form)));
  made->add_option("file", options->file, "The form (JSON), kept byte for byte")->required();
  made->add_flag("--older", options->older, "Only to understand answers that were given to it; kiosks don't get it");

  made = as_json(for_class(command(group, "forms", "Every form the class ever had, by hash", forms)));
  made->add_option("--hash", options->hash, "Print this one, byte for byte");

  made = as_json(
      for_class(command(group, "import", "Read a roster; nothing is imported without --confirm", import_roster)));
  made->add_option("--roster", options->file,
                   "The roster: CSV whose heading names at least Họ và tên (or Name); also Đơn vị công tác, Chức vụ, "
                   "Tỉnh/thành, Số điện thoại, Email, Số CCCD, Nhóm")
      ->required();
  made->add_flag("--confirm", options->confirm, "Import what the preview showed");

  made = as_json(for_class(command(group, "staff", "Add a trainer or coordinator; the PIN is shown once", add_staff)));
  made->add_option("--name", options->name, "As the staff screen shows it")->required();
  made->add_option("--role", options->role, "trainer or coordinator")
      ->required()
      ->check(CLI::IsMember({"trainer", "coordinator"}));
  made->add_option("--pin-file", options->pin_file,
                   "A chosen PIN (4 to 8 digits) instead of a drawn one; - for standard input");

  for_class(command(group, "badges", "Every participant's badge, as CSV (badge,participant,name)", badges));
  as_json(command(group, "list", "All classes", list));

  made = for_class(command(&dga, "attendance", "Who attended which session, and who is eligible", attendance));
  auto* json_flag = as_json(made)->get_option("--json");
  made->add_flag("--csv", options->csv, "As CSV")->excludes(json_flag);
  made->add_option("--at", options->at, "Standings as of this time (RFC 3339); now by default");
}

}  // namespace dga::command_line
