#pragma once

#include <cstdint>
#include <deque>

#include "tools/simulator/world.h"

namespace dga::simulator {

class SimulatedKiosk;

// Whoever carries files between kiosks and the centre: late, twice, cut, or never.
class Courier {
 public:
  Courier(World& world, std::uint64_t part) : world_(&world), dice_(world.plan().seed, part) {}

  // Takes what a kiosk hands over, and sets out.
  void call_at(SimulatedKiosk& kiosk);

 private:
  void arrive(SimulatedKiosk& from, base::Bytes bundle);
  // What a stick did to a file on the way.
  [[nodiscard]] base::Bytes carried(base::Bytes bytes);

  World* world_;
  Dice dice_;
  std::deque<base::Bytes> old_answers_;
};

}  // namespace dga::simulator
