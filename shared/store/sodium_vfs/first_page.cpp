// Why page 1 cannot be opened: another process, another key, another kind of file, a torn write or damage.
#include <algorithm>
#include <cstring>
#include <new>

#include "shared/store/sodium_vfs/journal_file.h"
#include "shared/store/sodium_vfs/page_file.h"
#include "shared/store/sodium_vfs/wal_file.h"

namespace dga::sodium_vfs {
namespace {

// SQLite's own magic, with its zero byte: what a database begins with that nobody has sealed.
constexpr std::string_view kPlainMagic{"SQLite format 3", 16};

// How many other pages are tried before a key is called wrong: the first ones, and as many spread over the rest.
constexpr std::uint64_t kPagesTried = 32;

}  // namespace

PageFile::FirstPage PageFile::examine_first_page(std::uint8_t* page, int& result) {
  result = below_.read(page, kPageBytes, 0);
  if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return FirstPage::kFailed;
  if (result == SQLITE_OK && open_page(page, 1)) {
    bool const sizes_fit = page[kPageSizeAt] == kPageBytes >> 8 && page[kPageSizeAt + 1] == 0;
    if (page[kReserveAt] == kSealBytes && sizes_fit) return FirstPage::kGood;
    result = common_.note.leave({Trouble::kReserve, Kind::kPage, 1});
    return FirstPage::kRefused;
  }
  if (lock_level_ >= SQLITE_LOCK_SHARED) return judge_first_page(page, result);

  // SQLite reads the header before it takes a lock: another process may be just writing this page.
  result = File::lock(SQLITE_LOCK_SHARED);
  if (result == SQLITE_BUSY) {
    result = common_.note.leave({Trouble::kHeld});
    return FirstPage::kHeld;
  }
  if (result != SQLITE_OK) return FirstPage::kFailed;
  auto found = FirstPage::kGood;
  result = below_.read(page, kPageBytes, 0);
  if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ)
    found = FirstPage::kFailed;
  else if (result != SQLITE_OK || !open_page(page, 1))
    found = judge_while_locked(page, result);
  if (int const failed = File::unlock(SQLITE_LOCK_NONE)) {
    result = failed;
    found = FirstPage::kFailed;
  }
  return found;
}

PageFile::FirstPage PageFile::judge_while_locked(std::uint8_t* page, int& result) {
  try {
    return judge_first_page(page, result);
  } catch (std::bad_alloc const&) {  // the lock is still to be given back
    result = SQLITE_IOERR_NOMEM;
    return FirstPage::kFailed;
  }
}

PageFile::FirstPage PageFile::judge_first_page(std::uint8_t* page, int& result) {
  std::uint64_t bytes = 0;
  result = below_.size(bytes);
  if (result != SQLITE_OK) return FirstPage::kFailed;
  auto const refuse = [&](Trouble trouble) {
    result = common_.note.leave({trouble, Kind::kPage, 1});
    return FirstPage::kRefused;
  };
  auto const magic_read = below_.read(page, kPlainMagic.size(), 0);
  if (magic_read == SQLITE_OK && std::memcmp(page, kPlainMagic.data(), kPlainMagic.size()) == 0)
    return refuse(Trouble::kNotOurs);
  // Whatever opens anywhere proves the key: then page 1 was torn by a power cut, or it is damaged.
  if (log_opens() || journal_opens()) {
    result = SQLITE_OK;
    return FirstPage::kTorn;
  }
  if (another_page_opens()) return refuse(Trouble::kDamaged);
  if (below_.read(page, kPageBytes, 0) == SQLITE_OK)
    for (char version = kFormatVersion + 1; version <= kLastVersionTried; ++version)
      if (common_.cipher.is_of_version(version, 1, page)) {
        result = common_.note.leave({Trouble::kVersion, Kind::kPage, static_cast<std::uint64_t>(version - '0')});
        return FirstPage::kRefused;
      }
  return refuse(bytes % kPageBytes == 0 ? Trouble::kWrongKey : Trouble::kNotOurs);
}

bool PageFile::log_opens() const { return WalFile::opens_somewhere(common_, sqlite3_filename_wal(name_)); }
bool PageFile::journal_opens() const { return JournalFile::opens(common_, sqlite3_filename_journal(name_)); }

bool PageFile::another_page_opens() const {
  std::uint64_t bytes = 0;
  if (below_.size(bytes) != SQLITE_OK) return false;
  auto const pages = bytes / kPageBytes;
  std::array<std::uint8_t, kPageBytes> page;
  auto const opens = [&](std::uint64_t number) {
    return below_.read(page.data(), kPageBytes, (number - 1) * kPageBytes) == SQLITE_OK &&
           open_page(page.data(), number);
  };
  for (std::uint64_t number = 2; number <= std::min(pages, kPagesTried); ++number)
    if (opens(number)) return true;
  for (std::uint64_t i = 0; pages > kPagesTried && i < kPagesTried; ++i)
    if (opens(pages - i * (pages - kPagesTried) / kPagesTried)) return true;
  return false;
}

}  // namespace dga::sodium_vfs
