#pragma once

#include <vector>

#include "shared/records/record.pb.h"
#include "sync/centre/keys.h"
#include "sync/protocol/bundle.h"
#include "tests/fuzz/parties.h"

namespace dga::fuzz {

// A kiosk that hands over to couriers: keys and a log of its own, the same in every run.
struct Sender {
  // Another `letter` makes another kiosk. `facts` stand in its log behind LogOpened.
  Sender(char letter, std::vector<v1::Record> const& facts, crypto::SigningKey const& centre);
  [[nodiscard]] base::Bytes batch(std::uint64_t first, std::uint64_t last, crypto::BoxPublic const& centre) const;
  [[nodiscard]] base::Bytes head_query() const;
  [[nodiscard]] std::uint64_t head() const { return records.size(); }

  crypto::SigningKey signing;
  crypto::BoxKey box;
  base::DeviceId device;
  base::LogSalt salt;
  base::LogId log;
  std::vector<base::Bytes> records;
  std::vector<base::Digest> hashes;  // h(0) ... h(head)
  base::Bytes certificate;           // under the centre's signature
};

// The centre knows the first of three kiosks; of the second it has forgotten everything in a restore; the third is a
// clone of the first, whose log differs from record 4 on.
struct Couriers {
  Couriers();
  centre::CentreKeys keys;
  Sender known, stranger, clone;
  // A parcel of each: certificate, head query, three batches.
  std::vector<std::vector<protocol::Frame>> parcels;
  [[nodiscard]] base::Bytes file(std::size_t parcel) const;
  // Nothing for a device that is none of theirs.
  [[nodiscard]] Sender const* sender(base::DeviceId const& device) const;
};
// Made at the first call.
[[nodiscard]] Couriers const& couriers();

}  // namespace dga::fuzz
