#include "sync/agent/transports/sticks.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "shared/base/file.h"
#include "tests/support/process.h"

using namespace dga;
using agent::sticks_in;
using agent::StickWatch;
using Paths = std::vector<std::filesystem::path>;

TEST_CASE("sticks are what is mounted to be written to where people's media are") {
  CHECK(sticks_in("") == Paths{});
  CHECK(sticks_in("21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                  "36 21 8:17 / /media/staff/STICK rw,nosuid shared:2 - vfat /dev/sdb1 rw\n"
                  "37 21 8:33 / /run/media/staff/USB\\040A\\134B rw - vfat /dev/sdc1 rw\n"
                  "38 21 8:49 / /media/staff/LOCKED ro,nosuid - vfat /dev/sdd1 ro\n"
                  "39 21 8:65 / /mnt/archive rw - ext4 /dev/sde1 rw\n"
                  "40 21 8:81 / /mediation rw - ext4 /dev/sde2 rw\n"
                  "41 21 broken") == Paths{"/media/staff/STICK", "/run/media/staff/USB A\\B"});
}

TEST_CASE("a folder that stands for a stick comes and goes, and a missing table is no stick") {
  support::TemporaryFolder folder;
  StickWatch const watch(folder / "stick", folder / "no-table");
  CHECK(watch.there().empty());
  std::filesystem::create_directory(folder / "stick");
  CHECK(watch.there() == Paths{folder / "stick"});
  REQUIRE(
      base::write_file(folder / "table", "36 21 8:17 / /media/a rw - vfat x rw\n", base::FileAccess::kEveryone).ok());
  StickWatch const both(folder / "stick", folder / "table");
  CHECK(both.there() == Paths{folder / "stick", "/media/a"});
}

TEST_CASE("whoever waits for a stick can be woken") {
  StickWatch const watch("");
  std::atomic<bool> done = false;
  std::thread waiting([&] {
    watch.wait();
    done = true;
  });
  watch.wake();
  waiting.join();
  CHECK(done);
}
