#include "shared/store/sodium_vfs/journal_file.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace dga::sodium_vfs {
namespace {

// What SQLite writes over a finished journal's header in journal_mode=PERSIST.
constexpr std::size_t kFinishedHeaderBytes = 28;

template <std::size_t N>
void put_little_endian(std::uint8_t* at, std::uint64_t number) {
  for (std::size_t i = 0; i < N; ++i) at[i] = static_cast<std::uint8_t>(number >> (8 * i));
}
template <std::size_t N>
std::uint64_t get_little_endian(std::uint8_t const* at) {
  std::uint64_t number = 0;
  for (std::size_t i = N; i-- > 0;) number = number << 8 | at[i];
  return number;
}

constexpr std::size_t extent_bytes(std::size_t data_bytes) {
  return kExtentPrefixBytes + kExtentOffsetBytes + data_bytes + kSealBytes;
}

}  // namespace

JournalFile::JournalFile(Common& common, PageFile* database, Kind kind)
    : File(common), database_(database), kind_(kind) {
  if (database_) database_->add(*this);
}

JournalFile::~JournalFile() {
  // Whatever mattered was released before the database was written; a failure now loses nothing.
  if (below_.get() && below_.get()->pMethods) static_cast<void>(release());
  if (database_) database_->remove(*this);
}

JournalFile::Loaded JournalFile::load(std::uint64_t ordinal, std::uint64_t place, int& result) {
  result = SQLITE_OK;
  if (loaded_ordinal_ == ordinal) return Loaded::kGood;
  loaded_ordinal_ = UINT64_MAX;
  std::uint8_t prefix[kExtentPrefixBytes];
  result = below_.read(prefix, sizeof prefix, place);
  if (result == SQLITE_IOERR_SHORT_READ) return Loaded::kEnd;
  if (result != SQLITE_OK) return Loaded::kFailed;
  auto const data_bytes = static_cast<std::size_t>(get_little_endian<kExtentPrefixBytes>(prefix));
  if (data_bytes > kMostExtentBytes) return Loaded::kEnd;  // no extent of ours: torn, or planted
  auto const plain_bytes = kExtentOffsetBytes + data_bytes;
  sealed_.resize(plain_bytes + kSealBytes);
  result = below_.read(sealed_.data(), sealed_.size(), place + kExtentPrefixBytes);
  if (result == SQLITE_IOERR_SHORT_READ) return Loaded::kEnd;
  if (result != SQLITE_OK) return Loaded::kFailed;
  plain_.resize(plain_bytes);
  if (!common_.cipher.open(kind_, ordinal, sealed_.data() + kNonceBytes, plain_bytes, sealed_.data(),
                           sealed_.data() + kNonceBytes + plain_bytes, plain_.data()))
    return Loaded::kEnd;
  loaded_ordinal_ = ordinal;
  return Loaded::kGood;
}

void JournalFile::forget() {
  pieces_.clear();
  extents_ = end_ = size_ = 0;
  loaded_ordinal_ = UINT64_MAX;
  scanned_ = false;
}

int JournalFile::scan() {
  if (scanned_) return SQLITE_OK;
  try {
    return scan_extents();
  } catch (std::bad_alloc const&) {
    forget();
    throw;
  }
}

int JournalFile::scan_extents() {
  int result = SQLITE_OK;
  for (;;) {
    auto const loaded = load(extents_, end_, result);
    if (loaded == Loaded::kFailed) return result;
    if (loaded == Loaded::kEnd) break;
    auto const offset = get_little_endian<kExtentOffsetBytes>(plain_.data());
    auto const data_bytes = plain_.size() - kExtentOffsetBytes;
    if (data_bytes == 0)
      forget_beyond(offset);
    else
      cover(offset, {data_bytes, extents_, end_, 0});
    ++extents_;
    end_ += extent_bytes(data_bytes);
  }
  std::uint64_t have = 0;
  if (int const failed = below_.size(have)) return failed;
  // The names in a super-journal decide what is rolled back elsewhere: of it no torn tail is cut off in silence.
  if (kind_ == Kind::kSuperJournal && end_ != have)
    return common_.note.leave({Trouble::kDamaged, Kind::kSuperJournal, extents_});
  scanned_ = true;
  return SQLITE_OK;
}

void JournalFile::cover(std::uint64_t offset, Piece const& piece) {
  auto const end = offset + piece.size;
  auto next = pieces_.upper_bound(offset);
  if (next != pieces_.begin()) {
    auto& [before_at, before] = *std::prev(next);
    auto const before_end = before_at + before.size;
    if (before_end > end) {  // its tail goes on after the new piece
      auto tail = before;
      tail.skip += static_cast<std::size_t>(end - before_at);
      tail.size = before_end - end;
      pieces_.emplace(end, tail);
    }
    before.size = std::min(before.size, offset - before_at);
  }
  while (next != pieces_.end() && next->first < end) {
    auto covered = next->second;
    auto const covered_end = next->first + covered.size;
    auto const hidden = end - next->first;
    next = pieces_.erase(next);
    if (covered_end > end) {
      covered.skip += static_cast<std::size_t>(hidden);
      covered.size = covered_end - end;
      pieces_.emplace(end, covered);
      break;
    }
  }
  pieces_.insert_or_assign(offset, piece);
  size_ = std::max(size_, end);
}

