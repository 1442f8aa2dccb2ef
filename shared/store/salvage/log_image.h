#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared/store/salvage/files.h"
#include "shared/store/sodium_vfs/inspect.h"

namespace dga::salvage {

// What a frame of the log is worth.
enum class Standing {
  kCommitted,  // of a commit that SQLite reads, too
  kProven,     // behind damage, of a commit that the frame after it proves to have been synced
  kUnproven,   // of this log, but no commit is known to have been promised with it: a tail, or behind damage
  kEarlier,    // of a commit of an earlier round of the log: the database has it
  kUnused,     // opens, and belongs to no commit of any round
  kClosed,     // does not open
};

struct LoggedFrame {
  Standing standing = Standing::kClosed;
  std::uint32_t page = 0;
  std::uint32_t pages_after = 0;  // a commit: pages of the database after it; otherwise 0
  std::uint32_t round = 0;        // SQLite counts it up whenever the log begins anew
  bool damaged = false;           // it was safe on the disk, as frames behind it prove, and is not what was written
};

// The log as it lies on the disk, read without SQLite. Frames are counted from 1, `frames[0]` is frame 1.
struct LogImage {
  bool exists = false;
  bool header_opens = false;
  bool header_damaged = false;  // does not open, though frames do
  std::vector<LoggedFrame> frames;
  std::uint64_t committed = 0;       // frames that SQLite reads: up to the last commit before the first break
  std::uint64_t torn_at = 0;         // the first frame of a torn tail; 0: none
  std::uint64_t torn_cells = 0;      // cells of the tail that do not open
  std::uint64_t broken_off = 0;      // frames that continue the last commit and have none of their own
  std::uint64_t bytes_cut = 0;       // of a last cell that is not whole
  std::uint32_t database_pages = 0;  // after the last commit that counts; 0: the log has none
};

[[nodiscard]] LogImage read_log(FileView const* log, sodium_vfs::Inspector const& inspector);

// Frame `number` (from 1) of the log; false when it does not open.
[[nodiscard]] bool read_frame(FileView const& log, sodium_vfs::Inspector const& inspector, std::uint64_t number,
                              sodium_vfs::Frame& into);

}  // namespace dga::salvage
