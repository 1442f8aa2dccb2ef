#pragma once

#include <cstdint>
#include <string>

#include "shared/base/result.h"
#include "tools/command_line/commands.h"

namespace dga::command_line {

struct DemoPlan {
  std::string out;
  std::uint32_t participants = 60;
  std::uint32_t kiosks = 1;
  std::uint64_t seed = 1;
  std::string starting;  // "2026-11-22"; empty: as the class file has it
  std::string address = "http://127.0.0.1:8470";
  std::string database;  // as "dga centre init" takes it; empty: an encrypted file in the centre's folder
};

// Prepares a rehearsal as a coordinator would, through HTTP on loopback: class, roster, staff, enrolment, pack.
// Leaves OUT/centre, OUT/kiosk-1 ..., OUT/passphrase, OUT/pins.csv and OUT/badges.csv, or nothing at all on an error.
// Refused "demo.exists" when OUT holds anything.
[[nodiscard]] base::Done make_demo(DemoPlan const& plan, Context& context);

}  // namespace dga::command_line
