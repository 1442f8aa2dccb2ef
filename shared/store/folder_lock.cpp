#include "shared/store/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dga::store {

base::Result<FolderLock> FolderLock::take(std::filesystem::path const& folder, Sharing sharing) {
  auto const failed = [&] {
    return base::storage(
        "store.failed",
        fmt::format("could not lock the folder {}: {}", folder.string(), std::generic_category().message(errno)),
        "Check the disk and the folder's rights");
  };
  FolderLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.descriptor_ < 0) return failed();
  if (::flock(lock.descriptor_, (sharing == Sharing::kAlone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return base::refused("store.held",
                         fmt::format("could not open the kiosk in {}: another program has it open", folder.string()),
                         "Close the other program, then try again");
  if (sharing == Sharing::kAlone) return failed();
  return lock;
}

base::Done FolderLock::share() {
  if (::flock(descriptor_, LOCK_SH | LOCK_NB) == 0) return {};
  return base::refused("store.held", "could not keep the new kiosk: another program has it open",
                       "Close the other program, then try again");
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dga::store
