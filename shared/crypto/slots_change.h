#pragma once

#include "shared/crypto/slots.h"

namespace dga::crypto {

// The least a new passphrase has, in code points: a letter with its accents counts as one however it is encoded in
// bytes. Argon2id MODERATE takes half a second for a guess; eight letters drawn at random are 2^37 of them, 2,000 years
// of one such machine. Asked where a passphrase is set, never where it is used: an older, shorter one goes on opening.
inline constexpr std::size_t kLeastPassphrase = 8;
// Refused "slots.short_passphrase".
[[nodiscard]] base::Done check_new_passphrase(std::string_view passphrase);

// Each gives the slots as they are to be written; slots of kinds that this version does not know stay.
// REQUIRES: `master` is what the slots wrap. Damaged "slots.damaged" as read_slots, refused "slots.too_many" beyond 8.

// One passphrase slot, in place of all there were: a passphrase that was changed must not go on opening.
[[nodiscard]] base::Result<Slots> with_passphrase(Slots const& slots, KioskMaster const& master,
                                                  std::string_view passphrase, PassphraseCost cost,
                                                  base::Random& random);
[[nodiscard]] base::Result<Slots> with_credential(Slots const& slots, KioskMaster const& master,
                                                  Credential const& credential, base::Random& random);
// Refused "recovery.not_a_key" for a public key that no secret one has.
[[nodiscard]] base::Result<Slots> with_recovery(Slots const& slots, KioskMaster const& master, BoxPublic const& key);
// `place`: from 0. Refused "slots.no_such_slot", and "slots.last" when nothing would be left.
[[nodiscard]] base::Result<Slots> without_slot(Slots const& slots, std::size_t place);
[[nodiscard]] base::Result<Slots> with_generation(Slots const& slots, std::uint32_t generation);

}  // namespace dga::crypto
