#include "tools/command_line/words.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace dga::command_line {
namespace {

// Letters to add, take out or change until `from` is `to`.
std::size_t apart(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      auto const changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::vector<CLI::App const*> commands_below(CLI::App const& app) {
  return app.get_subcommands([](CLI::App const*) { return true; });
}

// "dga kiosk sync"
std::string path_of(CLI::App const& app) {
  auto const* above = app.get_parent();
  return above == nullptr ? "dga" : path_of(*above) + " " + app.get_name();
}

std::string unknown(CLI::App const& where, std::string_view word, std::vector<std::string> const& known) {
  auto const nearest = std::min_element(known.begin(), known.end(), [&](auto const& one, auto const& other) {
    return apart(word, one) < apart(word, other);
  });
  auto const what = fmt::format("there is no \"{}\" in {}", word, path_of(where));
  // Further away it is a guess about something else.
  bool const near = nearest != known.end() && apart(word, *nearest) <= std::max<std::size_t>(1, nearest->size() / 3);
  return near ? fmt::format("{}; did you mean \"{}\"?", what, *nearest)
              : fmt::format("{}. See {} --help.", what, path_of(where));
}

std::string unknown_option(CLI::App const& where, std::string_view word) {
  std::vector<std::string> known;
  for (auto const* option : where.get_options())
    for (auto const& name : option->get_lnames()) known.push_back("--" + name);
  return unknown(where, word, known);
}

std::string unknown_command(CLI::App const& where, std::string_view word) {
  std::vector<std::string> known;
  for (auto const* command : commands_below(where)) known.push_back(command->get_name());
  return unknown(where, word, known);
}

bool takes_values(CLI::Option const& option) { return option.get_items_expected_max() > 0; }

// Of the command or of one above it.
CLI::Option const* option_of(CLI::App const* app, std::string const& name) {
  for (; app != nullptr; app = app->get_parent())
    if (auto const* option = app->get_option_no_throw(name)) return option;
  return nullptr;
}

}  // namespace

std::optional<std::string> unknown_word(CLI::App const& dga, std::span<char const* const> words) {
  auto const asks = [](std::string_view word) { return word == "--help" || word == "-h" || word == "--version"; };
  if (std::any_of(words.begin(), words.end(), asks)) return std::nullopt;
  auto const* app = &dga;
  for (std::size_t at = 0; at < words.size(); ++at) {
    std::string_view const word = words[at];
    if (word == "--") break;  // what follows are values
    if (word.size() > 1 && word.front() == '-') {
      auto const name = word.substr(0, word.find('='));
      auto const* option = option_of(app, std::string(name));
      if (option == nullptr) {
        // "-5" may be a value, and letters of short options stand together: CLI11 tells them apart.
        if (word.starts_with("--")) return unknown_option(*app, name);
        continue;
      }
      if (name.size() == word.size() && takes_values(*option)) ++at;
      continue;
    }
    auto const below = commands_below(*app);
    if (below.empty()) continue;
    auto const named =
        std::find_if(below.begin(), below.end(), [&](auto const* command) { return command->get_name() == word; });
    if (named == below.end()) return unknown_command(*app, word);
    app = *named;
  }
  return std::nullopt;
}

}  // namespace dga::command_line
