// How a log is judged. A commit is synced before anything is written after it: so where a frame continues behind a
// commit, all before that commit was safe, and whatever does not fit there is damage. Where no frame proves it, a log
// that breaks off is what a power cut leaves.
#include "shared/store/salvage/log_image.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace dga::salvage {
namespace {

using sodium_vfs::kCellBytes, sodium_vfs::kSealedWalHeaderBytes, sodium_vfs::LogChecksum, sodium_vfs::LogSalts;

// What the judging needs of each cell, besides what it leaves in the image.
struct Cell {
  bool opens = false;
  bool blank = false;      // lengthens the log and never was a frame: it names no page
  bool continues = false;  // the checksum of the frame before it
  LogSalts salts{};
};

struct Reading {
  LogImage& image;
  std::vector<Cell> cells;
  bool words_are_big_endian = false;
  std::optional<LogSalts> salts;  // of the log's round in use; nothing when it says that it holds none
};

// What a log that holds frames begins with, its last bit aside (SQLite's file format, 4.1).
constexpr std::uint32_t kLogMagic = 0x377f0682;

// What a frame must continue.
struct Before {
  bool known = false;
  LogChecksum checksum;
  LogSalts salts{};
};

Before read_header(FileView const& log, sodium_vfs::Inspector const& inspector, Reading& reading) {
  base::Bytes sealed(kSealedWalHeaderBytes, '\0');
  sodium_vfs::LogHeader header;
  if (!log.read(sealed.data(), sealed.size(), 0) || !inspector.open_log_header(sealed, header)) return {};
  reading.image.header_opens = true;
  if ((sodium_vfs::big_endian(header.data()) & ~1u) != kLogMagic) return {};
  reading.words_are_big_endian = header[sodium_vfs::kLogMagicBytes - 1] & 1;
  reading.salts = sodium_vfs::salts_at(header.data() + sodium_vfs::kLogSaltsAt);
  return {true, LogChecksum::at(header.data() + sodium_vfs::kLogChecksumAt), *reading.salts};
}

void read_cells(FileView const& log, sodium_vfs::Inspector const& inspector, Before previous, Reading& reading) {
  sodium_vfs::Frame frame;
  for (std::size_t i = 0; i < reading.cells.size(); ++i) {
    auto& cell = reading.cells[i];
    cell.opens = read_frame(log, inspector, i + 1, frame);
    if (!cell.opens) {
      previous = {};
      continue;
    }
    cell.salts = sodium_vfs::salts_at(frame.data() + sodium_vfs::kFrameSaltsAt);
    cell.blank = sodium_vfs::big_endian(frame.data()) == 0;
    if (cell.blank) {
      previous = {};
      continue;
    }
    if (!reading.image.header_opens && i == 0) {
      // A log without its header begins with its first frame. Only the byte order must be found out.
      cell.continues = true;
    } else if (previous.known && cell.salts == previous.salts) {
      for (bool const big : {reading.words_are_big_endian, !reading.words_are_big_endian}) {
        if (big != reading.words_are_big_endian && reading.image.header_opens) break;
        if (!previous.checksum.continues_in(frame.data(), big)) continue;
        cell.continues = true;
        reading.words_are_big_endian = big;
        break;
      }
    }
    previous = {true, LogChecksum::at(frame.data() + sodium_vfs::kFrameChecksumAt), cell.salts};
    auto& told = reading.image.frames[i];
    told.page = sodium_vfs::big_endian(frame.data());
    told.pages_after = sodium_vfs::big_endian(frame.data() + sodium_vfs::kFrameCommitAt);
    told.round = sodium_vfs::big_endian(cell.salts.data());
  }
}

// Frames [from, to) form one history: each continues the one before it. Those up to its last commit get `standing`.
void mark_commits(Reading& reading, std::size_t from, std::size_t to, Standing standing) {
  auto& frames = reading.image.frames;
  while (to > from && frames[to - 1].pages_after == 0) --to;
  for (auto i = from; i < to; ++i) frames[i].standing = standing;
}

// Behind the first break: [from, to) as above. Gives how many of its first frames are proven to have been safe.
std::size_t mark_behind(Reading& reading, std::size_t from, std::size_t to) {
  auto& frames = reading.image.frames;
  std::size_t proven = from;
  for (auto i = from; i + 1 < to; ++i)
    if (frames[i].pages_after != 0) proven = i + 1;
  for (auto i = from; i < to; ++i) frames[i].standing = i < proven ? Standing::kProven : Standing::kUnproven;
  return proven;
}

// What lies between the first break and a frame that proves all before it. A stretch of this round that ends where a
// cell does not open is a part of what was written; one that ends at a frame that opens and does not continue it was
// put there, and so was anything of another round.
void mark_damage(Reading& reading, std::size_t from, std::size_t through) {
  auto& frames = reading.image.frames;
  auto const& cells = reading.cells;
  for (auto i = from; i < through;) {
    auto to = i + 1;
    while (to < through && cells[i].opens && cells[to].continues) ++to;
    bool const belongs =
        cells[i].opens && !cells[i].blank && cells[i].salts == reading.salts && (to == through || !cells[to].opens);
    for (; i < to; ++i) {
      if (belongs || frames[i].standing == Standing::kProven)
        frames[i].standing = Standing::kProven;
      else
        frames[i].damaged = true;
    }
  }
}

void judge(Reading& reading) {
  auto& image = reading.image;
  auto& frames = image.frames;
  auto const& cells = reading.cells;
  auto const of_this_round = [&](std::size_t i) {
    return cells[i].opens && !cells[i].blank && cells[i].salts == reading.salts;
  };

  std::size_t end = 0;
  while (end < cells.size() && of_this_round(end) && cells[end].continues) ++end;
  image.broken_off = end;
  for (std::size_t i = 0; i < end; ++i) {
    frames[i].standing = Standing::kUnproven;  // until its commit is seen
    if (frames[i].pages_after != 0) image.committed = i + 1;
  }
  image.broken_off -= image.committed;
  mark_commits(reading, 0, image.committed, Standing::kCommitted);

  std::size_t proven_through = end;
  for (auto from = end; from < cells.size();) {
    if (!cells[from].opens) {
      ++from;
      continue;
    }
    auto to = from + 1;
    while (to < cells.size() && cells[to].continues) ++to;
    for (auto i = from; i < to; ++i) frames[i].standing = Standing::kUnused;
    if (of_this_round(from)) {
      if (auto const proven = mark_behind(reading, from, to); proven > from) proven_through = proven;
    } else {
      mark_commits(reading, from, to, Standing::kEarlier);
    }
    from = to;
  }
  mark_damage(reading, end, proven_through);
  for (auto i = proven_through; i < cells.size(); ++i) {
    // A frame of an earlier round is what the log is always followed by. One before frames of this round is a write
    // that a power cut dropped.
    bool const dropped = !of_this_round(i) && i + 1 < cells.size() && of_this_round(i + 1);
    if (cells[i].opens && !dropped && frames[i].standing != Standing::kUnproven) continue;
    if (image.torn_at == 0) image.torn_at = i + 1;
    if (!cells[i].opens) ++image.torn_cells;
  }
  // What lies behind damage proves what lies before it.
  if (proven_through > end)
    for (std::size_t i = image.committed; i < end; ++i) frames[i].standing = Standing::kProven;
  for (auto const& frame : frames)
    if ((frame.standing == Standing::kCommitted || frame.standing == Standing::kProven) && frame.pages_after != 0)
      image.database_pages = frame.pages_after;
}

}  // namespace

