#pragma once

// Private to the slots: the pieces that reading and changing them share.
#include <sodium.h>

#include "shared/crypto/slot.pb.h"
#include "shared/crypto/slots.h"

namespace dga::crypto {

// A slot file is some hundred bytes. Whoever can write beside the database must not be able to fill the memory with it,
// nor to keep the kiosk busy: every passphrase slot costs one Argon2id.
inline constexpr std::size_t kMostFileBytes = 16 * 1024;
inline constexpr int kMostSlots = 8;

inline constexpr std::size_t kSaltBytes = crypto_pwhash_SALTBYTES;
inline constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
inline constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kSaltBytes == 16 && kNonceBytes == 24);

[[nodiscard]] constexpr std::uint32_t number(SlotKind kind) { return static_cast<std::uint32_t>(kind); }

// "dga-slot-v1\0" || kind || first log_id: what a slot is bound to.
[[nodiscard]] base::Bytes about_slot(SlotKind kind, base::LogId const& first_log);

// The key of a passphrase slot with its salt and costs; storage "slots.no_memory".
[[nodiscard]] base::Result<Key32> stretch(std::string_view passphrase, v1::Slot const& slot);
// The key of a credential slot with its salt.
[[nodiscard]] Key32 key_from(Credential const& credential, v1::Slot const& slot);

// aead(key, master) of slot.proto.
void seal_master(v1::Slot& slot, SlotKind kind, base::LogId const& first_log, Key32 const& key,
                 KioskMaster const& master);
[[nodiscard]] bool open_master(v1::Slot const& slot, SlotKind kind, base::LogId const& first_log, Key32 const& key,
                               Key32& master);

// Read again, limits and all: whoever filled in a Slots by hand gets no further than a file would.
[[nodiscard]] base::Result<v1::SlotFile> parse(Slots const& slots);

}  // namespace dga::crypto
