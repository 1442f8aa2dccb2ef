#pragma once

// Private to the kiosk's store: which files a kiosk is, and how one comes into being.
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/crypto/keys.h"
#include "shared/crypto/slots.h"
#include "shared/store/kiosk_store.h"

namespace dga::store {

// A kiosk is there when kiosk.db is. Until it is complete it has the other name, so that a crash on the way leaves
// either a whole kiosk or none.
inline constexpr std::string_view kKioskDatabase = "kiosk.db";
inline constexpr std::string_view kUnfinishedDatabase = "kiosk.db.new";
// What SQLite may leave beside a database, and the database itself.
inline constexpr std::array kBesideADatabase{"", "-wal", "-journal"};
inline constexpr std::string_view kSlotsFile = "slots";
// The same data under the next generation's key, until it takes the place of kiosk.db (kiosk_rekey.h).
inline constexpr std::string_view kRekeyedDatabase = "kiosk.db.rekey";

// Makes a whole database with record 1 in it, durable and closed, no log beside it.
[[nodiscard]] base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key,
                                             LogIdentity const& identity, std::string_view product_version,
                                             base::Clock const& clock, OpenOptions options);
// kiosk.db.new becomes kiosk.db, durably.
[[nodiscard]] base::Done publish_kiosk(std::filesystem::path const& folder);
// Removes kiosk.db.new with whatever stands beside it.
void discard_unfinished(std::filesystem::path const& folder);
// The same for another database of the folder.
void discard_database(std::filesystem::path const& file);

[[nodiscard]] bool is_there(std::filesystem::path const& path);
// What was created, renamed and removed there is so after a power cut.
[[nodiscard]] base::Done sync_folder(std::filesystem::path const& folder);

// The key slots of a kiosk that is there. Refused "kiosk.not_found", damaged "slots.missing" and "slots.damaged".
[[nodiscard]] base::Result<crypto::Slots> read_kiosk_slots(std::filesystem::path const& folder);
// A crash leaves the old file or the new one, whole.
[[nodiscard]] base::Done write_kiosk_slots(std::filesystem::path const& folder, crypto::Slots const& slots);

// With which generation's key the database was written: `expected`, or one of the 64 before it and the 8 after it.
// Nothing when none of its first pages opens. Only reads.
[[nodiscard]] std::optional<std::uint32_t> generation_of(std::filesystem::path const& file,
                                                         crypto::KioskMaster const& master, std::uint32_t expected,
                                                         OpenOptions const& options);

}  // namespace dga::store
