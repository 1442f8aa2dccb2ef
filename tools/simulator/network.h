#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "sync/agent/transport.h"
#include "sync/centre/http.h"
#include "tools/simulator/world.h"

namespace dga::simulator {

class SimulatedKiosk;

// What lies between the kiosks and the centre; everybody's bytes pass through it, and it keeps some.
class Network {
 public:
  Network(World& world, std::uint64_t part) : world_(&world), dice_(world.plan().seed, part) {}

  // One exchange, with whatever becomes of it.
  [[nodiscard]] base::Result<agent::Reply> exchange(SimulatedKiosk const& from, agent::Request const& request);
  // Everybody is offline for so long.
  void go_down(std::uint64_t for_ms) { down_until_ms_ = world_->now() + for_ms; }
  [[nodiscard]] std::uint64_t exchanges() const { return exchanges_; }

 private:
  [[nodiscard]] std::optional<agent::Reply> deliver(SimulatedKiosk const& from, agent::Request const& request);
  void deliver_late(agent::Request request);
  void deliver_twice(agent::Request const& request, agent::Reply const& first);

  World* world_;
  Dice dice_;
  std::deque<agent::Reply> old_replies_;
  std::uint64_t exchanges_ = 0;
  std::uint64_t down_until_ms_ = 0;
};

// One kiosk's way to the centre.
class Link final : public agent::Transport {
 public:
  Link(World& world, SimulatedKiosk const& kiosk) : world_(&world), kiosk_(&kiosk) {}
  [[nodiscard]] base::Result<agent::Reply> exchange(agent::Request const& request, std::stop_token) override {
    return world_->network().exchange(*kiosk_, request);
  }

 private:
  World* world_;
  SimulatedKiosk const* kiosk_;
};

}  // namespace dga::simulator
