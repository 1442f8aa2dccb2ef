#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "kiosk/flow/state.h"
#include "shared/base/log.h"

namespace dga::app {

// Everything that may be chosen from outside: flags, and a TOML file that flags overrule.
struct Options {
  std::filesystem::path data;                            // the kiosk's folder
  std::optional<std::filesystem::path> passphrase_file;  // first line of it; never on the command line
  // A system credential's file, instead of a passphrase: the kiosk starts with nobody there. When neither is given,
  // $CREDENTIALS_DIRECTORY/dga-kiosk-key where the system (systemd's LoadCredential) has put one.
  std::optional<std::filesystem::path> credential_file;
  bool headless = false;
  std::optional<std::int64_t> at_ms;                  // start the clock there, UTC: a rehearsal
  std::optional<std::filesystem::path> scanner_pipe;  // none: a keyboard wedge; headless: standard input
  bool fullscreen = true;
  int width = 1280, height = 800;                   // of a window that is not full screen
  std::optional<std::pair<float, float>> panel_mm;  // the panel's size, for panels that lie about it
  flow::Look look;
  std::string centre;                    // address; empty: as enrolled
  std::filesystem::path courier_folder;  // stands for a USB stick while it is there; empty: none
  std::string phone_address;             // this machine's, for phones; empty: the likeliest on its network
  bool offline = false;                  // no sync thread
  std::filesystem::path touch_map;       // what may be touched, for a rehearsal's script; empty: none
  base::LogFormat log_format = base::LogFormat::kText;
  base::LogLevel log_level = base::LogLevel::kInfo;
};

// The options, or the exit code of a run that is over already: 0 after --help, --version and a good --check-config,
// 2 after a mistake, which is told on standard error.
[[nodiscard]] std::variant<Options, int> read_options(int count, char const* const* arguments);

}  // namespace dga::app
