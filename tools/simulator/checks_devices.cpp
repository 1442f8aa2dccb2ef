#include "tools/simulator/checks_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "shared/course/local_time.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/reference.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

// Instants are told in whole seconds.
constexpr std::int64_t kToldWithinMs = 1000;

std::map<base::DeviceId, json> devices_of(SimulatedCentre& centre) {
  std::map<base::DeviceId, json> devices;
  auto const answer = json::parse(centre.coordinator("GET", "/api/v1/devices"));
  for (auto const& device : answer["devices"])
    devices.emplace(*base::DeviceId::from(*base::from_hex(device["device"].get<std::string>())), device);
  return devices;
}

// A check-in that somebody watched, and when that truly was.
struct Watched {
  std::int64_t stamp_ms = 0;
  std::int64_t true_ms = 0;
};

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
    if (row.reason == v1::NOT_ASSIGNED && world.ledger().find(row.place) != nullptr &&
        in_service.contains(world.ledger().identity(row.place.log).device))
      world.violated("learned",
                     fmt::format("record {} of log {} stays in quarantine, and its device has its class again",
                                 row.place.seq, row.place.log.hex()));
}

void check_times(World& world, std::vector<StoredRow> const& rows) {
  std::map<std::tuple<std::uint64_t, std::uint32_t>, std::vector<Watched>> check_ins;
  std::set<std::tuple<std::uint64_t, std::uint32_t>> unwatched;
  for (auto const& row : rows) {
    v1::Record record;
    if (row.reason != 0 || !row.bytes || !record.ParseFromString(*row.bytes) || !record.has_check_in()) continue;
    auto const whose = std::tuple(record.check_in().participant(), record.check_in().session());
    auto const* written = world.ledger().find(row.place);
    if (written != nullptr && written->at_ms)
      check_ins[whose].push_back({record.at().wall_ms(), kDawnMs + static_cast<std::int64_t>(*written->at_ms)});
    else
      unwatched.insert(whose);  // a crash came between
  }
  auto const list =
      json::parse(world.centre().coordinator("GET", "/api/v1/classes/1/attendance", {}, {}, {{"at", kWhenAllIsOver}}));
  for (auto const& person : list["participants"])
    for (auto const& session : person["sessions"]) {
      if (!session.contains("at_by_kiosk") || session["within_ms"].is_null()) continue;
      auto const whose =
          std::tuple(person["participant"].get<std::uint64_t>(), session["session"].get<std::uint32_t>());
      if (unwatched.contains(whose)) continue;
      auto const told = course::read_instant(session["at"].get<std::string>());
      auto const stamp = course::read_instant(session["at_by_kiosk"].get<std::string>());
      auto const within = session["within_ms"].get<std::int64_t>() + kToldWithinMs;
      auto const& watched = check_ins[whose];
      bool const holds =
          told.ok() && stamp.ok() && std::any_of(watched.begin(), watched.end(), [&](Watched const& each) {
            return std::abs(each.stamp_ms - *stamp) < kToldWithinMs && std::abs(each.true_ms - *told) <= within;
          });
      if (!holds) world.violated("times", "nobody checked in then: " + session.dump());
    }
}

}  // namespace dga::simulator
