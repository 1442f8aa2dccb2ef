#pragma once

#include <span>

#include "sync/centre/context.h"

namespace dga::centre {

// What receipts say of backups and standbys (protocol.md, "A receipt"): `durable_through`, 0 until one really has it.

// Up to where the log's first `through` records on this branch stand in a backup, without a gap.
[[nodiscard]] base::Result<std::uint64_t> backed_up_through(Tables& tables, base::LogId const& log,
                                                            std::span<Branch const> branches, std::uint32_t branch,
                                                            std::uint64_t through);

// Whether a standby of the database counts: a coordinator's decision (dga centre durable), kept in the database, so
// that all programs on it agree. Off in a new centre: a replica on the same disk, or one that lags on purpose, is no
// second copy.
enum class StandbyCounts { kNo, kYes };
[[nodiscard]] base::Result<StandbyCounts> standby_counts(Tables& tables);
[[nodiscard]] base::Done set_standby_counts(Tables& tables, StandbyCounts counts);

// Asked within the unit of work that a receipt describes: what on_standby needs afterwards. Nothing where no standby
// counts.
[[nodiscard]] base::Result<std::optional<std::uint64_t>> standby_position(Tables& tables);
// After that unit has been committed: true where all it saw is on a standby's disk. Where that can't be learnt: false.
[[nodiscard]] bool on_standby(Store& store, std::optional<std::uint64_t> const& position);

}  // namespace dga::centre
