#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::salvage {

// A file that is only looked at. Thread: one.
class FileView {
 public:
  virtual ~FileView() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Exactly `amount` octets; false where the file ends before, or where the disk cannot read them.
  [[nodiscard]] virtual bool read(void* into, std::size_t amount, std::uint64_t offset) const = 0;
};

// A database's files; nullptr where there is none.
struct DatabaseFiles {
  std::unique_ptr<FileView> database, log, journal;
};

// The files of the database `file` on the disk, opened for reading only, and held: no program can open the database
// while they are. Refused "store.held" when one has it open, "store.not_found" when there is neither database nor log.
[[nodiscard]] base::Result<DatabaseFiles> hold_files(std::filesystem::path const& file);

// Octets in memory as a file; they must outlive it.
[[nodiscard]] std::unique_ptr<FileView> view_of(base::Bytes const& content);

}  // namespace dga::salvage
