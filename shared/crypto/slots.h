#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/keys.h"

namespace dga::crypto {

// What one Argon2id costs. MODERATE takes 256 MiB and half a second; tests take kMinimal.
struct PassphraseCost {
  std::uint64_t opslimit;
  std::uint64_t memlimit;
};
[[nodiscard]] PassphraseCost moderate_cost();
[[nodiscard]] PassphraseCost minimal_cost();

// The bytes of the file `slots` beside a kiosk's database.
struct Slots {
  base::LogId first_log;
  std::uint32_t generation = 0;
  base::Bytes file;  // a serialised SlotFile
};

// A slot file with one passphrase slot.
[[nodiscard]] base::Result<base::Bytes> wrap_with_passphrase(KioskMaster const& master, base::LogId const& first_log,
                                                             std::uint32_t generation, std::string_view passphrase,
                                                             PassphraseCost cost, base::Random& random);
// Damaged "slots.damaged" for a file that is none; refused "slots.no_passphrase_slot", "slots.wrong_passphrase";
// a slot that asks for more than 1 GiB or 16 passes is damaged: a planted file must not exhaust the kiosk.
[[nodiscard]] base::Result<Slots> read_slots(base::ByteView file);
[[nodiscard]] base::Result<KioskMaster> unwrap_with_passphrase(Slots const& slots, std::string_view passphrase);

}  // namespace dga::crypto
