#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dga::benchmarks {

// The agents of these kiosks as a program of its own: opens them, prints "ready", waits for a line, sends until
// nothing is left, every kiosk on a thread of its own, and prints what came of it as a line of JSON.
int send(std::string const& centre, std::vector<std::filesystem::path> const& kiosks);

// What a sender said. Seconds from the word to go until the last receipt was settled durably.
struct Sent {
  double seconds = 0, processor_seconds = 0;
  std::uint64_t acknowledged = 0, waiting = 0;
  std::uint64_t requests = 0, bodies_up = 0, bodies_down = 0;  // without HTTP's heads
  std::uint64_t batches = 0, batches_up = 0;
};
[[nodiscard]] Sent read_sent(std::string const& line);

}  // namespace dga::benchmarks
