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
};

// The simulator's own account of who wrote what; the product never sees it.
class Ledger {
 public:
  void wrote(base::LogId const& log, store::LogIdentity const& identity, store::StoredRecord const& record,
             base::Digest const& previous);
  void acknowledged(Place const& place) { records_.at(place).acknowledged = true; }
  // The centre went back in time.
  void keep_acknowledged_only(std::vector<Place> const& places);

  [[nodiscard]] std::map<Place, Written> const& records() const { return records_; }
  [[nodiscard]] Written const* find(Place const& place) const {
    auto const found = records_.find(place);
    return found == records_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] store::LogIdentity const& identity(base::LogId const& log) const { return logs_.at(log); }
  // From record 1 to this place.
  [[nodiscard]] std::vector<Place> line_to(Place place) const;

 private:
  std::map<Place, Written> records_;
  std::map<base::LogId, store::LogIdentity> logs_;
};

}  // namespace dga::simulator
