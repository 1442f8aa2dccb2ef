#pragma once

#include <filesystem>
#include <string_view>

#include "shared/crypto/keys.h"
#include "shared/crypto/slots.h"
#include "shared/store/folder_lock.h"
#include "shared/store/kiosk_store.h"

namespace dga::store {

// A kiosk's folder on disk: kiosk.db (with its WAL) and `slots`, which wraps the master key.
struct OpenKiosk {
  crypto::KioskMaster master;
  crypto::SigningKey signing;
  crypto::BoxKey box;
  FolderLock lock;  // goes after the store
  KioskStore store;
};

// Whether a kiosk was ever made here; says nothing of whether it can be opened.
[[nodiscard]] bool is_kiosk(std::filesystem::path const& folder);

// Removes the files that a kiosk is made of, and the folder when nothing else is in it. For one that was just made and
// that nobody knows yet; its identity and its log are gone for good.
void discard_new_kiosk(std::filesystem::path const& folder);

// Draws a master key and a log salt, wraps the key, makes the database with record 1. On an error the folder is as
// before. Refused "kiosk.exists" when there is a kiosk already, "slots.short_passphrase".
[[nodiscard]] base::Result<OpenKiosk> create_kiosk(std::filesystem::path const& folder, std::string_view passphrase,
                                                   crypto::PassphraseCost cost, std::string_view product_version,
                                                   base::Clock const& clock, base::Random& random);
// Errors of slots and of the database, and refused "kiosk.not_found". A database that the proven key does not open is
// damaged "store.damaged", or "kiosk.other_generation" when it, or the slots, are an older copy. An interrupted rekey
// (kiosk_rekey.h) is finished or undone on the way.
[[nodiscard]] base::Result<OpenKiosk> open_kiosk(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                                 OpenOptions options = {});
[[nodiscard]] base::Result<OpenKiosk> open_kiosk(std::filesystem::path const& folder, std::string_view passphrase,
                                                 OpenOptions options = {});
// For whoever has a reason to hold the folder alone. REQUIRES: `master` is what `slots` wrap, and they were read under
// `lock`.
[[nodiscard]] base::Result<OpenKiosk> open_kiosk_with(std::filesystem::path const& folder, FolderLock lock,
                                                      crypto::Slots const& slots, crypto::KioskMaster const& master,
                                                      OpenOptions options);

}  // namespace dga::store
