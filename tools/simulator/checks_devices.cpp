#include "tools/simulator/checks_devices.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tools/simulator/kiosk.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

std::map<base::DeviceId, json> devices_of(SimulatedCentre& centre) {
  std::map<base::DeviceId, json> devices;
  auto const answer = json::parse(centre.coordinator("GET", "/api/v1/devices"));
  for (auto const& device : answer["devices"])
    devices.emplace(*base::DeviceId::from(*base::from_hex(device["device"].get<std::string>())), device);
  return devices;
}

}  // namespace

void check_revoked(World& world, std::vector<StoredRow> const& rows) {
  auto const devices = devices_of(world.centre());
  auto const& revoked = world.centre().revoked();
  for (auto const& [device, when] : revoked) {
    auto const known = devices.find(device);
    if (known != devices.end() && !known->second["revoked"].get<bool>())
      world.violated("revoked", fmt::format("device {} was revoked and is let in again", device.hex()));
  }
  for (auto const& row : rows) {
    auto const* written = world.ledger().find(row.place);
    if (written == nullptr || !written->at_ms || row.reason != 0) continue;
    auto const found = revoked.find(world.ledger().identity(row.place.log).device);
    if (found != revoked.end() && *written->at_ms > found->second)
      world.violated("revoked", fmt::format("record {} of log {} was made after its device was revoked, and counts",
                                            row.place.seq, row.place.log.hex()));
  }
}

void check_learned(World& world, std::vector<StoredRow> const& rows) {
  auto const devices = devices_of(world.centre());
  std::set<base::DeviceId> in_service;
  for (auto const& kiosk : world.kiosks())
    if (!world.centre().revoked().contains(kiosk->device())) in_service.insert(kiosk->device());
  for (auto const& device : in_service) {
    auto const known = devices.find(device);
    if (known == devices.end())
      world.violated("learned", fmt::format("device {} is not known", device.hex()));
    else if (!known->second["active"].get<bool>() || known->second["classes"].empty())
      world.violated("learned", "a device is not in service: " + known->second.dump());
  }
  for (auto const& row : rows)
    if (row.reason == v1::DEVICE_UNCONFIRMED && world.ledger().find(row.place) != nullptr &&
        in_service.contains(world.ledger().identity(row.place.log).device))
      world.violated("learned",
                     fmt::format("record {} of log {} stays in quarantine, and its device was confirmed again",
                                 row.place.seq, row.place.log.hex()));
}

}  // namespace dga::simulator
