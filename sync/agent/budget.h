#pragma once

#include <cstdint>
#include <optional>

#include "shared/base/clock.h"
#include "shared/store/kiosk_store.h"

// A metered hotspot's limit: how many bytes a kiosk may spend in a day, both ways.
//
// "Check-ins first" means: batches may be stretches of the log only, in its order, so no record overtakes another one.
// What gives way to them is all the rest: under a limit a class pack is fetched when nothing waits any more and so much
// is left, and an idle kiosk looks for news less often.
namespace dga::agent {

// What one exchange takes beside its two bodies: the request's line and headers and the reply's took 400 over loopback
// (`tools/bench sync`: wire bytes less the batches, by requests); the rest is for TLS records and a share of the
// handshake.
inline constexpr std::uint64_t kExchangeBytes = 600;
// A SignedReceipt: 182 for a log of 1,000 records.
inline constexpr std::uint64_t kReceiptBytes = 200;
// A head query of a million records (20 points of 40 bytes) with its receipt; below it nothing is begun.
inline constexpr std::uint64_t kLeastBudgetBytes = 2'000;
// Below it a whole day never carries a record: a head query, and then a batch must find as much again.
inline constexpr std::uint64_t kLeastDailyBytes = 2 * kLeastBudgetBytes;
// So much must be left for a class pack, and so much as the last one took.
inline constexpr std::uint64_t kPackBudgetBytes = 48 * 1024;
// Taken for a class pack's size before the first one came: 1,000 people (protocol.md, "Down to the kiosk").
inline constexpr std::uint64_t kFirstPackBytes = 30'000;

struct Budget {
  std::uint64_t most_bytes = 0;  // a day
  std::uint64_t used_bytes = 0;  // today
  [[nodiscard]] std::uint64_t left() const { return most_bytes > used_bytes ? most_bytes - used_bytes : 0; }
  bool operator==(Budget const&) const = default;
};

// Days change at midnight in Việt Nam, by the kiosk's clock: it is people's idea of "today", no proof of anything.
// Kept as the store's setting "sync.budget". Nothing where no limit holds.
[[nodiscard]] base::Result<std::optional<Budget>> read_budget(store::KioskStore& store, base::Clock const& clock);
// A new limit, of at least one byte; what was used today stays counted. Nothing takes the limit away, and the counting
// goes on: who sets one again on the same day has what is left of it.
[[nodiscard]] base::Done set_budget(store::KioskStore& store, base::Clock const& clock,
                                    std::optional<std::uint64_t> most_bytes);
// Counts what was sent and received. Writes nothing in a kiosk that never had a limit.
[[nodiscard]] base::Done spend(store::KioskStore& store, base::Clock const& clock, std::uint64_t bytes);

}  // namespace dga::agent
