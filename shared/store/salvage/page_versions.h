#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "shared/store/salvage/log_image.h"

namespace dga::salvage {

// The page that SQLite never uses, since its locks lie there: 1 GiB into the file.
inline constexpr std::uint32_t kLockPage = 0x40000000 / sodium_vfs::kPageBytes + 1;

// Where a version of a page stands: the database itself, or a frame of its log.
struct Place {
  std::uint32_t page = 0;
  std::uint64_t frame = 0;  // 0: the database
};

// Every version of every page that still opens, newest first in each list. Promised ones are those that a program was
// told to be durable. Reads nothing but what it is asked for; the files must outlive it.
class PageVersions {
 public:
  PageVersions(DatabaseFiles const& files, sodium_vfs::Inspector const& inspector, LogImage const& log);

  // Pages of the database as its last promised commit left it; where nothing tells, as many as the file has.
  [[nodiscard]] std::uint32_t pages() const { return pages_; }
  // Pages in the file, a last one that is not whole included.
  [[nodiscard]] std::uint32_t pages_in_file() const { return pages_in_file_; }
  // Pages whose piece of the database file does not open.
  [[nodiscard]] std::vector<std::uint32_t> const& closed() const { return closed_; }
  // Whether any piece opened: otherwise the key is another database's.
  [[nodiscard]] bool anything_opens() const { return anything_opens_; }

  // Whether frames that were safe on the disk are not what was written: what they held is not known.
  [[nodiscard]] bool log_is_damaged() const;

  // The newest promised version; nothing where that one does not open.
  [[nodiscard]] std::optional<Place> newest(std::uint32_t page) const;
  // All others, in the order in which they may be believed: promised, then earlier rounds, then unproven ones.
  [[nodiscard]] std::vector<Place> others() const;
  // Of one page, as above, the newest first.
  [[nodiscard]] std::vector<Place> versions(std::uint32_t page) const;
  // Of one page the last one that this round of the log has at frame `through` or before; then the database's.
  [[nodiscard]] std::optional<Place> version_at(std::uint32_t page, std::uint64_t through) const;
  [[nodiscard]] bool is_promised(Place const& place) const;

  [[nodiscard]] bool read(Place const& place, sodium_vfs::Page& into) const;
  [[nodiscard]] bool read_newest(std::uint32_t page, sodium_vfs::Page& into) const;

 private:
  [[nodiscard]] bool opens_in_file(std::uint32_t page) const;

  DatabaseFiles const& files_;
  sodium_vfs::Inspector const& inspector_;
  LogImage const& log_;
  std::uint32_t pages_ = 0, pages_in_file_ = 0;
  bool anything_opens_ = false;
  std::vector<std::uint32_t> closed_;  // rising
  // Promised frames of each page, the newest last; a frame that was damaged may have been newer than all of them.
  std::map<std::uint32_t, std::vector<std::uint64_t>> promised_;
};

}  // namespace dga::salvage
