#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::command_line {

// Tells standard error what went wrong and gives the exit code that --help documents.
int fail(base::Error const& error);

// One JSON value and a line end on standard output.
void print_json(nlohmann::ordered_json const& value);
void print(std::string_view text);

// Runs a command that may fail; gives its exit code. What it printed must have reached its reader: a list that a full
// disk cut short is a failure. An exception is told as one, too: another side's answer may have any shape.
int run(std::function<base::Done()> const& command);

// "--passphrase-file F": the secret on its first line; "-" is standard input. Never on the command line itself.
[[nodiscard]] base::Result<base::Bytes> secret_from(std::string const& file);

// What is read whole: "-" is standard input.
[[nodiscard]] std::string file_or_input(std::string const& file);

}  // namespace dga::command_line
