#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

#include "shared/base/file.h"
#include "shared/course/explain.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"
#include "tools/command_line/vectors/differences.h"

namespace dga::command_line {
namespace {

constexpr std::size_t kMostVectorBytes = 64 * 1024 * 1024;

using Check = void (*)(Vectors const&, Differences&);

// By what the file holds, so that a copy under another name is checked just as well.
Check check_for(Vectors const& vectors) {
  auto const has = [](Vectors const& value, char const* field) { return value.is_object() && value.contains(field); };
  if (has(vectors, "fold")) return check_names;
  if (has(vectors, "telex")) return check_telex;
  if (has(vectors, "good")) return check_badges;
  if (has(vectors, "forms")) return check_forms;
  if (has(vectors, "chain")) return check_protocol;
  if (has(vectors, "programme") && has(vectors, "sessions")) return check_class;
  if (!vectors.is_array() || vectors.empty()) return nullptr;
  auto const& first = vectors.front();
  if (has(first, "policy")) return check_attendance;
  if (has(first, "e164")) return check_phones;
  if (has(first, "scan")) return check_citizen_cards;
  if (has(first, "vi") && has(first, "en")) return check_glossary;
  return nullptr;
}

base::Done check_file(std::string const& file, std::size_t& differing) {
  TRY(auto text, base::read_file(file, kMostVectorBytes));
  auto const vectors = Vectors::parse(text, nullptr, false);
  Check const check = vectors.is_discarded() ? nullptr : check_for(vectors);
  if (!check)
    return base::usage("vectors.unknown", fmt::format("{} holds no vectors that are known here", file),
                       "Name a file as in tests/vectors");
  Differences differences;
  try {
    check(vectors, differences);
  } catch (nlohmann::json::exception const&) {
    return base::usage("vectors.invalid", fmt::format("{} lacks a field, or has one of another type", file),
                       "Compare it with the one in tests/vectors");
  } catch (std::bad_optional_access const&) {
    return base::usage("vectors.invalid", fmt::format("{} has a field that is not hexadecimal of its length", file),
                       "Compare it with the one in tests/vectors");
  }
  for (auto const& difference : differences.found()) print(fmt::format("{}: {}\n", file, difference));
  print(fmt::format("{}: {} checks, {} differences\n", file, differences.checks(), differences.found().size()));
  differing += differences.found().size();
  return {};
}

base::Done check_files(std::vector<std::string> const& files) {
  std::size_t differing = 0;
  for (auto const& file : files) TRY_DO(check_file(file, differing));
  if (differing > 0) return base::refused("vectors.differ", fmt::format("{} differences in all", differing));
  return {};
}

base::Done explain(std::string const& file) {
  TRY(auto text, base::read_file(file, kMostVectorBytes));
  TRY(auto explained, course::explain(text));
  print(explained);
  if (!explained.ends_with('\n')) print("\n");
  return {};
}

}  // namespace

void add_vector_commands(CLI::App& dga, Context& context) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* check = dga.add_subcommand("check", "Hold the code against data made by others");
  check->require_subcommand(1);
  auto* vectors =
      check->add_subcommand("vectors", "Run files as in tests/vectors; list differences, exit 1 when there are any");
  vectors->add_option("files", *files, "Files of vectors (JSON)")->required();
  vectors->callback([files, &context] { context.exit_code = run([&] { return check_files(*files); }); });

  auto* explain_command =
      dga.add_subcommand("explain", "Evaluate attendance cases: the rule's answer to each, as a JSON array");
  auto file = std::make_shared<std::string>();
  explain_command->add_option("file", *file, "Cases, in the format of tests/vectors/attendance.json")->required();
  explain_command->callback([file, &context] { context.exit_code = run([&] { return explain(*file); }); });
}

}  // namespace dga::command_line
