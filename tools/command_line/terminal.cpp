#include "tools/command_line/terminal.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"

namespace dga::command_line {

int fail(base::Error const& error) {
  fmt::print(stderr, "dga: {}.\n", base::describe(error));
  return base::exit_code(error.fault);
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

}  // namespace dga::command_line
