#pragma once

#include <optional>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace dga::command_line {

// The first word or option that no command knows, with the nearest one that is known; nothing where all are known, or
// where help or the version is asked for. CLI11 would speak of what is missing first, and of none of them by name.
// `words`: what follows the program's name. Gives whole sentences, for standard error.
[[nodiscard]] std::optional<std::string> unknown_word(CLI::App const& dga, std::span<char const* const> words);

}  // namespace dga::command_line
