#include "tools/simulator/plan.h"

#include "tools/simulator/dice.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kPlanPart = 1;

}  // namespace

Plan draw_plan(std::uint64_t seed) {
  Dice dice(seed, kPlanPart);
  Plan plan;
  plan.seed = seed;
  plan.kiosks = dice.between(1, kMostKiosks);
  plan.records = dice.between(4, 30);
  plan.most_in_batch = dice.between(1, 12);
  // One seed in sixteen is a good day; the others have each trouble with a chance of their own.
  if (dice.chance(60)) return plan;
  auto const troubles = static_cast<std::uint32_t>(dice.between(100, 500));
  auto const perhaps = [&](std::uint32_t& chance, std::uint32_t most) {
    auto const drawn = static_cast<std::uint32_t>(dice.between(1, most));
    if (dice.chance(troubles)) chance = drawn;
  };
  perhaps(plan.lost_requests, 300);
  perhaps(plan.lost_replies, 300);
  perhaps(plan.duplicates, 300);
  perhaps(plan.late_copies, 300);
  perhaps(plan.old_replies, 200);
  perhaps(plan.cut_requests, 150);
  perhaps(plan.cut_replies, 150);
  perhaps(plan.flipped, 100);
  perhaps(plan.portals, 150);
  perhaps(plan.failures, 200);
  perhaps(plan.too_large, 60);
  perhaps(plan.outages, 3);
  perhaps(plan.centre_crashes, 100);
  perhaps(plan.kiosk_crashes, 60);
  plan.power_cuts = static_cast<std::uint32_t>(dice.between(0, 1000));
  perhaps(plan.kiosk_restores, 2);
  perhaps(plan.centre_restores, 2);
  perhaps(plan.clones, 2);
  perhaps(plan.revocations, 1);
  perhaps(plan.clock_jumps, 3);
  perhaps(plan.roster_changes, 2);
  perhaps(plan.parcels, 6);
  perhaps(plan.backups, 3);
  perhaps(plan.newcomers, 1);
  perhaps(plan.unconnected, 2);
  perhaps(plan.months, 1);
  if (dice.chance(500)) plan.months = 0;  // as dear as two others
  return plan;
}

}  // namespace dga::simulator
