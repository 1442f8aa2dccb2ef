#pragma once

#include <filesystem>

#include "shared/crypto/slots_change.h"
#include "shared/store/kiosk_folder.h"

namespace dga::store {

// Changing who may open a kiosk: its file `slots` is written anew, the data is not touched. Each opens the kiosk with
// `secret` first, so that what is written anew is known to open its database, and nobody else may have it open
// ("store.held"). A crash at any moment leaves the old file or the new one. Errors of opening a kiosk and of slots.

// Refused "slots.short_passphrase". Every earlier passphrase opens nothing any more; copies of the old file still do.
[[nodiscard]] base::Done change_passphrase(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                           std::string_view passphrase, crypto::PassphraseCost cost,
                                           base::Random& random);
[[nodiscard]] base::Done add_credential(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                        crypto::Credential const& credential, base::Random& random);
[[nodiscard]] base::Done add_recovery_key(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                          crypto::BoxPublic const& key);
// `place`: from 0. `secret` must open one of the slots that stay, or it is refused as a wrong one: so the last slot
// that anybody can open is never removed. Refused "slots.last" when it is the only one, "slots.own_slot" when the
// secret opens no other.
[[nodiscard]] base::Done remove_slot(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                     std::size_t place);

// What stands in the file; needs no secret, and no lock. Errors of reading slots.
[[nodiscard]] base::Result<crypto::Slots> slots_of(std::filesystem::path const& folder);

}  // namespace dga::store
