#include "shared/store/sodium_vfs/temporary_file.h"

#include <algorithm>
#include <cstring>

namespace dga::sodium_vfs {

int TemporaryFile::put_away() {
  if (!changed_) return SQLITE_OK;
  auto* const sealed = cell_.data() + kNonceBytes;
  cipher_.seal(Kind::kTemporary, current_, block_.data(), kBlockBytes, sealed, cell_.data(), sealed + kBlockBytes);
  if (int const failed = below_.write(cell_.data(), kBlockCellBytes, current_ * kBlockCellBytes)) return failed;
  if (written_.size() <= current_) written_.resize(static_cast<std::size_t>(current_) + 1);
  written_[static_cast<std::size_t>(current_)] = true;
  changed_ = false;
  return SQLITE_OK;
}

int TemporaryFile::turn_to(std::uint64_t number) {
  if (number == current_) return SQLITE_OK;
  if (int const failed = put_away()) return failed;
  current_ = UINT64_MAX;
  if (number >= written_.size() || !written_[static_cast<std::size_t>(number)]) {
    block_.fill(0);
  } else {
    int const result = below_.read(cell_.data(), kBlockCellBytes, number * kBlockCellBytes);
    if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return result;
    auto const* const sealed = cell_.data() + kNonceBytes;
    if (result != SQLITE_OK ||
        !cipher_.open(Kind::kTemporary, number, sealed, kBlockBytes, cell_.data(), sealed + kBlockBytes, block_.data()))
      return common_.note.leave({Trouble::kDamaged, Kind::kTemporary, number});
  }
  current_ = number;
  return SQLITE_OK;
}

int TemporaryFile::write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) {
  while (amount > 0) {
    auto const within = static_cast<std::size_t>(offset % kBlockBytes), part = std::min(amount, kBlockBytes - within);
    if (int const failed = turn_to(offset / kBlockBytes)) return failed;
    std::memcpy(block_.data() + within, from, part);
    changed_ = true;
    from += part;
    offset += part;
    amount -= part;
    size_ = std::max(size_, offset);
  }
  return SQLITE_OK;
}

int TemporaryFile::read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  std::memset(into, 0, amount);
  auto const there = offset < size_ ? static_cast<std::size_t>(std::min<std::uint64_t>(amount, size_ - offset)) : 0;
  for (std::size_t done = 0; done < there;) {
    auto const at = offset + done;
    auto const within = static_cast<std::size_t>(at % kBlockBytes), part = std::min(there - done, kBlockBytes - within);
    if (int const failed = turn_to(at / kBlockBytes)) return failed;
    std::memcpy(into + done, block_.data() + within, part);
    done += part;
  }
  return there < amount ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int TemporaryFile::truncate(std::uint64_t bytes) {
  if (bytes >= size_) return SQLITE_OK;
  // What lies beyond must read as zeros should the file grow again.
  if (bytes % kBlockBytes != 0) {
    if (int const failed = turn_to(bytes / kBlockBytes)) return failed;
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(bytes % kBlockBytes), block_.end(), std::uint8_t{0});
    changed_ = true;
  } else if (current_ >= bytes / kBlockBytes) {
    current_ = UINT64_MAX;
    changed_ = false;
  }
  auto const blocks = static_cast<std::size_t>((bytes + kBlockBytes - 1) / kBlockBytes);
  if (written_.size() > blocks) written_.resize(blocks);
  size_ = bytes;
  return SQLITE_OK;
}

int TemporaryFile::size(std::uint64_t& bytes) {
  bytes = size_;
  return SQLITE_OK;
}

}  // namespace dga::sodium_vfs
