#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "shared/crypto/keys.h"
#include "shared/crypto/slots.h"
#include "shared/store/folder_lock.h"
#include "shared/store/salvage/files.h"

namespace dga::salvage {

// A kiosk's files and its keys, without its database being opened: nobody else can open it meanwhile.
struct HeldKiosk {
  store::FolderLock lock;
  crypto::Slots slots;
  crypto::KioskMaster master;
  crypto::Key32 key;  // the one that the database was written with
  DatabaseFiles files;
  // Why the kiosk does not start although each file may be whole: slots and database are of different days.
  std::optional<std::string> mismatch;
};

// Errors of reading slots, of `secret`, and of hold_files().
[[nodiscard]] base::Result<HeldKiosk> hold_kiosk(std::filesystem::path const& folder, crypto::SlotSecret const& secret);

}  // namespace dga::salvage
