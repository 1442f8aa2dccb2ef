#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, out;
  std::uint64_t class_id = 0;  // 0: all
};

// Where the last line of a portion stands; the next one begins behind it.
base::Result<std::string> place_of_last(std::string_view lines) {
  auto const whole = lines.substr(0, lines.size() - 1);
  TRY(auto const last, parse_answer(whole.substr(whole.rfind('\n') + 1)));
  return fmt::format("{}.{}.{}", last.value("log", ""), last.value("branch", ""), last.value("seq", std::uint64_t{0}));
}

base::Done write(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  std::map<std::string, std::string> query;
  if (options.class_id != 0) query["class"] = std::to_string(options.class_id);
  base::Bytes all;
  for (;;) {
    TRY(auto const lines, client.get("/api/v1/records", query));
    if (lines.empty()) break;
    all += lines;
    TRY(query["after"], place_of_last(lines));
  }
  if (options.out == "-") {
    print(all);
    return {};
  }
  // It holds names and telephone numbers of people who registered at the door.
  TRY_DO(base::write_file(options.out, all, base::FileAccess::kOwnerOnly));
  print(fmt::format("{}: {} records.\n", options.out, std::count(all.begin(), all.end(), '\n')));
  return {};
}

}  // namespace

void add_export_commands(CLI::App& dga, Context& context) {
  auto options = std::make_shared<Options>();
  auto* made = dga.add_subcommand(
      "export", "Every record as it was recorded, one JSON object a line; the same bytes on whatever roads it came");
  made->add_option("--data", options->data, "The centre's folder")->required();
  made->add_option("--class", options->class_id, "Of this class only");
  made->add_option("--out", options->out, "The file to write, readable by its owner only; - for standard output")
      ->required();
  made->callback([options, &context] { context.exit_code = run([&] { return write(*options, context); }); });
}

}  // namespace dga::command_line
