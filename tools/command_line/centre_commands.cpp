#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>

#include "sync/centre/api.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"
#include "tools/command_line/times.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

base::Done init(std::string const& folder, std::string const& database, Context& context) {
  TRY_DO(centre::Centre::init(folder, context.clock, context.random, database));
  print(
      fmt::format("A new centre stands in {}.\n"
                  "Keep {}/root.key in a safe, away from this machine: whoever holds it decides whom kiosks trust.\n"
                  "Next: dga class create FILE --data {}\n",
                  folder, folder, folder));
  return {};
}

// What a line of the statement has beside its numbers: a fork, and what cannot be placed yet.
std::string remarks(ordered_json const& row) {
  auto number = [&row](char const* field) { return row.value(field, std::uint64_t{0}); };
  std::string text;
  if (number("fork_at") > 0)
    text += fmt::format("{:<12} a fork: its own line from record {} on (dga centre forks)\n", "", number("fork_at"));
  if (number("parked") > 0)
    text += fmt::format(
        "{:<12} {} records have arrived, but record {} before them has not: {} of at most {} KiB parked\n", "",
        number("parked"), number("wanted_from"), number("parked_bytes") / 1024, number("parked_most") / 1024);
  return text;
}

std::string statement(ordered_json const& answer) {
  std::string text = fmt::format("{:<12} {:>10} {:>10} {:>12} {:>8} {:>8}  {:<25}  {}\n", "kiosk", "recorded",
                                 "accepted", "quarantined", "parked", "waiting", "last heard", "log");
  auto line = [](ordered_json const& row, std::string const& name, std::string const& log) {
    auto number = [&row](char const* field) { return row.value(field, std::uint64_t{0}); };
    return fmt::format("{:<12} {:>10} {:>10} {:>12} {:>8} {:>8}  {:<25}  {}{}\n", name, number("recorded"),
                       number("accepted"), number("quarantined"), number("parked"), number("waiting"),
                       log.empty() ? std::string() : heard(row.value("last_heard_ms", std::int64_t{0})), log,
                       row.value("closes", false) ? "" : "  DOES NOT CLOSE");
  };
  for (auto const& row : answer.value("logs", ordered_json::array()))
    text += line(row, row.value("name", ""), row.value("log", "")) + remarks(row);
  return text + line(answer, "all", "");
}

base::Done reconcile(std::string const& folder, bool json, Context& context) {
  TRY(auto client, CentreClient::connect(folder, context.clock, context.random));
  TRY(auto answer, client.get_json("/api/v1/reconciliation"));
  if (json)
    print_json(answer);
  else
    print(statement(answer));
  if (!answer.value("closes", false))
    return base::damaged("reconcile.open",
                         "the statement does not close: recorded is not accepted + quarantined + parked + waiting",
                         "Keep every kiosk as it is and look at the logs named above");
  return {};
}

}  // namespace

void add_centre_commands(CLI::App& dga, Context& context) {
  auto* centre = dga.add_subcommand("centre", "The central endpoint's folder");
  centre->require_subcommand(1);

  auto data = std::make_shared<std::string>();
  auto* init_command = centre->add_subcommand("init", "Make a new centre: keys, and an empty database");
  init_command->add_option("--data", *data, "Folder to make")->required();
  auto database = std::make_shared<std::string>();
  init_command
      ->add_option("--database", *database,
                   "Where what it knows is kept: an encrypted SQLite file in the folder, or sqlite:PATH, or "
                   "postgresql://user@host/database without a password (?passfile=, PGPASSFILE or PGPASSWORD)")
      ->type_name("ADDRESS");
  init_command->callback(
      [data, database, &context] { context.exit_code = run([&] { return init(*data, *database, context); }); });

  add_centre_backup_commands(*centre, context);
  add_centre_keys_commands(*centre, context);
  add_centre_quarantine_commands(*centre, context);

  auto json = std::make_shared<bool>(false);
  auto* reconcile_command = dga.add_subcommand(
      "reconcile", "Per log: recorded = accepted + quarantined + parked + waiting; exit 3 where it does not close");
  reconcile_command->add_option("--data", *data, "The centre's folder")->required();
  reconcile_command->add_flag("--json", *json, "As JSON");
  reconcile_command->callback(
      [data, json, &context] { context.exit_code = run([&] { return reconcile(*data, *json, context); }); });
}

}  // namespace dga::command_line
