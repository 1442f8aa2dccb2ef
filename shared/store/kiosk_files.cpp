#include "shared/store/kiosk_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

namespace dga::store {
namespace {

base::Done sync_folder(std::filesystem::path const& folder) {
  int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return base::storage("store.failed", fmt::format("could not sync the folder {}", folder.string()),
                       "Check the disk and the folder's rights");
}

}  // namespace

base::Done publish_kiosk(std::filesystem::path const& folder) {
  std::error_code failed;
  std::filesystem::rename(folder / kUnfinishedDatabase, folder / kKioskDatabase, failed);
  if (failed)
    return base::storage(
        "store.failed",
        fmt::format("could not put {} into place: {}", (folder / kKioskDatabase).string(), failed.message()),
        "Check the disk and the folder's rights");
  return sync_folder(folder);
}

void discard_unfinished(std::filesystem::path const& folder) {
  std::error_code ignored;
  for (auto const* suffix : {"", "-wal", "-journal"})
    std::filesystem::remove(folder / (std::string(kUnfinishedDatabase) + suffix), ignored);
}

}  // namespace dga::store
