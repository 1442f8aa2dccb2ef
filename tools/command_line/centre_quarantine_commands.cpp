#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>

#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, log;
  std::uint64_t class_id = 0, through = 0;
  std::uint32_t branch = 0;
  bool json = false;
};

base::Result<CentreClient> centre_of(Options const& options, Context& context) {
  return CentreClient::connect(options.data, context.clock, context.random);
}

std::map<std::string, std::string> choice(Options const& options) {
  std::map<std::string, std::string> query;
  if (options.class_id != 0) query["class"] = std::to_string(options.class_id);
  if (!options.log.empty()) query["log"] = options.log;
  return query;
}

base::Done list(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const answer, client.get_json("/api/v1/quarantine", choice(options)));
  if (options.json) return print_json(answer), base::Done{};
  auto const rows = answer.value("records", ordered_json::array());
  for (auto const& row : rows)
    print(fmt::format("{:<12} record {:>7}  class {:>4}  {:<18} {}  branch {}\n", row.value("name", ""),
                      row.value("seq", std::uint64_t{0}), row.value("class", std::uint64_t{0}), row.value("reason", ""),
                      row.value("log", ""), row.value("branch", 0)));
  std::map<std::string, std::string> advice;
  for (auto const& row : rows) advice[row.value("reason", "")] = row.value("next", "");
  print(fmt::format("{} records in quarantine; {} shown\n", answer.value("total", std::uint64_t{0}), rows.size()));
  for (auto const& [reason, next] : advice) print(fmt::format("{}: {}\n", reason, next));
  return {};
}

void tell_accepted(ordered_json const& answer, Options const& options) {
  if (options.json) return print_json(answer);
  print(fmt::format("{} records are accepted now.\n", answer.value("accepted", std::uint64_t{0})));
}

base::Done replay(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const answer, client.post_json("/api/v1/quarantine/replay", ordered_json::object(), choice(options)));
  tell_accepted(answer, options);
  return {};
}

base::Done admit(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const answer,
      client.post_json("/api/v1/quarantine/admit",
                       {{"log", options.log}, {"branch", options.branch}, {"through", options.through}}));
  tell_accepted(answer, options);
  return {};
}

// A fork as both its sides: the line that was there first, and the one that left it.
base::Done forks(Options const& options, Context& context) {
  TRY(auto client, centre_of(options, context));
  TRY(auto const answer, client.get_json("/api/v1/reconciliation"));
  ordered_json found = ordered_json::array();
  for (auto const& line : answer.value("logs", ordered_json::array())) {
    if (line.value("fork_at", std::uint64_t{0}) == 0) continue;
    ordered_json fork{{"log", line["log"]}, {"name", line["name"]}, {"fork_at", line["fork_at"]}, {"branch", line}};
    for (auto const& other : answer["logs"])
      if (other["log"] == line["log"] && !line["parent"].is_null() && other["branch"] == line["parent"])
        fork["left"] = other;
    found.push_back(std::move(fork));
  }
  if (options.json) return print_json({{"forks", found}}), base::Done{};
  auto const side = [](ordered_json const& line) {
    return fmt::format("{} through record {}, {} of its own, head {}",
                       line["branch"].is_null() ? std::string("a branch of which nothing has arrived")
                                                : fmt::format("branch {}", line["branch"].get<std::uint32_t>()),
                       line.value("received_through", std::uint64_t{0}), line.value("recorded", std::uint64_t{0}),
                       line.value("head", "").substr(0, 16));
  };
  for (auto const& fork : found) {
    print(fmt::format("kiosk {}, log {}: two lines from record {} on; its disk was copied or put back\n",
                      fork["name"].get<std::string>(), fork["log"].get<std::string>(),
                      fork["fork_at"].get<std::uint64_t>()));
    if (fork.contains("left")) print(fmt::format("  {}\n", side(fork["left"])));
    print(fmt::format("  {}\n", side(fork["branch"])));
  }
  if (found.empty()) print("No log is forked.\n");
  return {};
}

}  // namespace

void add_centre_quarantine_commands(CLI::App& centre, Context& context) {
  auto options = std::make_shared<Options>();
  auto command = [&](CLI::App& group, char const* name, char const* what,
                     base::Done (*work)(Options const&, Context&)) {
    auto* made = group.add_subcommand(name, what);
    made->add_option("--data", options->data, "The centre's folder")->required();
    made->add_flag("--json", options->json, "As JSON");
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  auto with_choice = [&](CLI::App* made) {
    made->add_option("--class", options->class_id, "Records of this class only")->check(CLI::PositiveNumber);
    made->add_option("--log", options->log, "Records of this log only");
  };
  auto* group = centre.add_subcommand("quarantine", "Records that were received and are not accepted");
  group->require_subcommand(1);
  with_choice(command(*group, "list", "Each with its reason, and what mends it", list));
  with_choice(command(*group, "replay", "Judge them anew, after the cause was mended", replay));
  auto* made = command(*group, "admit", "Take in what a revoked kiosk had recorded while it was in good hands", admit);
  made->add_option("--log", options->log, "Its log")->required();
  made->add_option("--branch", options->branch, "Of a forked log, which line")->capture_default_str();
  made->add_option("--through", options->through, "The last record to take in")->required()->check(CLI::PositiveNumber);
  command(centre, "forks", "Logs that go on in two ways: copied disks, kiosks put back to an earlier state", forks);
}

}  // namespace dga::command_line
