#include "tools/simulator/run.h"

#include <fmt/format.h>

#include <exception>

#include "tools/simulator/centre.h"
#include "tools/simulator/checks.h"
#include "tools/simulator/dice.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/must.h"
#include "tools/simulator/network.h"

namespace dga::simulator {
namespace {

Template made_from_seed_0() {
  follow_seed(0);
  return make_template(kMostKiosks);
}

}  // namespace

Runner::Runner() : begin_(made_from_seed_0()) {}

Outcome Runner::run(std::uint64_t seed, World::Telling telling) {
  follow_seed(seed);
  World world(begin_, draw_plan(seed), telling);
  try {
    world.live();
    check(world);
  } catch (std::exception const& broken) {  // what cannot go on, in the product or in the account of it
    world.violated("broken", broken.what());
  }
  ++tally_.seeds;
  tally_.records += world.ledger().records().size();
  tally_.exchanges += world.network().exchanges();
  tally_.centre_restores += world.centre().restores();
  tally_.virtual_ms += world.now();
  tally_.newcomers += world.newcomers().size();
  for (auto const& [place, written] : world.ledger().records())
    if (written.wiped) ++tally_.wiped;
  for (auto const& [log, identity] : world.ledger().logs()) {
    tally_.forks += world.ledger().forks(log);
    if (world.ledger().is_child(log)) ++tally_.children;
  }
  for (auto const& kiosk : world.kiosks())
    if (kiosk->reach() == Reach::kCouriersOnly) ++tally_.without_network;
  return {world.violations()};
}

std::string describe(Tally const& tally) {
  return fmt::format(
      "{} seeds: {} records, {} exchanges, {} restores of the centre, {} forks, {} child logs, {} records wiped, {} "
      "kiosks enrolled late, {} without a network, {:.1f} days of their own time",
      tally.seeds, tally.records, tally.exchanges, tally.centre_restores, tally.forks, tally.children, tally.wiped,
      tally.newcomers, tally.without_network, static_cast<double>(tally.virtual_ms) / 86'400'000.0);
}

}  // namespace dga::simulator
