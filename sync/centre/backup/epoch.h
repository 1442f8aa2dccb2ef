#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

struct EpochOpened {
  std::uint64_t epoch = 0;
  std::uint64_t trust_version = 0;
  std::size_t revoked = 0;           // devices that the lists keep out and the database did not know of
  std::size_t revoked_unsigned = 0;  // of all revoked ones, those that no signed list names yet
  std::size_t unconfirmed = 0;       // devices that were not confirmed then, and perhaps have been since
};
// What a database that is put back must be told, because it lay outside of it.
struct KnownSince {
  std::uint64_t epoch = 0;               // the highest that is known to have been opened; 0 where none is
  std::vector<base::Bytes> trust_lists;  // SignedTrustLists; whom any of them names stays out
  std::vector<base::DeviceId> revoked;   // those that may stand in none of these
};
// What lies in a folder, and the list that a coordinator names: a newer one that lies there counts, too.
// read_revoked's errors.
[[nodiscard]] base::Result<KnownSince> known_beside(std::filesystem::path const& folder, CentreKeys const& keys,
                                                    std::optional<base::Bytes> const& named);
// After the database was put back to an earlier state: kiosks send again what is missing, no backup is known any more,
// and devices revoked meanwhile stay out. The epoch is max(previous + 1, since.epoch + 1, unix seconds).
// Refused "trust.malformed", "trust.bad_signature". REQUIRES: within one unit of work.
[[nodiscard]] base::Result<EpochOpened> begin_epoch(Tables& tables, CentreKeys const& keys, std::int64_t now_ms,
                                                    KnownSince const& since);

// The highest epoch that a folder was told of, beside its database (kEpochFile): it outlives a database that is lost or
// can't be read, and a restore that was broken off between two names. 0 where nothing is noted.
[[nodiscard]] std::uint64_t noted_epoch(std::filesystem::path const& folder);
// Durable when this returns well; a lower one than is noted changes nothing. base::write_file's errors.
[[nodiscard]] base::Done note_epoch(std::filesystem::path const& folder, std::uint64_t epoch);

}  // namespace dga::centre
