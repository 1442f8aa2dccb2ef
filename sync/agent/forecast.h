#pragma once

#include <cstdint>

#include "shared/crypto/sign.h"
#include "sync/agent/outbox.h"
#include "sync/agent/pinned.h"

namespace dga::agent {

// What sending is likely to take, for people who pay for each megabyte.
struct Forecast {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // both ways, receipts and headers included
  // Beside them, of a class pack that comes down where the centre has a newer one: nobody knows beforehand whether it
  // has, so it is as much as the last one took. 0 where nothing is to be sent.
  std::uint64_t pack_bytes = 0;
  bool operator==(Forecast const&) const = default;
};

// Seals what waits as a session would and sends nothing: the first megabytes are measured, what lies beyond them counts
// by the record. Errors: the outbox's, "sync.gap", the seal's.
[[nodiscard]] base::Result<Forecast> forecast(Outbox& outbox, Pinned const& pinned, crypto::SigningKey const& signing,
                                              base::Random& random);

// What records cost as they go, batch by batch; a forecast without sealing anything.
class Costs {
 public:
  void arrived(std::uint64_t records, std::uint64_t bytes);
  [[nodiscard]] Forecast of(std::uint64_t waiting, std::uint64_t pack_bytes) const;

 private:
  // Before anything went: check-ins took 12.1 bytes each in batches of 500, 13.1 in batches of 4,000
  // (`tools/bench sync`); other records, which are fewer, take more.
  double bytes_a_record_ = 14;
};

}  // namespace dga::agent
