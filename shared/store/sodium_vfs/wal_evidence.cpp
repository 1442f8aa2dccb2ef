// Whether a piece of the log that does not open was torn by a power cut, or damaged after it was safe.
//
// A commit is synced before anything is written after it. So where a frame follows a commit, continuing its checksum,
// all before that commit had reached the disk: a frame before it that does not open is damage, and taking it for the
// log's end (as recovery would) would drop acknowledged commits in silence. Salts tell a log from the one that it
// replaced, the checksum tells its history from what an earlier crash left behind.
#include <cstring>
#include <optional>

#include "shared/store/sodium_vfs/wal_file.h"

namespace dga::sodium_vfs {
namespace {

std::uint32_t big_endian(std::uint8_t const* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}
std::uint32_t little_endian(std::uint8_t const* at) {
  return std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 | at[0];
}

// SQLite's checksum of its log (file format, 4.2), over words in the byte order that the log's magic tells.
struct Checksum {
  std::uint32_t first = 0, second = 0;

  void add(std::uint8_t const* data, std::size_t size, bool words_are_big_endian) {
    for (std::size_t i = 0; i < size; i += 8) {
      first += (words_are_big_endian ? big_endian(data + i) : little_endian(data + i)) + second;
      second += (words_are_big_endian ? big_endian(data + i + 4) : little_endian(data + i + 4)) + first;
    }
  }
  bool operator==(Checksum const&) const = default;
};

// What a log's header says: magic, version, page size, sequence (4 each), salts (8), checksum (8);
// and a frame's: page (4), pages after a commit or 0 (4), salts (8), checksum (8).
constexpr std::size_t kMagicBytes = 4, kSaltsAtInHeader = 16, kSaltsBytes = 8;
constexpr std::size_t kCommitAt = 4, kSaltsAtInFrame = 8, kChecksumAt = 16;
Checksum told(std::uint8_t const* frame) {
  return {big_endian(frame + kChecksumAt), big_endian(frame + kChecksumAt + 4)};
}

bool continues(Checksum checksum, std::uint8_t const* frame, bool words_are_big_endian) {
  checksum.add(frame, kSaltsAtInFrame, words_are_big_endian);
  checksum.add(frame + kFrameHeaderBytes, kPageBytes, words_are_big_endian);
  return checksum == told(frame);
}

}  // namespace

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
  bool const words_are_big_endian = header[kMagicBytes - 1] & 1;
  std::optional<Checksum> previous;  // of the frame before, when that one is of this log
  bool commit_seen = false;
  for (int result = SQLITE_OK;; ++cell) {
    auto const loaded = load(cell, result);
    if (loaded == Loaded::kShort || loaded == Loaded::kFailed) return false;
    bool const of_this_log = loaded == Loaded::kGood && std::memcmp(frame_.data() + kSaltsAtInFrame,
                                                                    header.data() + kSaltsAtInHeader, kSaltsBytes) == 0;
    bool const follows = of_this_log && previous && continues(*previous, frame_.data(), words_are_big_endian);
    if (follows && commit_seen) return true;
    if (!follows) commit_seen = false;
    previous.reset();
    if (!of_this_log) continue;
    commit_seen = commit_seen || big_endian(frame_.data() + kCommitAt) != 0;
    previous = told(frame_.data());
  }
}

}  // namespace dga::sodium_vfs
