#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::command_line {

// Tells standard error what went wrong and gives the exit code that --help documents.
int fail(base::Error const& error);

// One JSON value and a line end on standard output.
void print_json(nlohmann::ordered_json const& value);
void print(std::string_view text);

// Runs a command that may fail.
template <typename Command>
int run(Command&& command) {
  base::Done done = command();
  return done.ok() ? 0 : fail(done.error());
}

// "--passphrase-file F": the secret on its first line; "-" is standard input. Never on the command line itself.
[[nodiscard]] base::Result<base::Bytes> secret_from(std::string const& file);

}  // namespace dga::command_line
