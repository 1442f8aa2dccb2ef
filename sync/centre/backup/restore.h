#pragma once

#include <filesystem>
#include <optional>

#include "shared/base/clock.h"
#include "sync/centre/backup/epoch.h"

namespace dga::centre {

// What may stand where the backup is put.
enum class Over { kNothing, kAnything /* it is kept beside, under another name */ };

struct Restored {
  EpochOpened epoch;
  std::uint64_t records = 0;
  std::optional<std::filesystem::path> kept;  // what stood there before
};
// Puts a backup in the place of a centre's SQLite database, in a folder that holds its keys.json, and opens a new
// epoch in it, higher than any that the old database or the folder is known to have had. Whatever happens on the way,
// the old database is whole, in its place or beside it under its kept name, and the place holds it or the new one (or
// nothing, on a file system without hard links); run again, it goes on. A log that was left there without its database
// goes aside, too. Devices stay out that `trust_list`, the folder's files or the old database, where it can be read,
// name as revoked; the folder's files name them from now on. Refused "restore.exists" (over a database, unless
// kAnything; says how many records it has that the backup lacks), "restore.not_found", "restore.elsewhere"
// (PostgreSQL), "store.held" (a server runs), those of look_through and begin_epoch.
[[nodiscard]] base::Result<Restored> restore(std::filesystem::path const& folder, std::filesystem::path const& from,
                                             Over over, std::optional<base::Bytes> const& trust_list,
                                             base::Clock const& clock);

}  // namespace dga::centre
