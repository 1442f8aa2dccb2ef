#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "tools/simulator/world.h"

namespace dga::simulator {

class SimulatedKiosk;

// Whoever carries files between kiosks and the centre: late, twice, cut, or never.
class Courier {
 public:
  Courier(World& world, std::uint64_t part) : world_(&world), dice_(world.plan().seed, part) {}

  // Takes what a kiosk hands over, and sets out.
  void call_at(SimulatedKiosk& kiosk);
  // Goes to and fro, and loses nothing, until a kiosk has nothing more to hand over. False where that does not happen.
  [[nodiscard]] bool carry_all(SimulatedKiosk& kiosk);

 private:
  void arrive(SimulatedKiosk& from, base::Bytes bundle);
  // The centre's answer to a bundle; nothing where there is none.
  [[nodiscard]] std::optional<base::Bytes> upload(SimulatedKiosk const& from, base::Bytes bundle);
  // The same receipts as the courier's page shows them, for a kiosk's scanner.
  [[nodiscard]] std::vector<base::Bytes> as_codes(base::Bytes const& answer);
  // What a stick did to a file on the way.
  [[nodiscard]] base::Bytes carried(base::Bytes bytes);

  World* world_;
  Dice dice_;
  std::deque<base::Bytes> old_answers_;
};

}  // namespace dga::simulator
