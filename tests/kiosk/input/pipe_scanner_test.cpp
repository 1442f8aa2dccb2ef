#include "kiosk/input/pipe_scanner.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "shared/base/mailbox.h"
#include "tests/support/process.h"

using dga::input::open_pipe_scanner;
using dga::input::Scan;

namespace {

// What the scanner read, for the test's own thread.
struct Received {
  dga::base::Mailbox<Scan> box{1'000};
  dga::input::DeliverScan deliver() {
    return [this](Scan scan) { return box.send(std::move(scan)); };
  }
  std::string next() {
    auto scans = box.receive_for(1, std::chrono::seconds(10));
    return scans.empty() ? "(nothing)" : scans.front().text;
  }
};

void write_to(std::string const& path, std::string const& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
}

}  // namespace

TEST_CASE("a named pipe outlives its writers") {
  dga::support::TemporaryFolder folder;
  std::string const path = folder / "scanner";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  Received received;
  auto scanner = open_pipe_scanner(path, received.deliver());
  REQUIRE(scanner.ok());
  write_to(path, "one\n");
  CHECK(received.next() == "one");
  write_to(path, "two\r\nthree\n");
  CHECK(received.next() == "two");
  CHECK(received.next() == "three");
}

TEST_CASE("a file of scans is read to its end, the last line without an end too") {
  dga::support::TemporaryFolder folder;
  write_to(folder / "scans", "one\ntwo");
  Received received;
  auto scanner = open_pipe_scanner(folder / "scans", received.deliver());
  REQUIRE(scanner.ok());
  CHECK(received.next() == "one");
  CHECK(received.next() == "two");
}

TEST_CASE("a scanner that is not there is refused with what to do") {
  dga::support::TemporaryFolder folder;
  Received received;
  auto scanner = open_pipe_scanner(folder / "nothing", received.deliver());
  REQUIRE_FALSE(scanner.ok());
  CHECK(scanner.error().code == "scanner.not_found");
  CHECK(scanner.error().next.find("mkfifo") != std::string::npos);
}

TEST_CASE("a scanner ends while its pipe is silent") {
  dga::support::TemporaryFolder folder;
  std::string const path = folder / "scanner";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  Received received;
  auto scanner = open_pipe_scanner(path, received.deliver());
  REQUIRE(scanner.ok());
  std::move(scanner).value().reset();
  CHECK_FALSE(received.box.try_receive().has_value());
}
