// One store, one program: whoever comes second is told so, in one sentence, whichever program it is.
#include <doctest/doctest.h>

#include "tests/support/demo.h"

using dga::support::Demo;
using dga::support::Process;

TEST_CASE("a kiosk that is open refuses every other program with the same sentence, and goes on") {
  Demo const demo(4, 1, 7);
  Process open(demo.headless(1));
  open.write(demo.badges()[0].digits + "\n");
  REQUIRE_FALSE(open.read_line().empty());

  auto const file = demo.kiosk(1) + "/kiosk.db";
  auto const sentence = "could not open " + file + ": another program has " + file + " open. Close the other program";
  auto const door = demo.scan(1, demo.badges()[1].digits + "\n");
  CHECK(door.exit_code == 1);
  CHECK_MESSAGE(door.err.find(sentence) != std::string::npos, door.err);
  for (auto const& command : {std::vector<std::string>{"kiosk", "sync"}, {"kiosk", "status"}, {"bundle", "write"}}) {
    auto arguments = command;
    for (auto const& more :
         {std::string("--data"), demo.kiosk(1), std::string("--passphrase-file"), demo.passphrase_file()})
      arguments.push_back(more);
    if (command[0] == "bundle") arguments.insert(arguments.end(), {"--out", demo.scratch("stick.dgab")});
    auto const refused = demo.dga(arguments);
    CHECK(refused.exit_code == 1);
    CHECK_MESSAGE(refused.err.find(sentence) != std::string::npos, refused.err);
  }

  open.write(demo.badges()[2].digits + "\n");
  CHECK(open.read_line().find("checked_in") != std::string::npos);
  open.close_input();
  CHECK(open.wait() == 0);
  CHECK(demo.scan(1, demo.badges()[1].digits + "\n").exit_code == 0);
}
