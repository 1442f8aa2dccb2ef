#pragma once

namespace dga::sodium_vfs {

// Whether every commit is synced before the next one is written (PRAGMA synchronous=FULL). Where it is, a log damaged
// in its middle is told from one that a power cut has torn.
enum class Commits { kSynced, kMayBeLost };

}  // namespace dga::sodium_vfs
