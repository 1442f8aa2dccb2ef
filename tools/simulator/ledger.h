#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/store/kiosk_store.h"

namespace dga::simulator {

// A record's place in the world: a log may hold two different records n, on two branches.
struct Place {
  base::LogId log;
  std::uint64_t seq = 0;
  base::Digest hash;  // h(seq)
  auto operator<=>(Place const&) const = default;
};

// What somebody wrote.
struct Written {
  base::Bytes bytes;
  base::Digest digest;
  std::optional<Place> before;  // nothing for record 1
  bool time_sample = false;     // waits for company: nobody is sent for its own sake
  // A verified receipt spoke for it, and the centre has not been restored since to a time before it.
  bool acknowledged = false;
  bool wiped = false;                  // by a kiosk that relies on the centre for it
  std::optional<std::uint64_t> at_ms;  // the world's time, where somebody watched it being written
};

// The simulator's own account of who wrote what; the product never sees it.
class Ledger {
 public:
  void wrote(base::LogId const& log, store::LogIdentity const& identity, store::StoredRecord const& record,
             base::Digest const& previous, std::optional<std::uint64_t> at_ms);
  void acknowledged(Place const& place) { records_.at(place).acknowledged = true; }
  void wiped(Place const& place) { records_.at(place).wiped = true; }
  // A folder of this device was copied, or put back: from here on its newest log may go on in one more way.
  void copied(base::DeviceId const& device) { ++copies_[device]; }
  [[nodiscard]] std::size_t copies(base::DeviceId const& device) const {
    auto const found = copies_.find(device);
    return found == copies_.end() ? 0 : found->second;
  }
  // In so many more ways than one a log goes on.
  [[nodiscard]] std::size_t forks(base::LogId const& log) const;
  // The centre went back in time.
  void keep_acknowledged_only(std::vector<Place> const& places);

  [[nodiscard]] std::map<Place, Written> const& records() const { return records_; }
  [[nodiscard]] Written const* find(Place const& place) const {
    auto const found = records_.find(place);
    return found == records_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::map<base::LogId, store::LogIdentity> const& logs() const { return logs_; }
  [[nodiscard]] store::LogIdentity const& identity(base::LogId const& log) const { return logs_.at(log); }
  // Whether it goes on from another one.
  [[nodiscard]] bool is_child(base::LogId const& log) const;
  // From record 1 to this place.
  [[nodiscard]] std::vector<Place> line_to(Place place) const;

 private:
  std::map<Place, Written> records_;
  std::map<base::LogId, store::LogIdentity> logs_;
  std::map<base::DeviceId, std::size_t> copies_;
};

}  // namespace dga::simulator
