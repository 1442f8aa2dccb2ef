#pragma once

#include "sync/centre/context.h"
#include "sync/centre/ingest/quarantine.h"

namespace dga::centre {

// Judges every quarantined record anew, after its cause may have been mended: a class made, a device assigned, a newer
// version of this program. Gives how many are accepted now.
[[nodiscard]] base::Result<std::uint64_t> replay_quarantine(Context const& context,
                                                            QuarantineChoice const& choice = {});

// The same after a change that stands whatever comes of this, and whose asker is told that it does: a failure is
// logged, and the next start or "dga centre quarantine replay" judges again. 0 where it failed.
std::uint64_t judge_anew(Context const& context);

// Takes up what is parked and can be placed now; after an upgrade that may be a batch of a newer version.
[[nodiscard]] base::Done replay_parked(Context const& context);

// Changes whenever a record's standing changed after it was stored; who caches what records say looks here first.
[[nodiscard]] base::Result<base::Bytes> interpretation(Tables& tables);
// Within the unit of work that changed one.
[[nodiscard]] base::Done note_interpretation(Context const& context, Tables& tables);

}  // namespace dga::centre
