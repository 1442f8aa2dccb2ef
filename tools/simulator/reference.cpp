#include "tools/simulator/reference.h"

#include <algorithm>
#include <map>
#include <set>

#include "shared/crypto/chain.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/receipt.pb.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/must.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kReferencePart = 5;

// The ends of all lines of what arrived or is kept, by place.
std::vector<Place> ends_of(std::set<Place> const& places, Ledger const& ledger) {
  auto ends = places;
  for (auto const& place : places)
    if (auto const* written = ledger.find(place); written != nullptr && written->before) ends.erase(*written->before);
  return {ends.begin(), ends.end()};
}

class PerfectRoad {
 public:
  PerfectRoad(World& world, SimulatedCentre& centre)
      : world_(world), centre_(centre), dice_(world.plan().seed, kReferencePart) {
    for (auto const& enrolled : world.begin().kiosks) learn(enrolled);
    for (auto const& enrolled : world.newcomers()) {
      learn(enrolled);
      ask("/api/v1/devices", enrolled.certificate, "show a certificate");
    }
    centre_.assign_again();
  }

  void send(std::vector<Place> const& line) {
    if (line.empty()) return;
    auto const& ledger = world_.ledger();
    auto const& identity = ledger.identity(line.front().log);
    auto const& master = *masters_.at(identity.device);
    protocol::Stretch stretch;
    stretch.device = identity.device;
    stretch.log = identity.log;
    stretch.salt = identity.salt;
    stretch.first_seq = 1;
    for (auto const& place : line) stretch.records.push_back(ledger.find(place)->bytes);
    stretch.prev_hash = crypto::chain_start(identity.log);
    stretch.head_hash = line.back().hash;
    stretch.log_head_seq = line.back().seq;
    stretch.log_head_hash = line.back().hash;
    auto const& keys = world_.begin().keys;
    auto const batch = must(protocol::seal_batch(stretch, keys.box_id, keys.boxes.at(keys.box_id).public_key(),
                                                 master.signing(), dice_.random()),
                            "seal a whole log");
    ask("/api/v1/logs/" + identity.log.hex() + "/batches", batch, "send a whole log");
  }

 private:
  void learn(Enrolled const& enrolled) {
    masters_.emplace(crypto::device_id(enrolled.master.signing().public_key()), &enrolled.master);
  }
  void ask(std::string path, base::Bytes body, std::string const& doing) {
    centre::Request request;
    request.method = "POST";
    request.path = std::move(path);
    request.content_type = "application/octet-stream";
    request.body = std::move(body);
    auto const response = centre_.handle(request);
    if (!response || response->status >= 300) throw Broken(doing + ": " + (response ? response->body : "down"));
  }

  World& world_;
  SimulatedCentre& centre_;
  Dice dice_;
  std::map<base::DeviceId, crypto::KioskMaster const*> masters_;
};

}  // namespace

Results results_of(SimulatedCentre& centre) {
  return {
      centre.coordinator("GET", "/api/v1/records"),
      centre.coordinator("GET", "/api/v1/classes/1/attendance", {}, {}, {{"format", "csv"}, {"at", kWhenAllIsOver}})};
}

Results perfect_run(World& world, std::vector<StoredRow> const& rows) {
  SimulatedCentre centre(world, kReferencePart);
  if (world.centre().people() > kPeople) centre.import_roster(kPeople + 1, world.centre().people());
  PerfectRoad road(world, centre);
  std::set<Place> places;
  std::set<Place> after_revocation;
  for (auto const& row : rows) {
    if (world.ledger().find(row.place) == nullptr) continue;  // told by another check
    places.insert(row.place);
    if (row.reason == v1::DEVICE_REVOKED) after_revocation.insert(row.place);
  }
  auto const ends = ends_of(places, world.ledger());
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    auto line = world.ledger().line_to(*end);
    line.erase(
        std::find_if(line.begin(), line.end(), [&](Place const& place) { return after_revocation.contains(place); }),
        line.end());
    road.send(line);
  }
  if (after_revocation.empty()) return results_of(centre);
  for (auto const& [device, when] : world.centre().revoked()) centre.revoke(device);
  for (auto const& end : ends) road.send(world.ledger().line_to(end));
  return results_of(centre);
}

}  // namespace dga::simulator
