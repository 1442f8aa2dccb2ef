#include "kiosk/options.h"

#include <toml++/toml.h>
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <map>
#include <system_error>

#include "shared/base/result.h"
#include "shared/base/version.h"
#include "shared/course/local_time.h"

namespace dga::app {
namespace {

constexpr char const* kExitCodes =
    "\nHeadless: one scan a line on standard input, one JSON object a line on standard output, in order, each after "
    "its\n"
    "record is durable. An empty line is a scan of nothing (not_a_badge): every line has its answer.\n"
    "\nEvery long option may stand in the --config file with _ for -, for example: large_text = true\n"
    "\nExit codes: 0 fine; 1 refused, not found, or held by another process; 2 usage; 3 damaged data; 4 not "
    "reachable\n";

// As text, from either source, before it means anything.
using Words = std::map<std::string, std::string>;

base::Error bad(std::string const& name, std::string const& value, std::string const& wanted) {
  return base::usage("options.invalid", "--" + name + " \"" + value + "\" is not understood", "give " + wanted);
}

template <typename Number>
std::optional<std::pair<Number, Number>> two_numbers(std::string const& text) {
  std::size_t const x = text.find('x');
  if (x == std::string::npos) return std::nullopt;
  Number first{}, second{};
  char const* const middle = text.data() + x;
  char const* const end = text.data() + text.size();
  auto const one = std::from_chars(text.data(), middle, first);
  auto const two = std::from_chars(middle + 1, end, second);
  if (one.ec != std::errc{} || one.ptr != middle || two.ec != std::errc{} || two.ptr != end) return std::nullopt;
  return std::pair(first, second);
}

base::Result<bool> switch_of(std::string const& name, std::string const& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return bad(name, value, "true or false");
}

base::Done apply_look(Options& options, std::string const& name, std::string const& value) {
  if (name == "language") {
    if (value == "vi")
      options.look.language = flow::Language::kVietnamese;
    else if (value == "en")
      options.look.language = flow::Language::kEnglish;
    else
      return bad(name, value, "vi or en");
  } else if (name == "theme") {
    if (value == "light")
      options.look.theme = flow::Theme::kLight;
    else if (value == "dark")
      options.look.theme = flow::Theme::kDark;
    else if (value == "high_contrast")
      options.look.theme = flow::Theme::kHighContrast;
    else
      return bad(name, value, "light, dark or high_contrast");
  } else if (name == "large-text") {
    TRY(options.look.large_text, switch_of(name, value));
  } else if (name == "fullscreen") {
    TRY(options.fullscreen, switch_of(name, value));
  } else if (name == "window") {
    auto const size = two_numbers<int>(value);
    if (!size || size->first < 320 || size->second < 320 || size->first > 16'384 || size->second > 16'384)
      return bad(name, value, "a size in pixels such as 1280x800");
    options.fullscreen = false;
    std::tie(options.width, options.height) = *size;
  } else {
    auto const size = two_numbers<float>(value);
    if (!size || size->first < 50 || size->second < 50)
      return bad(name, value, "the panel's millimetres such as 217x136");
    options.panel_mm = *size;
  }
  return {};
}

base::Done apply(Options& options, std::string const& name, std::string const& value) {
  if (name == "data")
    options.data = value;
  else if (name == "passphrase-file")
    options.passphrase_file = value;
  else if (name == "credential-file")
    options.credential_file = value;
  else if (name == "centre")
    options.centre = value;
  else if (name == "courier-folder")
    options.courier_folder = value;
  else if (name == "phone-address")
    options.phone_address = value;
  else if (name == "touch-map")
    options.touch_map = value;
  else if (name == "headless") {
    TRY(options.headless, switch_of(name, value));
  } else if (name == "offline") {
    TRY(options.offline, switch_of(name, value));
  } else if (name == "at") {
    auto const at = course::read_instant(value);
    if (!at) return bad(name, value, "an instant with its offset such as 2024-11-12T07:55:00+07:00");
    options.at_ms = *at;
  } else if (name == "scanner") {
    if (value == "keyboard")
      options.scanner_pipe.reset();
    else if (value.starts_with("pipe:") && value.size() > 5)
      options.scanner_pipe = value.substr(5);
    else
      return bad(name, value, "keyboard or pipe:PATH");
  } else if (name == "log-format") {
    if (value == "text")
      options.log_format = base::LogFormat::kText;
    else if (value == "json")
      options.log_format = base::LogFormat::kJson;
    else
      return bad(name, value, "text or json");
  } else if (name == "log-level") {
    static std::map<std::string, base::LogLevel> const kLevels = {{"debug", base::LogLevel::kDebug},
                                                                  {"info", base::LogLevel::kInfo},
                                                                  {"warning", base::LogLevel::kWarning},
                                                                  {"error", base::LogLevel::kError}};
    auto const level = kLevels.find(value);
    if (level == kLevels.end()) return bad(name, value, "debug, info, warning or error");
    options.log_level = level->second;
  } else {
    return apply_look(options, name, value);
  }
  return {};
}

struct Known {
  char const* name;
  char const* help;
  bool is_switch;
};
constexpr Known kKnown[] = {
    {"data", "folder of the kiosk's database and key slots", false},
    {"passphrase-file", "file whose first line unlocks the kiosk; without one its screen asks", false},
    {"credential-file",
     "system credential that unlocks the kiosk with nobody there; by default $CREDENTIALS_DIRECTORY/dga-kiosk-key",
     false},
    {"headless", "no window: scans on standard input, answers on standard output", true},
    {"at", "start the clock at another time, for rehearsals: 2024-11-12T07:55:00+07:00", false},
    {"scanner", "keyboard (a scanner that types) or pipe:PATH (one scan a line)", false},
    {"fullscreen", "take the whole screen (the default)", true},
    {"window", "a window of this size instead: 1280x800", false},
    {"panel-mm", "the panel's real size in millimetres, where it tells a wrong one: 217x136", false},
    {"language", "vi or en", false},
    {"theme", "light, dark or high_contrast", false},
    {"large-text", "everything in large letters", true},
    {"centre", "address of the centre; otherwise the one given at enrolment", false},
    {"courier-folder", "a folder that counts as a USB stick while it is there, for what is carried by hand", false},
    {"phone-address", "this machine's address for phones that take a bundle, where it has several: 192.168.1.20",
     false},
    {"touch-map",
     "file that always says which screen is shown and where to touch it (no words), for a rehearsal's script", false},
    {"offline", "never reach for the network", true},
    {"log-format", "text or json, on standard error", false},
    {"log-level", "debug, info, warning or error", false},
};

base::Result<Words> read_config(std::string const& path) {
  Words words;
  try {
    toml::table const table = toml::parse_file(path);
    for (auto const& [key, node] : table) {
      std::string name(key.str());
      for (char& c : name) c = c == '_' ? '-' : c;
      bool known = false;
      for (Known const& one : kKnown) known = known || name == one.name;
      if (!known)
        return base::usage("config.unknown_key", path + " says \"" + std::string(key.str()) + "\", which is no option",
                           "see --help for those there are");
      if (auto const text = node.value_exact<std::string>())
        words[name] = *text;
      else if (auto const truth = node.value_exact<bool>())
        words[name] = *truth ? "true" : "false";
      else
        return base::usage("config.wrong_type",
                           path + ": " + std::string(key.str()) + " must be a text or true or false");
    }
  } catch (toml::parse_error const& error) {
    return base::usage(
        "config.malformed",
        path + ", line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()),
        "the file is TOML: name = \"value\"");
  }
  return words;
}

// What the system hands to this service alone.
std::optional<std::filesystem::path> credential_of_the_system() {
  char const* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder || *folder == '\0') return std::nullopt;
  auto const file = std::filesystem::path(folder) / "dga-kiosk-key";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  return file;
}

base::Result<Options> options_from(Words const& words) {
  Options options;
  for (auto const& [name, value] : words) TRY_DO(apply(options, name, value));
  if (options.data.empty())
    return base::usage("options.no_data", "no folder was given", "say where the kiosk's data lies: --data DIR");
  if (options.passphrase_file && options.credential_file)
    return base::usage("options.two_secrets", "--passphrase-file and --credential-file are both given",
                       "give the one that is to unlock the kiosk");
  if (!options.passphrase_file && !options.credential_file) options.credential_file = credential_of_the_system();
  if (options.headless && !options.passphrase_file && !options.credential_file)
    return base::usage("options.no_passphrase", "a headless kiosk has nobody to ask for the passphrase",
                       "give --passphrase-file FILE or --credential-file FILE");
  return options;
}

int refuse(base::Error const& error) {
  std::cerr << "dga-kiosk: " << base::describe(error) << '\n';
  return base::exit_code(error.fault);
}

}  // namespace

