#include "shared/store/kiosk_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "shared/base/file.h"

namespace dga::store {
namespace {

namespace fs = std::filesystem;

// More than any slot file has; read_slots is stricter.
constexpr std::size_t kMostSlotsBytes = 64 * 1024;

}  // namespace

bool is_there(fs::path const& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

base::Done sync_folder(fs::path const& folder) {
  int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return base::storage("store.failed", fmt::format("could not sync the folder {}", folder.string()),
                       "Check the disk and the folder's rights");
}

base::Done publish_kiosk(fs::path const& folder) {
  std::error_code failed;
  fs::rename(folder / kUnfinishedDatabase, folder / kKioskDatabase, failed);
  if (failed)
    return base::storage(
        "store.failed",
        fmt::format("could not put {} into place: {}", (folder / kKioskDatabase).string(), failed.message()),
        "Check the disk and the folder's rights");
  return sync_folder(folder);
}

void discard_database(fs::path const& file) {
  std::error_code ignored;
  for (auto const* suffix : kBesideADatabase) fs::remove(file.string() + suffix, ignored);
}
void discard_unfinished(fs::path const& folder) { discard_database(folder / kUnfinishedDatabase); }

base::Result<crypto::Slots> read_kiosk_slots(fs::path const& folder) {
  if (!is_there(folder / kKioskDatabase))
    return base::refused("kiosk.not_found", fmt::format("there is no kiosk in {}", folder.string()),
                         "Check the folder, or enrol a kiosk there");
  if (!is_there(folder / kSlotsFile))
    return base::damaged("slots.missing", fmt::format("the key slots of the kiosk in {} are missing", folder.string()),
                         "Put the file `slots` back from a copy; the database cannot be opened without it");
  auto const bytes = base::read_file(folder / kSlotsFile, kMostSlotsBytes);
  if (!bytes.ok() && bytes.error().code != "file.too_large") return bytes.error();
  // What is too large is no slot file, and is told so like any other.
  auto slots = crypto::read_slots(bytes.ok() ? bytes.value() : base::Bytes());
  if (!slots.ok()) return base::at((folder / kSlotsFile).string(), slots.error());
  return slots;
}

base::Done write_kiosk_slots(fs::path const& folder, crypto::Slots const& slots) {
  return base::write_file(folder / kSlotsFile, slots.file, base::FileAccess::kOwnerOnly);
}

}  // namespace dga::store
