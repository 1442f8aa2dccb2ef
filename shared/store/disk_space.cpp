#include "shared/store/disk_space.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace dga::store {
namespace {

class SystemDiskSpace final : public DiskSpace {
 public:
  base::Result<std::uint64_t> free_bytes(std::filesystem::path const& folder) override {
    struct statvfs found {};
    if (::statvfs(folder.c_str(), &found) != 0)
      return base::storage(
          "store.failed",
          fmt::format("could not ask for the room left in {}: {}", folder.string(), std::strerror(errno)),
          "Check the disk and the folder's rights");
    return std::uint64_t{found.f_bavail} * found.f_frsize;  // without what is set aside for the administrator
  }
};

}  // namespace

std::unique_ptr<DiskSpace> system_disk_space() { return std::make_unique<SystemDiskSpace>(); }

}  // namespace dga::store
