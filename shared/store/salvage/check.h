#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "shared/base/result.h"
#include "shared/crypto/secret.h"
#include "shared/store/database.h"
#include "shared/store/salvage/files.h"

namespace dga::salvage {

enum class Piece {
  kPage,       // number: the page's
  kLogHeader,  //
  kFrame,      // number: the frame's
  kLogTail,    // number: its first frame
  kLog,        // of what the log is as a whole
  kDatabase,   // what SQLite says of the database, or cannot do with it
  kRecord,     // number: the seq
  kSyncState,  // number: received_through
};
// "page", "log_header", "frame", "log_tail", "log", "database", "record", "sync_state".
[[nodiscard]] std::string_view name_of(Piece piece);

// One thing that is bad, or worth knowing. Holds no payload and nobody's name.
struct Finding {
  Piece piece;
  std::uint64_t number = 0;
  std::string what;
};

struct Report {
  // What was looked at.
  std::uint64_t pages = 0, frames = 0, committed_frames = 0, records = 0, erased = 0;
  std::vector<Finding> damage;
  // No damage, and yet not as after a clean end: a torn tail, a page that the log replaces.
  std::vector<Finding> notes;
  [[nodiscard]] bool whole() const { return damage.empty(); }
};

// What else a kind of database wants checked, once SQLite has opened it through a snapshot: `options` and the path say
// how to open it again. An error ends the check.
using CheckContents =
    std::function<base::Done(std::filesystem::path const& file, store::OpenOptions const& options, Report& report)>;

// Opens every page of the database and every frame of its log, asks SQLite for its own check of both together, then
// `contents`. Nothing is written. Errors are no damage: refused "store.wrong_key" when nothing at all opens,
// "store.too_new", and the like.
[[nodiscard]] base::Result<Report> check_files(DatabaseFiles const& files, crypto::Key32 const& key,
                                               CheckContents const& contents);

// For a kiosk: the identity, the whole chain, every digest, and that the sync state lies within the log.
[[nodiscard]] base::Result<Report> check_kiosk(DatabaseFiles const& files, crypto::Key32 const& key);

}  // namespace dga::salvage
