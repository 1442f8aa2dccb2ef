#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <span>

#include "shared/base/log.h"
#include "shared/base/version.h"
#include "sync/agent/transports/https.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/words.h"

int main(int argc, char** argv) {
  dga::agent::set_up_network_threads();
  auto const clock = dga::base::system_clock();
  auto const random = dga::base::system_random();
  dga::command_line::Context context{*clock, *random};

  CLI::App dga{"The command line of DGA Kiosk, for coordinators and IT"};
  dga.footer(
      "Exit codes: 0 fine, 1 refused or not found, 2 wrong usage, 3 damaged data, 4 not reachable.\n"
      "No secret is taken on the command line: passphrases and tickets come from files, or from standard input as "
      "\"-\".");
  dga.set_version_flag("--version", std::string(dga::base::kProductVersion));
  dga.require_subcommand(1);
  bool json_log = false, verbose = false;
  dga.add_flag("--json-log", json_log, "Write the program's own log as JSON lines");
  dga.add_flag("--verbose", verbose, "Log what goes well, too");
  dga.parse_complete_callback([&] {
    using dga::base::LogFormat, dga::base::LogLevel;
    dga::base::set_up_logging(json_log ? LogFormat::kJson : LogFormat::kText,
                              verbose ? LogLevel::kInfo : LogLevel::kWarning);
  });

  dga::command_line::add_centre_commands(dga, context);
  dga::command_line::add_class_commands(dga, context);
  dga::command_line::add_kiosk_commands(dga, context);
  dga::command_line::add_bundle_commands(dga, context);
  dga::command_line::add_export_commands(dga, context);
  dga::command_line::add_store_commands(dga, context);
  dga::command_line::add_vector_commands(dga, context);
  dga::command_line::add_demo_commands(dga, context);

  auto const words = std::span<char const* const>(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0);
  if (auto const unknown = dga::command_line::unknown_word(dga, words)) {
    fmt::print(stderr, "dga: {}\n", *unknown);
    return 2;
  }
  try {
    dga.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    // Its own numbers say nothing to a script: 0 for --help and --version, 2 for every wrong usage.
    return dga.exit(error) == 0 ? 0 : 2;
  }
  return context.exit_code;
}
