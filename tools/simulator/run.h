#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/simulator/world.h"

namespace dga::simulator {

struct Outcome {
  std::vector<Violation> violations;
};

// What happened in all seeds together: that the troubles do come.
struct Tally {
  std::uint64_t seeds = 0, records = 0, exchanges = 0, centre_restores = 0, virtual_ms = 0;
  std::uint64_t forks = 0, children = 0, wiped = 0, newcomers = 0, without_network = 0;
};
[[nodiscard]] std::string describe(Tally const& tally);

// Simulates one seed after another. One in a process, before anything else has drawn a random number there.
class Runner {
 public:
  Runner();
  [[nodiscard]] Outcome run(std::uint64_t seed, World::Telling telling);
  [[nodiscard]] Tally const& tally() const { return tally_; }

 private:
  Template const begin_;
  Tally tally_;
};

}  // namespace dga::simulator
