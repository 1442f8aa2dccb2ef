#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/centre/api.h"
#include "sync/centre/store/store.h"
#include "tools/simulator/crash_disk.h"
#include "tools/simulator/world.h"

namespace dga::simulator {

// A row of the centre, read from its store and not through what is checked.
struct StoredRow {
  Place place;
  std::optional<base::Bytes> bytes;
  base::Digest digest;
  std::uint32_t reason = 0;
};

// The real centre on a disk of its own: it crashes, starts again, is restored.
class SimulatedCentre {
 public:
  SimulatedCentre(World& world, std::uint64_t part);
  ~SimulatedCentre();

  // Nothing where nobody answers: the centre is down, or went down before it could.
  [[nodiscard]] std::optional<centre::Response> handle(centre::Request const& request);
  // As a coordinator, who tries again until it is done.
  base::Bytes coordinator(std::string method, std::string path, base::Bytes body = {}, std::string type = {},
                          std::map<std::string, std::string> query = {});

  void back_up();
  // The database goes back to the last backup. What a coordinator did since is done again.
  void restore();
  void revoke(base::DeviceId const& device);
  void import_roster(std::uint64_t first, std::uint64_t last);
  void start();

  [[nodiscard]] std::vector<StoredRow> rows();
  [[nodiscard]] centre::Store& store() { return *store_; }
  [[nodiscard]] bool running() const { return centre_ != nullptr; }
  [[nodiscard]] std::vector<base::DeviceId> const& revoked() const { return revoked_; }
  [[nodiscard]] std::uint64_t people() const { return people_; }
  [[nodiscard]] std::uint64_t restores() const { return restores_; }

 private:
  void stop();
  void crash();
  void watch(centre::Request const& request, centre::Response const& response);

  World* world_;
  Dice dice_;
  std::unique_ptr<base::Random> random_;
  ActorClock clock_;
  CrashDisk disk_;
  centre::Store* store_ = nullptr;  // the running centre's
  std::unique_ptr<centre::Centre> centre_;
  std::optional<test::Disk> backup_;
  std::vector<base::DeviceId> revoked_;
  std::uint64_t people_ = kPeople;
  std::uint64_t restores_ = 0;
  // The highest received_through that was signed for, by epoch and the branch's line.
  struct Spoken {
    std::uint64_t through = 0;
    base::Bytes hash;
  };
  std::map<std::pair<std::uint64_t, base::Bytes>, Spoken> spoken_;
};

}  // namespace dga::simulator
