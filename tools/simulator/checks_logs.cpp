#include "tools/simulator/checks_logs.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "tools/simulator/kiosk.h"

namespace dga::simulator {

void check_wiped(World& world, std::vector<StoredRow> const& rows) {
  std::map<Place, StoredRow const*> there;
  for (auto const& row : rows) there.emplace(row.place, &row);
  for (auto const& [place, written] : world.ledger().records()) {
    if (!written.wiped) continue;
    auto const found = there.find(place);
    if (found == there.end() || found->second->bytes != written.bytes)
      world.violated("wiped", fmt::format("record {} of log {} was wiped at a kiosk, and the centre does not have it",
                                          place.seq, place.log.hex()));
  }
}

void check_children(World& world, std::vector<StoredRow> const& rows) {
  auto const& ledger = world.ledger();
  std::map<Place, int> times;
  for (auto const& row : rows) ++times[row.place];
  for (auto const& kiosk : world.kiosks())
    for (auto const& place : kiosk->lines(SimulatedKiosk::Ends::kToLastFact))
      if (times[place] != 1 && ledger.is_child(place.log))
        world.violated("children", fmt::format("record {} of child log {} is {} times at the centre", place.seq,
                                               place.log.hex(), times[place]));
  for (auto const& [log, identity] : ledger.logs())
    if (auto const forks = ledger.forks(log), copies = ledger.copies(identity.device); forks > copies)
      world.violated("copies", fmt::format("log {} forks {} times, and its kiosk was copied or restored {} times",
                                           log.hex(), forks, copies));
}

void check_carried(World& world, std::vector<StoredRow> const& rows) {
  std::set<Place> there;
  for (auto const& row : rows) there.insert(row.place);
  for (auto const& kiosk : world.kiosks()) {
    if (kiosk->reach() != Reach::kCouriersOnly) continue;
    for (auto const& place : kiosk->lines(SimulatedKiosk::Ends::kToLastFact))
      if (!there.contains(place))
        world.violated("carried", fmt::format("kiosk {} has nothing more for couriers, and record {} of log {} never "
                                              "arrived",
                                              kiosk->name(), place.seq, place.log.hex()));
  }
}

}  // namespace dga::simulator
