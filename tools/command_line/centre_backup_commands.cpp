#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "shared/base/file.h"
#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/restore.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostTrustListBytes = 1024 * 1024;
constexpr std::size_t kMostPositionBytes = 16 * 1024 * 1024;

struct Options {
  std::string data, out, from, trust_list, position, durable_from;
  bool replace = false, no_trust_list = false, json = false;
};

base::Result<CentreClient> centre_of(Options const& options, Context& context) {
  return CentreClient::connect(options.data, context.clock, context.random);
}

base::Done backup(Options const& options, Context& context) {
  TRY(auto const keys, centre::read_keys(options.data));
  TRY(auto client, centre_of(options, context));
  // What can fail is asked first: a backup that kiosks were told of has not failed.
  TRY(auto const devices, client.get_json("/api/v1/devices"));
  TRY(auto const made, client.post_json("/api/v1/backups", ordered_json::object()));
  std::filesystem::path const copy = made.value("file", "");
  auto const placed = centre::place_copy(copy, options.out, keys);
  std::error_code ignored;
  std::filesystem::remove(copy, ignored);
  if (!placed.ok()) return placed.error();
  TRY_DO(client.post("/api/v1/backups/noted", "application/json", centre::position_json(placed->position).dump()));
  if (options.json) {
    print_json({{"file", options.out},
                {"records", placed->records},
                {"logs", placed->position.heads.size()},
                {"epoch", placed->position.epoch},
                {"revoked_unsigned", devices.value("revoked_unsigned", std::uint64_t{0})}});
    return {};
  }
  print(
      fmt::format("{} holds {} records and everything else the centre knows; it was read again, page by page.\n"
                  "Kiosks are told that these records stand in a backup: keep the file on another machine.\n"
                  "It is encrypted, and its keys are not in it. Keep apart from it, in a safe:\n"
                  "  {}/keys.json   without it the backup can't be opened, nor what kiosks still hold\n"
                  "  root.key         to revoke kiosks\n"
                  "  {}/trust.list  where it is there: a restore needs the newest one to keep revoked kiosks out\n",
                  options.out, placed->records, options.data, options.data));
  tell_unsigned(devices);
  return {};
}

// The list that a restore goes by: the one named, else the one that lies in the folder, else none on the coordinator's
// word.
base::Result<std::optional<base::Bytes>> list_for(Options const& options) {
  auto path = std::filesystem::path(options.trust_list);
  std::error_code problem;
  if (path.empty() && std::filesystem::exists(std::filesystem::path(options.data) / centre::kTrustFile, problem))
    path = std::filesystem::path(options.data) / centre::kTrustFile;
  if (path.empty() && options.no_trust_list) return std::optional<base::Bytes>{};
  if (path.empty())
    return base::usage("restore.trust_list",
                       "a kiosk that was revoked after the backup would be let in again, and no trust list says which",
                       "Name the newest one with --trust-list, or say --no-trust-list where none was revoked since");
  TRY(auto list, base::read_file(path, kMostTrustListBytes));
  return std::optional(std::move(list));
}

void tell_epoch(ordered_json const& answer) {
  print(fmt::format(
      "A new epoch has begun: {}. Kiosks send again what is missing here.\n"
      "The trust list in force is version {}; {} more kiosks are kept out.\n"
      "Kiosks enrolled since come by their certificates, and {} here were not confirmed then: all that they "
      "send waits in quarantine.\n"
      "What a revoked kiosk sends again waits there, too, even from before it was revoked:\n"
      "dga centre quarantine list, and admit.\n"
      "Then: dga kiosk list; where one waits, dga kiosk confirm --device with what dga kiosk status shows there;\n"
      "dga reconcile, and a new backup: until then kiosks keep everything.\n",
      answer.value("epoch", std::uint64_t{0}), answer.value("trust_version", std::uint64_t{0}),
      answer.value("revoked", std::uint64_t{0}), answer.value("unconfirmed", std::uint64_t{0})));
  if (!answer.value("kept_beside", true))
    print(
        "The centre's folder could not be written: make room there and begin a new epoch again, else the next restore "
        "may let revoked kiosks in.\n");
  tell_unsigned(answer);
}

