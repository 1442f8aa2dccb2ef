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

constexpr char kLinesAtOnce[] = "20000";

// A page's last line says where the next one begins; it is taken off. Empty at the end.
base::Result<std::string> take_next(base::Bytes& lines) {
  if (lines.empty()) return std::string();
  auto const begin = lines.rfind('\n', lines.size() - 2) + 1;  // npos + 1 is 0
  TRY(auto const last, parse_answer(base::ByteView(lines).substr(begin)));
  auto next = last.value("next", "");
  if (!next.empty()) lines.resize(begin);
  return next;
}

base::Done write(Options const& options, Context& context) {
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  std::map<std::string, std::string> query;
  query["page"] = kLinesAtOnce;
  if (options.class_id != 0) query["class"] = std::to_string(options.class_id);
  base::Bytes all;
  for (;;) {
    TRY(auto lines, client.get("/api/v1/records", query));
    TRY(auto const next, take_next(lines));
    all += lines;
    if (next.empty()) break;
    query["after"] = next;
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
