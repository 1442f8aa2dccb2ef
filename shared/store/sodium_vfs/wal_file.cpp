#include "shared/store/sodium_vfs/wal_file.h"

#include <algorithm>
#include <cstring>

namespace dga::sodium_vfs {
namespace {

// What a piece that cannot be opened reads as, where SQLite must decide for itself: no zeros, for a page whose torn
// part is zero can pass SQLite's checksum. A log header of this has no magic, a frame of this no right salt.
constexpr std::uint8_t kGarbage = 0xd5;

constexpr std::uint64_t place_of(std::uint64_t cell) { return kSealedWalHeaderBytes + cell * kCellBytes; }

// nonce | sealed | tag, as the header and the cells lie on the disk.
void seal_piece(Cipher& cipher, Kind kind, std::uint64_t number, std::uint8_t const* plain, std::size_t size,
                std::uint8_t* piece) {
  cipher.seal(kind, number, plain, size, piece + kNonceBytes, piece, piece + kNonceBytes + size);
}
bool open_piece(Cipher const& cipher, Kind kind, std::uint64_t number, std::uint8_t const* piece, std::size_t size,
                std::uint8_t* plain) {
  return cipher.open(kind, number, piece + kNonceBytes, size, piece, piece + kNonceBytes + size, plain);
}

}  // namespace

WalFile::WalFile(Common& common, PageFile* database) : File(common), database_(database) {
  if (database_) database_->add(*this);
}

WalFile::~WalFile() {
  // Nothing committed can be held here (sync and the barrier came before), so there is nobody to tell of a failure.
  if (below_.get() && below_.get()->pMethods) static_cast<void>(release());
  if (database_) database_->remove(*this);
}

WalFile::Loaded WalFile::load(std::uint64_t cell, int& result) {
  result = below_.read(cell_.data(), kCellBytes, place_of(cell));
  if (result == SQLITE_IOERR_SHORT_READ) return Loaded::kShort;
  if (result != SQLITE_OK) return Loaded::kFailed;
  return open_piece(common_.cipher, Kind::kWalFrame, cell + 1, cell_.data(), kFrameBytes, frame_.data()) ? Loaded::kGood
                                                                                                         : Loaded::kBad;
}

int WalFile::store(std::uint64_t cell) {
  // Page 1 must reach the database by a checkpoint: refused now, not when it is committed and stuck.
  bool const is_first_page = std::memcmp(frame_.data(), "\0\0\0\1", 4) == 0;
  if (is_first_page && frame_[kFrameHeaderBytes + kReserveAt] != kSealBytes)
    return common_.note.leave({Trouble::kReserve, Kind::kPage, 1});
  seal_piece(common_.cipher, Kind::kWalFrame, cell + 1, frame_.data(), kFrameBytes, cell_.data());
  int const result = below_.write(cell_.data(), kCellBytes, place_of(cell));
  if (result != SQLITE_OK) {
    end_written_ = std::min(end_written_, cell);
    first_written_ = std::min(first_written_, end_written_);
  } else if (cell == end_written_ && first_written_ < end_written_) {
    ++end_written_;
  } else if (!written_here(cell)) {
    first_written_ = cell;
    end_written_ = cell + 1;
  }
  return result;
}

int WalFile::release() {
  if (!holding_) return SQLITE_OK;
  holding_ = false;
  int result = SQLITE_OK;
  // A header alone: checksums of a frame already written in this transaction are put right.
  switch (load(held_cell_, result)) {
    case Loaded::kGood: std::memcpy(frame_.data(), held_.data(), kFrameHeaderBytes); return store(held_cell_);
    case Loaded::kBad:
      if (written_here(held_cell_)) return common_.note.leave({Trouble::kDamaged, Kind::kWalFrame, held_cell_ + 1});
      return SQLITE_OK;
    // The header of a frame whose page was never written (the disk was full, say): no frame, so nothing to write.
    case Loaded::kShort: return SQLITE_OK;
    case Loaded::kFailed: return result;
  }
  return result;
}

int WalFile::write_header(std::uint8_t const* from) {
  if (int const failed = release()) return failed;
  first_written_ = end_written_ = 0;
  recovered_salts_.reset();
  std::array<std::uint8_t, kSealedWalHeaderBytes> sealed;
  seal_piece(common_.cipher, Kind::kWalHeader, 0, from, kWalHeaderBytes, sealed.data());
  return below_.write(sealed.data(), sealed.size(), 0);
}

int WalFile::write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) {
  if (offset == 0 && amount == kWalHeaderBytes) return write_header(from);
  if (offset < kWalHeaderBytes) return SQLITE_IOERR_WRITE;
  auto const cell = (offset - kWalHeaderBytes) / kFrameBytes, within = (offset - kWalHeaderBytes) % kFrameBytes;
  if (within == 0 && amount == kFrameHeaderBytes) {
    if (holding_ && held_cell_ != cell)
      if (int const failed = release()) return failed;
    std::memcpy(held_.data(), from, kFrameHeaderBytes);
    held_cell_ = cell;
    holding_ = true;
    return SQLITE_OK;
  }
  if (within != kFrameHeaderBytes || amount != kPageBytes) return SQLITE_IOERR_WRITE;  // SQLite writes nothing else
  if (holding_ && held_cell_ == cell) {
    holding_ = false;
    std::memcpy(frame_.data(), held_.data(), kFrameHeaderBytes);
  } else {
    // A page alone: one that this transaction has written before, and now writes again in its place.
    if (int const failed = release()) return failed;
    int result = SQLITE_OK;
    auto const loaded = load(cell, result);
    if (loaded == Loaded::kFailed) return result;
    if (loaded != Loaded::kGood) return common_.note.leave({Trouble::kDamaged, Kind::kWalFrame, cell + 1});
  }
  std::memcpy(frame_.data() + kFrameHeaderBytes, from, kPageBytes);
  return store(cell);
}

