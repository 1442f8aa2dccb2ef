#pragma once

// Private to the kiosk's store: which files a kiosk is, and how one comes into being.
#include <filesystem>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/crypto/secret.h"
#include "shared/store/kiosk_store.h"

namespace dga::store {

// A kiosk is there when kiosk.db is. Until it is complete it has the other name, so that a crash on the way leaves
// either a whole kiosk or none.
inline constexpr std::string_view kKioskDatabase = "kiosk.db";
inline constexpr std::string_view kUnfinishedDatabase = "kiosk.db.new";
inline constexpr std::string_view kSlotsFile = "slots";

// Makes a whole database with record 1 in it, durable and closed, no log beside it.
[[nodiscard]] base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key,
                                             LogIdentity const& identity, std::string_view product_version,
                                             base::Clock const& clock, OpenOptions options);
// kiosk.db.new becomes kiosk.db, durably.
[[nodiscard]] base::Done publish_kiosk(std::filesystem::path const& folder);
// Removes kiosk.db.new with whatever stands beside it.
void discard_unfinished(std::filesystem::path const& folder);

}  // namespace dga::store
