// Which of its master's keys a database was written with, seen from the pages as they lie on the disk.
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <new>
#include <system_error>

#include "shared/store/kiosk_files.h"
#include "shared/store/sodium_vfs/file.h"

namespace dga::store {
namespace {

// A kiosk is given a new key once in months. Those before are what old copies have, those after what stands beside old
// slots.
constexpr std::uint32_t kTriedBefore = 64, kTriedAfter = 8;
// One page that opens proves the key; the first may be torn, or not yet written by a checkpoint.
constexpr std::uint64_t kPagesTried = 32;

// The first pages through SQLite's own file layer: closing another descriptor of a database would let go of the locks
// that this program may have on it.
class FirstPages {
 public:
  FirstPages(std::filesystem::path const& file, std::string const& base_vfs) {
    auto* const vfs = sqlite3_vfs_find(base_vfs.empty() ? "unix-excl" : base_vfs.c_str());
    std::error_code ignored;
    name_.reset(sqlite3_create_filename(std::filesystem::absolute(file, ignored).c_str(), "", "", 0, nullptr));
    if (!name_) throw std::bad_alloc();  // no word on the pages: the caller says that there is no memory
    if (!vfs || below_.open(vfs, name_.get(), SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) return;
    std::uint64_t bytes = 0;
    if (below_.size(bytes) == SQLITE_OK) pages_ = std::min(bytes / sodium_vfs::kPageBytes, kPagesTried);
  }

  [[nodiscard]] bool open_with(crypto::Key32 const& key) const {
    sodium_vfs::Cipher const cipher(key);
    std::array<std::uint8_t, sodium_vfs::kPageBytes> page;
    for (std::uint64_t number = 1; number <= pages_; ++number) {
      if (below_.read(page.data(), page.size(), (number - 1) * page.size()) != SQLITE_OK) continue;
      auto const* const nonce = page.data() + sodium_vfs::kUsableBytes;
      if (cipher.open(sodium_vfs::Kind::kPage, number, page.data(), sodium_vfs::kUsableBytes, nonce,
                      nonce + sodium_vfs::kNonceBytes, page.data()))
        return true;
    }
    return false;
  }

 private:
  struct FreeName {
    void operator()(char const* name) const { sqlite3_free_filename(const_cast<char*>(name)); }
  };
  std::unique_ptr<char const, FreeName> name_;  // outlives the file
  sodium_vfs::Below below_;
  std::uint64_t pages_ = 0;
};

}  // namespace

std::optional<std::uint32_t> generation_of(std::filesystem::path const& file, crypto::KioskMaster const& master,
                                           std::uint32_t expected, OpenOptions const& options) {
  FirstPages const pages(file, options.base_vfs);
  if (pages.open_with(master.database(expected))) return expected;
  for (std::uint32_t back = 1; back <= std::min(kTriedBefore, expected); ++back)
    if (pages.open_with(master.database(expected - back))) return expected - back;
  for (std::uint32_t ahead = 1; ahead <= std::min(kTriedAfter, UINT32_MAX - expected); ++ahead)
    if (pages.open_with(master.database(expected + ahead))) return expected + ahead;
  return std::nullopt;
}

}  // namespace dga::store
