#pragma once

// Private to the kiosk's store: its tables.
#include <cstdint>
#include <span>

#include "shared/store/migrations.h"

namespace dga::store {

[[nodiscard]] std::span<Migration const> kiosk_migrations();

// A record's key in the table: the log's number and the seq in one integer, so that a log lies in one stretch and
// new records go to the end. Room for 2^23 logs of 2^40 records.
inline constexpr int kSeqBits = 40;
[[nodiscard]] constexpr std::int64_t place_of(std::int64_t log_number, std::uint64_t seq) {
  return (log_number << kSeqBits) + static_cast<std::int64_t>(seq);
}
[[nodiscard]] constexpr std::uint64_t seq_of(std::int64_t place) {
  return static_cast<std::uint64_t>(place & ((std::int64_t{1} << kSeqBits) - 1));
}

}  // namespace dga::store
