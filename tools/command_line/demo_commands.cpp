#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>

#include "tools/command_line/commands.h"
#include "tools/command_line/demo.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {

void add_demo_commands(CLI::App& dga, Context& context) {
  auto plan = std::make_shared<DemoPlan>();
  auto* demo = dga.add_subcommand("demo", "A rehearsal to try everything with");
  demo->require_subcommand(1);
  auto* init = demo->add_subcommand(
      "init", "Make a centre with the demo class and generated participants, and enrolled kiosks that hold its pack");
  init->add_option("--out", plan->out, "Folder to make")->required();
  init->add_option("--participants", plan->participants, "How many people to generate")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  init->add_option("--kiosks", plan->kiosks, "How many kiosks to enrol")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  init->add_option("--seed", plan->seed, "The same seed gives the same people")->capture_default_str();
  init->add_option("--starting", plan->starting, "First day of the class (YYYY-MM-DD) instead of the class file's");
  init->add_option("--address", plan->address, "Where the kiosks will find the centre")->capture_default_str();
  init->add_option("--database", plan->database, "The centre's database, as \"dga centre init\" takes it")
      ->type_name("ADDRESS");
  init->callback([plan, &context] { context.exit_code = run([&] { return make_demo(*plan, context); }); });
}

}  // namespace dga::command_line
