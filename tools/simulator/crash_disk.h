#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/store_disk_vfs.h"
#include "tests/support/store_power_cut.h"
#include "tools/simulator/dice.h"

namespace dga::simulator {

// How a machine ends: the program alone (what it wrote stays), or with the power (what was not synced may be lost,
// torn or reordered).
enum class Ending { kKilled, kPowerCut };

// A machine's disk. A crash may come at any of its operations: from there on nothing is written any more, and what the
// disk holds afterwards is what a kill or a power cut at that operation leaves.
class CrashDisk {
 public:
  explicit CrashDisk(test::Disk content) : before_(content), vfs_(std::move(content)) {}

  [[nodiscard]] std::string const& vfs() const { return vfs_.name(); }
  [[nodiscard]] test::Disk content() const { return vfs_.content(); }

  // The machine dies at the operation after so many more; 0: now.
  void die_after(std::uint64_t operations) {
    vfs_.fail({.calls = test::kChanges, .trouble = test::DiskTrouble::kError, .after = operations});
    if (operations == 0) died_at_ = vfs_.operations().size();
  }
  // It does not, after all. REQUIRES: !dead().
  void spare() { vfs_.fail({.times = 0}); }
  [[nodiscard]] bool dead() const { return died_at_ || vfs_.failed(); }

  // REQUIRES: dead(), and no file open. The disk then holds what is left.
  void end(Ending how, Dice& dice);
  // Another content is put in. REQUIRES: no file open.
  void insert(test::Disk content);
  // Takes away the files whose names begin so, as programs besides SQLite do. REQUIRES: none of them is open.
  test::Disk take_out(std::string_view beginning);

 private:
  test::Disk before_;  // what the disk surely held when vfs_ began to write down operations
  test::DiskVfs vfs_;
  std::optional<std::size_t> died_at_;
};

}  // namespace dga::simulator