int WalFile::load_header(std::uint8_t* plain) {
  int const result = below_.read(header_.data(), header_.size(), 0);
  if (result != SQLITE_OK) return result;
  return open_piece(common_.cipher, Kind::kWalHeader, 0, header_.data(), kWalHeaderBytes, plain) ? SQLITE_OK
                                                                                                 : SQLITE_NOTFOUND;
}

// What recovery takes over. After a sync that failed the system may read what it never wrote, and hold it for written:
// no later sync would write it, and what is built on it would be lost with it. So it is written again, the same octets,
// which may be torn at any place. Recovery keeps everybody else out.
int WalFile::write_again(std::uint8_t const* piece, std::size_t bytes, std::uint64_t place) {
  return below_.write(piece, bytes, place);
}

int WalFile::read_header(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  if (offset + amount > kWalHeaderBytes) return SQLITE_IOERR_READ;
  std::array<std::uint8_t, kWalHeaderBytes> plain;
  int const result = load_header(plain.data());
  if (result == SQLITE_IOERR_SHORT_READ) std::memset(into, 0, amount);
  if (result == SQLITE_NOTFOUND) {
    // A part is read to continue checksums: only a whole header is read to find out whether there is a log.
    if (amount != kWalHeaderBytes || (common_.commits == Commits::kSynced && header_was_safe()))
      return common_.note.leave({Trouble::kDamaged, Kind::kWalHeader, 0});
    plain.fill(kGarbage);
  } else if (result != SQLITE_OK) {
    return result;
  } else if (amount == kWalHeaderBytes) {
    if (int const failed = write_again(header_.data(), header_.size(), 0)) return failed;
  }
  std::memcpy(into, plain.data() + offset, amount);
  return SQLITE_OK;
}

int WalFile::read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  if (int const failed = release()) return failed;
  if (offset < kWalHeaderBytes) return read_header(into, amount, offset);
  auto const cell = (offset - kWalHeaderBytes) / kFrameBytes, within = (offset - kWalHeaderBytes) % kFrameBytes;
  if (within + amount > kFrameBytes) return SQLITE_IOERR_READ;
  int result = SQLITE_OK;
  switch (load(cell, result)) {
    case Loaded::kGood:
      std::memcpy(into, frame_.data() + within, amount);
      if (amount == kFrameBytes && !written_here(cell)) {
        if (int const failed = write_again(cell_.data(), kCellBytes, place_of(cell))) return failed;
        if (common_.commits == Commits::kSynced && was_put_back(cell))
          return common_.note.leave({Trouble::kDamaged, Kind::kWalFrame, cell + 1});
      }
      return SQLITE_OK;
    case Loaded::kShort:
    case Loaded::kBad:
      // Recovery reads whole frames until one is no good: it must be told so by content, an error would end it.
      // But where the frames behind it prove that it was safe on the disk, it is no end: it is damage.
      if (amount == kFrameBytes && !written_here(cell) &&
          !(common_.commits == Commits::kSynced && was_safe_before(cell + 1))) {
        std::memset(into, kGarbage, amount);
        return SQLITE_OK;
      }
      return common_.note.leave({Trouble::kDamaged, Kind::kWalFrame, cell + 1});
    case Loaded::kFailed: return result;
  }
  return result;
}

int WalFile::truncate(std::uint64_t bytes) {
  if (int const failed = release()) return failed;
  std::uint64_t keep = 0;
  // Never less than was asked to be kept.
  if (bytes > 0)
    keep = bytes <= kWalHeaderBytes ? kSealedWalHeaderBytes
                                    : place_of((bytes - kWalHeaderBytes + kFrameBytes - 1) / kFrameBytes);
  auto const cells = keep < kSealedWalHeaderBytes ? 0 : (keep - kSealedWalHeaderBytes) / kCellBytes;
  end_written_ = std::min(end_written_, cells);
  first_written_ = std::min(first_written_, end_written_);
  std::uint64_t have = 0;
  if (int const failed = below_.size(have)) return failed;
  return keep < have ? below_.truncate(keep) : SQLITE_OK;
}

int WalFile::size(std::uint64_t& bytes) {
  if (int const failed = release()) return failed;
  std::uint64_t have = 0;
  if (int const failed = below_.size(have)) return failed;
  // A cell cut short at the end is no frame yet.
  bytes =
      have < kSealedWalHeaderBytes ? 0 : kWalHeaderBytes + (have - kSealedWalHeaderBytes) / kCellBytes * kFrameBytes;
  return SQLITE_OK;
}

int WalFile::sync(int flags) {
  if (int const failed = release()) return failed;
  return File::sync(flags);
}

bool WalFile::opens_somewhere(Common& common, char const* name) {
  int exists = 0;
  if (!name || common.base->xAccess(common.base, name, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || !exists)
    return false;
  WalFile log(common, nullptr);
  if (log.open(name, SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL, nullptr) != SQLITE_OK) return false;
  std::array<std::uint8_t, kWalHeaderBytes> plain;
  int result = log.load_header(plain.data());
  if (result != SQLITE_NOTFOUND) return result == SQLITE_OK;
  for (std::uint64_t cell = 0; cell < kCellsTried; ++cell) {
    auto const loaded = log.load(cell, result);
    if (loaded == Loaded::kGood) return true;
    if (loaded != Loaded::kBad) return false;
  }
  return false;
}

}  // namespace dga::sodium_vfs