bool read_frame(FileView const& log, sodium_vfs::Inspector const& inspector, std::uint64_t number,
                sodium_vfs::Frame& into) {
  base::Bytes cell(kCellBytes, '\0');
  return log.read(cell.data(), cell.size(), kSealedWalHeaderBytes + (number - 1) * kCellBytes) &&
         inspector.open_frame(number, cell, into);
}

LogImage read_log(FileView const* log, sodium_vfs::Inspector const& inspector) {
  LogImage image;
  if (!log || log->size() == 0) return image;
  image.exists = true;
  Reading reading{image, {}, false, {}};
  auto const bytes = log->size();
  auto const cells = bytes < kSealedWalHeaderBytes ? 0 : (bytes - kSealedWalHeaderBytes) / kCellBytes;
  image.bytes_cut = bytes < kSealedWalHeaderBytes ? bytes : (bytes - kSealedWalHeaderBytes) % kCellBytes;
  image.frames.resize(cells);
  reading.cells.resize(cells);
  auto const start = read_header(*log, inspector, reading);
  read_cells(*log, inspector, start, reading);
  if (!image.header_opens) {
    auto const first = std::find_if(reading.cells.begin(), reading.cells.end(), [](auto const& c) { return c.opens; });
    image.header_damaged = first != reading.cells.end();
    if (image.header_damaged && !first->blank) reading.salts = first->salts;
  }
  judge(reading);
  return image;
}

}  // namespace dga::salvage
