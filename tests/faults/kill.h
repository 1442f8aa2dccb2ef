#pragma once

#include <poll.h>
#include <time.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "shared/base/file.h"
#include "shared/records/record.pb.h"
#include "shared/store/kiosk_folder.h"
#include "shared/store/kiosk_slots.h"
#include "tests/support/demo.h"
#include "tests/support/process.h"

// What the tests that kill programs share.
namespace dga::kill_test {

// Rounds of the short form and of the long one (tools/test --faults), or as DGA_KILLS says.
[[nodiscard]] inline int rounds(int few, int many) {
  if (char const* const asked = std::getenv("DGA_KILLS")) return std::atoi(asked);
  return std::getenv("DGA_LONG") == nullptr ? few : many;
}
// DGA_SEED, or 1.
[[nodiscard]] inline std::uint32_t seed() {
  char const* const asked = std::getenv("DGA_SEED");
  return asked == nullptr ? 1U : static_cast<std::uint32_t>(std::strtoul(asked, nullptr, 10));
}

// Lets up to `most_us` microseconds go by: a program that is killed between two of its own events gives no sign of
// where it is, so chance must choose the moment.
inline void some_moment(std::mt19937& random, std::uint32_t most_us) {
  timespec const moment{0, static_cast<long>(random() % most_us) * 1000};
  ::ppoll(nullptr, 0, &moment, nullptr);
}

inline std::string first_line(std::string const& path) {
  auto const secret = base::read_secret_file(path);
  REQUIRE(secret.ok());
  return *secret;
}

// The demo's kiosks ask half a second of Argon2id at every start; a test that starts one 250 times asks for less.
inline void make_starts_cheap(support::Demo const& demo, int kiosk) {
  auto const passphrase = first_line(demo.passphrase_file());
  auto const random = base::system_random();
  auto const changed = store::change_passphrase(demo.kiosk(kiosk), crypto::Passphrase{passphrase}, passphrase,
                                                crypto::minimal_cost(), *random);
  if (!changed.ok()) FAIL(base::describe(changed.error()));
}
inline store::OpenKiosk open(support::Demo const& demo, int kiosk) {
  auto opened = store::open_kiosk(demo.kiosk(kiosk), first_line(demo.passphrase_file()));
  if (!opened.ok()) FAIL(base::describe(opened.error()));
  return std::move(opened).value();
}

// A check-in that somebody was shown: whose, and where in the log.
using Acknowledged = std::map<std::uint64_t, std::uint64_t>;  // participant -> seq

// Everything of `acknowledged` that a log does not keep, and everybody who is in it twice; empty when all is well.
// `log`: records in order, from seq 1.
[[nodiscard]] inline std::vector<std::string> broken_promises(Acknowledged const& acknowledged,
                                                              std::vector<v1::Record> const& log) {
  std::vector<std::string> broken;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint64_t> seen;
  std::uint64_t seq = 0;
  for (auto const& record : log) {
    if (record.seq() != ++seq) broken.push_back("record " + std::to_string(seq) + " is not in its place");
    if (!record.has_check_in()) continue;
    auto const& check_in = record.check_in();
    if (!seen.emplace(std::pair(check_in.participant(), check_in.session()), seq).second)
      broken.push_back("record " + std::to_string(seq) + " checks somebody in again");
  }
  for (auto const& [participant, told] : acknowledged) {
    bool const kept = told >= 1 && told <= log.size() && log[told - 1].has_check_in() &&
                      log[told - 1].check_in().participant() == participant;
    if (!kept) broken.push_back("what was acknowledged as record " + std::to_string(told) + " is not there");
  }
  return broken;
}

[[nodiscard]] inline std::vector<v1::Record> log_of(store::KioskStore& store) {
  std::vector<v1::Record> log;
  auto const read = store.replay(1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
    REQUIRE(log.emplace_back().ParseFromString(stored.bytes));
    return true;
  });
  if (!read.ok()) FAIL(base::describe(read.error()));
  return log;
}

}  // namespace dga::kill_test
