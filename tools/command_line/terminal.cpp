#include "tools/command_line/terminal.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"

namespace dga::command_line {

int fail(base::Error const& error) {
  fmt::print(stderr, "dga: {}.\n", base::describe(error));
  return base::exit_code(error.fault);
}

int run(std::function<base::Done()> const& command) {
  try {
    base::Done const done = command();
    if (!done.ok()) return fail(done.error());
  } catch (std::exception const& error) {
    return fail(base::damaged("command.failed",
                              std::string("the command met something that it does not understand: ") + error.what(),
                              "Check that programs of one version are at both ends"));
  }
  if (std::ferror(stdout) != 0)
    return fail(base::storage("output.failed", "what was to be printed could not be written to standard output",
                              "Check the disk or the program that reads it; the list is not whole"));
  return 0;
}

void print_json(nlohmann::ordered_json const& value) { print(value.dump() + "\n"); }

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

base::Result<base::Bytes> secret_from(std::string const& file) {
  if (file != "-") return base::read_secret_file(file);
  std::string line;
  if (!std::getline(std::cin, line) || line.empty())
    return base::refused("file.empty_secret", "standard input holds no secret", "Put it on the first line");
  return line;
}

std::string file_or_input(std::string const& file) { return file == "-" ? "/dev/stdin" : file; }

}  // namespace dga::command_line
