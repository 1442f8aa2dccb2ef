// Whether a piece of the log that does not open was torn by a power cut, or damaged after it was safe.
//
// A commit is synced before anything is written after it. So where a frame follows a commit, continuing its checksum,
// all before that commit had reached the disk: a frame before it that does not open is damage, and taking it for the
// log's end (as recovery would) would drop acknowledged commits in silence. Salts tell a log from the one that it
// replaced, the checksum tells its history from what an earlier crash left behind.
#include <cstring>
#include <optional>

#include "shared/store/sodium_vfs/log_format.h"
#include "shared/store/sodium_vfs/wal_file.h"

namespace dga::sodium_vfs {
bool WalFile::header_was_safe() {
  // SQLite syncs a log's header before it writes the first frame, and 72 bytes lie within one sector, which a power cut
  // leaves old or new. So where any frame opens, the header was there.
  int result = SQLITE_OK;
  for (std::uint64_t cell = 0; cell < kCellsTried; ++cell) {
    auto const loaded = load(cell, result);
    if (loaded == Loaded::kGood) return true;
    if (loaded != Loaded::kBad) return false;
  }
  return false;
}

bool WalFile::was_safe_before(std::uint64_t cell) {
  std::array<std::uint8_t, kWalHeaderBytes> header;
  if (load_header(header.data()) != SQLITE_OK) return false;
  bool const words_are_big_endian = header[kLogMagicBytes - 1] & 1;
  std::optional<LogChecksum> previous;  // of the frame before, when that one is of this log
  bool commit_seen = false;
  for (int result = SQLITE_OK;; ++cell) {
    auto const loaded = load(cell, result);
    if (loaded == Loaded::kShort || loaded == Loaded::kFailed) return false;
    bool const of_this_log =
        loaded == Loaded::kGood && salts_at(frame_.data() + kFrameSaltsAt) == salts_at(header.data() + kLogSaltsAt);
    bool const follows = of_this_log && previous && previous->continues_in(frame_.data(), words_are_big_endian);
    if (follows && commit_seen) return true;
    if (!follows) commit_seen = false;
    previous.reset();
    if (!of_this_log) continue;
    commit_seen = commit_seen || big_endian(frame_.data() + kFrameCommitAt) != 0;
    previous = LogChecksum::at(frame_.data() + kFrameChecksumAt);
  }
}

bool WalFile::was_put_back(std::uint64_t cell) {
  auto const salts = salts_at(frame_.data() + kFrameSaltsAt);
  if (recovered_salts_ == salts) return false;
  std::array<std::uint8_t, kWalHeaderBytes> header;
  if (load_header(header.data()) != SQLITE_OK) return false;
  auto const salts_now = salts_at(header.data() + kLogSaltsAt);
  recovered_salts_ = salts_now;
  if (salts == salts_now) return false;
  // Every log ends before frames of an earlier round. Only where its own go on behind one is there anything to ask.
  int result = SQLITE_OK;
  return load(cell + 1, result) == Loaded::kGood && salts_at(frame_.data() + kFrameSaltsAt) == salts_now &&
         was_safe_before(cell + 1);
}

}  // namespace dga::sodium_vfs