base::Done restore(Options const& options, Context& context) {
  TRY(auto const list, list_for(options));
  auto const over = options.replace ? centre::Over::kAnything : centre::Over::kNothing;
  TRY(auto const restored, centre::restore(options.data, options.from, over, list, context.clock));
  ordered_json answer{{"epoch", restored.epoch.epoch},
                      {"records", restored.records},
                      {"trust_version", restored.epoch.trust_version},
                      {"revoked", restored.epoch.revoked},
                      {"revoked_unsigned", restored.epoch.revoked_unsigned},
                      {"unconfirmed", restored.epoch.unconfirmed}};
  if (restored.kept) answer["kept"] = restored.kept->string();
  if (options.json) return print_json(answer), base::Done{};
  print(fmt::format("The centre is back with {} records.\n", restored.records));
  if (restored.kept) print(fmt::format("What stood there before is kept as {}.\n", restored.kept->string()));
  tell_epoch(answer);
  return {};
}

base::Done new_epoch(Options const& options, Context& context) {
  TRY(auto const list, list_for(options));
  TRY(auto client, centre_of(options, context));
  TRY(auto const body, client.post("/api/v1/epochs", "application/octet-stream", list.value_or("")));
  TRY(auto const answer, parse_answer(body));
  if (options.json) return print_json(answer), base::Done{};
  tell_epoch(answer);
  return {};
}

base::Done position(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const answer, client.get_json("/api/v1/position"));
  print_json(answer);
  return {};
}

base::Done backup_noted(Options const& options, Context& context) {
  TRY(auto const position, base::read_file(options.position, kMostPositionBytes));
  TRY(auto client, centre_of(options, context));
  TRY_DO(client.post("/api/v1/backups/noted", "application/json", position));
  print("Noted: kiosks are told that these records stand in a backup.\n");
  return {};
}

base::Done trust_list(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const list, client.get("/api/v1/trust-list"));
  TRY_DO(base::write_file(options.out, list, base::FileAccess::kOwnerOnly));
  print(fmt::format("{} keeps the revoked kiosks out after a restore. Keep it beside the backups.\n", options.out));
  return {};
}

base::Done durable(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY_DO(client.post_json("/api/v1/durability", {{"from", options.durable_from}}));
  print(options.durable_from == "standby"
            ? "Kiosks may forget what a streaming standby of the database has on its disk, or a backup.\n"
            : "Kiosks may forget what stands in a backup.\n");
  return {};
}

}  // namespace

void add_centre_backup_commands(CLI::App& centre, Context& context) {
  auto options = std::make_shared<Options>();
  auto command = [&](char const* name, char const* what, base::Done (*work)(Options const&, Context&)) {
    auto* made = centre.add_subcommand(name, what);
    made->add_option("--data", options->data, "The centre's folder")->required();
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  auto with_list = [&](CLI::App* made) {
    auto* list = made->add_option("--trust-list", options->trust_list,
                                  "The newest trust list (dga centre trust-list); the folder's trust.list if left out");
    made->add_flag("--no-trust-list", options->no_trust_list, "No kiosk was revoked since the backup")->excludes(list);
    made->add_flag("--json", options->json, "As JSON");
  };

  auto* made =
      command("backup", "A copy of the encrypted database, also while a server runs; the keys are not in it", backup);
  made->add_option("--out", options->out, "The file to make")->required();
  made->add_flag("--json", options->json, "As JSON");

  made = command("restore", "Put a backup in the database's place and begin a new epoch; the server must not run",
                 restore);
  made->add_option("--from", options->from, "The backup")->required();
  made->add_flag("--replace", options->replace, "Over a database that is there; it is kept under another name");
  with_list(made);

  with_list(command("new-epoch", "After PostgreSQL was restored by its own tools: kiosks send again what is missing",
                    new_epoch));

  command("position", "How far every log stands, for backup-noted: take it before pg_dump begins", position);
  made = command("backup-noted", "A backup made after this position is finished and checked: kiosks may rely on it",
                 backup_noted);
  made->add_option("--position", options->position, "What \"dga centre position\" printed, in a file")->required();

  made = command("trust-list", "Write the trust list in force to a file, for the day of a restore", trust_list);
  made->add_option("--out", options->out, "The file to write")->required();

  made = command("durable", "What kiosks may rely on when they forget records", durable);
  made->add_option("--from", options->durable_from, "backups, or standby: a streaming one of PostgreSQL counts, too")
      ->required()
      ->check(CLI::IsMember({"backups", "standby"}));
}

}  // namespace dga::command_line
