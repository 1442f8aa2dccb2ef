#include "shared/store/sodium_vfs/page_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dga::sodium_vfs {

PageFile::~PageFile() {
  common_.databases.remove(*this);
  for (auto* companion : companions_)
    if (companion) companion->outlive_database();
}

int PageFile::open(char const* name, int flags, int* flags_out) {
  name_ = name;
  int const result = File::open(name, flags, flags_out);
  if (result != SQLITE_OK) return result;
  std::uint64_t bytes = 0;
  if (int const failed = below_.size(bytes)) return failed;
  // SQLite takes an empty file for a new database and deletes the log beside it: that would be data lost.
  if (bytes == 0 && !(flags & SQLITE_OPEN_CREATE))
    return common_.note.leave({log_opens() ? Trouble::kMissing : Trouble::kNotOurs, Kind::kPage, 1});
  common_.databases.add(*this);
  return SQLITE_OK;
}

bool PageFile::open_page(std::uint8_t* page, std::uint64_t number) const {
  auto* const nonce = page + kUsableBytes;
  if (!common_.cipher.open(Kind::kPage, number, page, kUsableBytes, nonce, nonce + kNonceBytes, page)) return false;
  std::memset(nonce, 0, kSealBytes);
  return true;
}

int PageFile::read_page(std::uint8_t* into, std::uint64_t number) {
  int const result = below_.read(into, kPageBytes, (number - 1) * kPageBytes);
  // SQLite asks only for pages that it knows to exist, and would take a missing one for zeros.
  if (result == SQLITE_IOERR_SHORT_READ) return common_.note.leave({Trouble::kMissing, Kind::kPage, number});
  if (result != SQLITE_OK) return result;
  if (!open_page(into, number)) return common_.note.leave({Trouble::kDamaged, Kind::kPage, number});
  if (number == 1 && into[kReserveAt] != kSealBytes) return common_.note.leave({Trouble::kReserve, Kind::kPage, 1});
  return SQLITE_OK;
}

int PageFile::read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  if (amount == kPageBytes && offset % kPageBytes == 0) return read_page(into, offset / kPageBytes + 1);
  if (offset + amount > kPageBytes) return SQLITE_IOERR_READ;  // a page of another size: not a database of ours
  return read_of_first_page(into, amount, offset);
}

int PageFile::read_of_first_page(std::uint8_t* into, std::size_t amount, std::uint64_t offset) {
  std::uint64_t bytes = 0;
  if (int const failed = below_.size(bytes)) return failed;
  std::array<std::uint8_t, kPageBytes> page;
  int result = SQLITE_IOERR_SHORT_READ;
  auto const found = bytes == 0 ? FirstPage::kTorn : examine_first_page(page.data(), result);
  switch (found) {
    case FirstPage::kGood: std::memcpy(into, page.data() + offset, amount); return SQLITE_OK;
    case FirstPage::kTorn:
      // Before it recovers the WAL SQLite looks here for the page size. Page 1 stands in the WAL, or will be
      // found damaged when it is read as a page: zeros mean "as usual", an error would lock the WAL's data away.
      std::memset(into, 0, amount);
      return bytes == 0 ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    case FirstPage::kHeld:
    case FirstPage::kFailed:
    case FirstPage::kRefused: break;
  }
  return result;
}

int PageFile::write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) {
  if (amount != kPageBytes || offset % kPageBytes != 0) return SQLITE_IOERR_WRITE;
  auto const number = offset / kPageBytes + 1;
  // Sealing overwrites the last 40 octets: a database that uses them must not lose them.
  if (number == 1 && from[kReserveAt] != kSealBytes) return common_.note.leave({Trouble::kReserve, Kind::kPage, 1});
  if (int const failed = release_companions()) return failed;
  auto* const nonce = sealed_.data() + kUsableBytes;
  common_.cipher.seal(Kind::kPage, number, from, kUsableBytes, sealed_.data(), nonce, nonce + kNonceBytes);
  return below_.write(sealed_.data(), kPageBytes, offset);
}

int PageFile::truncate(std::uint64_t bytes) {
  if (int const failed = release_companions()) return failed;
  return below_.truncate(bytes);
}

int PageFile::sync(int flags) {
  if (int const failed = release_companions()) return failed;
  return File::sync(flags);
}

int PageFile::lock(int level) {
  int const result = File::lock(level);
  if (result == SQLITE_OK) lock_level_ = std::max(lock_level_, level);
  return result;
}

int PageFile::unlock(int level) {
  int const result = File::unlock(level);
  if (result == SQLITE_OK) lock_level_ = std::min(lock_level_, level);
  return result;
}

int PageFile::control(int operation, void* argument) {
  if (operation == SQLITE_FCNTL_COMMIT_PHASETWO || operation == SQLITE_FCNTL_SYNC) {
    if (int const failed = release_companions()) return failed;
  }
  if (operation == SQLITE_FCNTL_PRAGMA) {
    auto** const words = static_cast<char**>(argument);
    if (words[2] && sqlite3_stricmp(words[1], "page_size") == 0 && sqlite3_stricmp(words[2], "4096") != 0) {
      words[0] = sqlite3_mprintf("an encrypted database has pages of 4096 bytes");
      return SQLITE_ERROR;
    }
    return SQLITE_NOTFOUND;  // SQLite goes on with it
  }
  return File::control(operation, argument);
}

int PageFile::lock_shared(int first, int count, int flags) {
  if (flags & SQLITE_SHM_UNLOCK)
    if (int const failed = release_companions()) barrier_result_ = failed;  // unlocking itself must still happen
  return File::lock_shared(first, count, flags);
}

void PageFile::shared_barrier() {
  if (int const failed = release_companions()) barrier_result_ = failed;
  File::shared_barrier();
}

void PageFile::add(Companion& companion) {
  for (auto*& place : companions_)
    if (!place) {
      place = &companion;
      return;
    }
}
void PageFile::remove(Companion& companion) {
  for (auto*& place : companions_)
    if (place == &companion) place = nullptr;
}

void OpenDatabases::add(PageFile& database) {
  std::lock_guard lock(mutex_);
  databases_.push_back(&database);
}
void OpenDatabases::remove(PageFile& database) {
  std::lock_guard lock(mutex_);
  std::erase(databases_, &database);
}
PageFile* OpenDatabases::owner_of(char const* companion_name) {
  auto const* const name = sqlite3_filename_database(companion_name);
  std::lock_guard lock(mutex_);
  auto const found =
      std::find_if(databases_.begin(), databases_.end(), [&](auto* open) { return open->name() == name; });
  return found == databases_.end() ? nullptr : *found;
}

int PageFile::release_companions() {
  if (barrier_result_ != SQLITE_OK) return std::exchange(barrier_result_, SQLITE_OK);
  for (auto* companion : companions_)
    if (companion)
      if (int const failed = companion->release()) return failed;
  return SQLITE_OK;
}

}  // namespace dga::sodium_vfs
