#pragma once

#include <optional>

#include "sync/centre/context.h"

namespace dga::centre {

struct EpochOpened {
  std::uint64_t epoch = 0;
  std::uint64_t trust_version = 0;
  std::size_t revoked = 0;  // devices that the list keeps out and the database did not know of
};
// After the database was put back to an earlier state: kiosks send again what is missing, no backup is known any more,
// and devices revoked meanwhile stay out. The epoch is max(previous + 1, at_least + 1, unix seconds).
// `trust_list`: a SignedTrustList; one that is older than the database's own changes nothing.
// Refused "trust.malformed", "trust.bad_signature". REQUIRES: within one unit of work.
[[nodiscard]] base::Result<EpochOpened> begin_epoch(Tables& tables, CentreKeys const& keys, std::int64_t now_ms,
                                                    std::uint64_t at_least, std::optional<base::Bytes> const& list);

}  // namespace dga::centre