void JournalFile::forget_beyond(std::uint64_t bytes) {
  pieces_.erase(pieces_.lower_bound(bytes), pieces_.end());
  if (!pieces_.empty()) {
    auto& [at, last] = *pieces_.rbegin();
    last.size = std::min(last.size, bytes - at);
  }
  size_ = std::min(size_, bytes);
}

int JournalFile::append(std::uint64_t offset, std::uint8_t const* from, std::size_t amount) {
  auto const plain_bytes = kExtentOffsetBytes + amount;
  sealed_.resize(extent_bytes(amount));
  auto* const nonce = sealed_.data() + kExtentPrefixBytes;
  auto* const sealed = nonce + kNonceBytes;
  put_little_endian<kExtentPrefixBytes>(sealed_.data(), amount);
  put_little_endian<kExtentOffsetBytes>(sealed, offset);
  if (amount > 0) std::memcpy(sealed + kExtentOffsetBytes, from, amount);
  common_.cipher.seal(kind_, extents_, sealed, plain_bytes, sealed, nonce, sealed + plain_bytes);
  if (int const failed = below_.write(sealed_.data(), sealed_.size(), end_)) return failed;
  if (amount > 0) cover(offset, {amount, extents_, end_, 0});
  ++extents_;
  end_ += sealed_.size();
  return SQLITE_OK;
}

int JournalFile::release() {
  if (gathered_.empty()) return SQLITE_OK;
  int result = SQLITE_IOERR_NOMEM;
  try {
    if (result = scan(); result == SQLITE_OK) result = append(gathered_at_, gathered_.data(), gathered_.size());
  } catch (std::bad_alloc const&) {
    forget();  // destructors come here too: nothing is thrown
    return SQLITE_IOERR_NOMEM;
  }
  gathered_.clear();
  return result;
}

int JournalFile::start_anew() {
  gathered_.clear();
  forget();
  scanned_ = true;
  return below_.truncate(0);
}

int JournalFile::write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) {
  if (int const failed = scan()) return failed;
  // A header of zeros says "this journal is finished": the log begins anew instead of growing for ever.
  if (offset == 0 && amount == kFinishedHeaderBytes && std::all_of(from, from + amount, [](auto b) { return b == 0; }))
    return start_anew();
  while (amount > 0) {
    bool const follows = !gathered_.empty() && offset == gathered_at_ + gathered_.size();
    if (!follows || gathered_.size() == kMostExtentBytes) {
      if (int const failed = release()) return failed;
      gathered_at_ = offset;
    }
    auto const part = std::min(amount, kMostExtentBytes - gathered_.size());
    gathered_.insert(gathered_.end(), from, from + part);
    from += part;
    offset += part;
    amount -= part;
  }
  return SQLITE_OK;
}

int JournalFile::read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  if (int const failed = scan()) return failed;
  if (int const failed = release()) return failed;
  std::memset(into, 0, amount);
  auto const end = offset + amount;
  auto piece = pieces_.upper_bound(offset);
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && piece->first < end; ++piece) {
    auto const& [at, found] = *piece;
    auto const from = std::max(at, offset), to = std::min(at + found.size, end);
    if (from >= to) continue;
    int result = SQLITE_OK;
    auto const loaded = load(found.ordinal, found.place, result);
    if (loaded == Loaded::kFailed) return result;
    if (loaded == Loaded::kEnd) return common_.note.leave({Trouble::kDamaged, kind_, found.ordinal});
    std::memcpy(into + (from - offset), plain_.data() + kExtentOffsetBytes + found.skip + (from - at), to - from);
  }
  return end > size_ ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int JournalFile::truncate(std::uint64_t bytes) {
  if (bytes == 0) return start_anew();
  if (int const failed = scan()) return failed;
  if (int const failed = release()) return failed;
  if (bytes >= size_) return SQLITE_OK;
  // An extent without data: "from here on nothing of the above counts".
  if (int const failed = append(bytes, nullptr, 0)) return failed;
  forget_beyond(bytes);
  return SQLITE_OK;
}

int JournalFile::size(std::uint64_t& bytes) {
  if (int const failed = scan()) return failed;
  bytes = size_;
  if (!gathered_.empty()) bytes = std::max(bytes, gathered_at_ + gathered_.size());
  return SQLITE_OK;
}

int JournalFile::sync(int flags) {
  if (int const failed = release()) return failed;
  return File::sync(flags);
}

bool JournalFile::opens(Common& common, char const* name) {
  int exists = 0;
  if (!name || common.base->xAccess(common.base, name, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || !exists)
    return false;
  JournalFile journal(common, nullptr, Kind::kJournal);
  if (journal.open(name, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_JOURNAL, nullptr) != SQLITE_OK) return false;
  int result = SQLITE_OK;
  return journal.load(0, 0, result) == Loaded::kGood;
}

}  // namespace dga::sodium_vfs