std::variant<Options, int> read_options(int count, char const* const* arguments) {
  CLI::App program("The check-in kiosk: scans badges, keeps an encrypted log, needs no network.", "dga-kiosk");
  program.set_version_flag("--version", std::string(base::kProductVersion));
  program.footer(kExitCodes);
  std::string config;
  bool check_config = false;
  program.add_option("--config", config, "TOML file with any of these options; flags overrule it");
  program.add_flag("--check-config", check_config, "read all options, say whether they are good, and end");
  std::map<std::string, std::string> given;
  std::map<std::string, bool> switched;
  for (Known const& one : kKnown) {
    std::string const flag = std::string("--") + one.name;
    if (one.is_switch)
      program.add_flag(flag, switched[one.name], one.help);
    else
      program.add_option(flag, given[one.name], one.help);
  }
  try {
    program.parse(count, arguments);
  } catch (CLI::ParseError const& ended) {
    return program.exit(ended) == 0 ? 0 : 2;
  }

  Words words;
  if (!config.empty()) {
    auto read = read_config(config);
    if (!read) return refuse(read.error());
    words = std::move(read).value();
  }
  for (Known const& one : kKnown) {
    if (program.count(std::string("--") + one.name) == 0) continue;
    if (!one.is_switch)
      words[one.name] = given[one.name];
    else
      words[one.name] = switched[one.name] ? "true" : "false";
    if (std::string_view(one.name) == "fullscreen") words.erase("window");
  }
  auto options = options_from(words);
  if (!options) return refuse(options.error());
  if (check_config) {
    for (auto const& [name, value] : words) std::cout << name << " = " << value << '\n';
    return 0;
  }
  return std::move(options).value();
}

}  // namespace dga::app
