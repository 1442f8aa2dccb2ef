#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "shared/base/result.h"

namespace dga::store {

// How much room a disk has; tests answer what they like. Thread: its owner's.
class DiskSpace {
 public:
  virtual ~DiskSpace() = default;
  // Bytes that this program may still take where `folder` lies. Storage "store.failed".
  [[nodiscard]] virtual base::Result<std::uint64_t> free_bytes(std::filesystem::path const& folder) = 0;
};

// The system's own word (statvfs).
[[nodiscard]] std::unique_ptr<DiskSpace> system_disk_space();

}  // namespace dga::store
