#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/centre/api.h"
#include "sync/centre/store/store.h"
#include "sync/protocol/receipt.pb.h"
#include "tools/simulator/centre_folder.h"
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

  // As `dga centre backup` does, in two steps: a copy is put in a safe place, and later the centre is told that it is
  // there. Gives the copy's number.
  std::size_t back_up();
  void note_backup(std::size_t number);
  // The database goes back to a backup, the last that was noted or one made since (at dawn somebody made one). What a
  // coordinator did meanwhile is done again, save what needs the kiosks.
  void restore();
  void revoke(base::DeviceId const& device);
  void import_roster(std::uint64_t first, std::uint64_t last);
  [[nodiscard]] Enrolled enrol(std::string const& name);
  // Devices that have shown their certificate since a restore are confirmed again.
  void assign_again();
  void start();

  [[nodiscard]] std::vector<StoredRow> rows();
  [[nodiscard]] centre::Store& store() { return *store_; }
  [[nodiscard]] bool running() const { return centre_ != nullptr; }
  // When each was, in the world's time.
  [[nodiscard]] std::map<base::DeviceId, std::uint64_t> const& revoked() const { return revoked_; }
  // Whether every restore that is still to come has this record.
  [[nodiscard]] bool safely_backed_up(Place const& place) const;
  [[nodiscard]] std::uint64_t people() const { return people_; }
  [[nodiscard]] std::uint64_t restores() const { return restores_; }
  // Whether this epoch is over: what its receipts spoke for may be lost.
  [[nodiscard]] bool has_left(std::uint64_t epoch) const { return epoch < epoch_; }

 private:
  // A coordinator asks until somebody answers.
  centre::Response insist(centre::Request const& request);
  void stop();
  void crash();
  void watch(centre::Request const& request, centre::Response const& response);
  void check_durable(v1::Receipt const& receipt);

  World* world_;
  Dice dice_;
  std::unique_ptr<base::Random> random_;
  ActorClock clock_;
  CrashDisk disk_;
  centre::Store* store_ = nullptr;  // the running centre's
  std::unique_ptr<centre::Centre> centre_;
  CentreFolder folder_;
  struct Backup {
    centre::Position position;
    std::set<Place> places;
    bool noted = false;
  };
  std::vector<Backup> backups_;
  std::size_t last_noted_ = 0;  // of those that were; 0: none
  std::set<Place> durable_;     // what stands in backups that were noted in this epoch
  bool calm_ = false;           // nobody dies
  std::map<base::DeviceId, std::uint64_t> revoked_;
  std::uint64_t people_ = kPeople;
  std::uint64_t restores_ = 0;
  std::uint64_t epoch_ = 0;  // since the last restore; 0 before the first
  // The highest received_through that was signed for, by epoch and the branch's line.
  struct Spoken {
    std::uint64_t through = 0;
    base::Bytes hash;
  };
  std::map<std::pair<std::uint64_t, base::Bytes>, Spoken> spoken_;
};

}  // namespace dga::simulator
