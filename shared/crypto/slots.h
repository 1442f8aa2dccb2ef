#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/keys.h"

namespace dga::crypto {

// What one Argon2id costs. MODERATE takes 256 MiB and half a second; tests take minimal_cost().
struct PassphraseCost {
  std::uint64_t opslimit;
  std::uint64_t memlimit;
};
[[nodiscard]] PassphraseCost moderate_cost();
[[nodiscard]] PassphraseCost minimal_cost();

// The bytes of the file `slots` beside a kiosk's database; slot.proto says what stands in it.
struct Slots {
  base::LogId first_log;
  std::uint32_t generation = 0;
  base::Bytes file;  // a serialised SlotFile
};

enum class SlotKind : std::uint8_t { kPassphrase = 1, kCredential = 2, kRecovery = 3 };

// What somebody remembers. Wiped when it goes.
class Passphrase {
 public:
  explicit Passphrase(std::string_view text) : text_(text) {}
  Passphrase(Passphrase const&) = default;
  Passphrase& operator=(Passphrase const& other) {
    if (this == &other) return *this;
    wipe(text_.data(), text_.size());  // a shorter one would leave the rest of it behind
    text_ = other.text_;
    return *this;
  }
  ~Passphrase() { wipe(text_.data(), text_.size()); }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  base::Bytes text_;
};

// What the system hands over, of which only the digest is kept.
class Credential {
 public:
  // All of the secret file. Refused "slots.credential_size" unless it has 32 to 4096 octets.
  [[nodiscard]] static base::Result<Credential> from(base::ByteView file);
  [[nodiscard]] Key32 const& digest() const { return digest_; }

 private:
  explicit Credential(Key32 digest) : digest_(digest) {}
  Key32 digest_;
};
inline constexpr std::size_t kLeastCredentialBytes = 32, kMostCredentialBytes = 4096;

// What opens a slot: one type for each kind.
using SlotSecret = std::variant<Passphrase, Credential, BoxKey>;

// Which of its slots a file has, in their order; nothing secret.
struct SlotAbout {
  std::uint32_t kind = 0;    // a SlotKind, or one of a later version
  base::Bytes mark;          // 4 octets that stay its own while others come and go; its number in the list does not
  base::Bytes recovery_key;  // kRecovery: which key opens it (recovery_key_id), 16 octets
};

// A slot file with one passphrase slot.
[[nodiscard]] base::Result<base::Bytes> wrap_with_passphrase(KioskMaster const& master, base::LogId const& first_log,
                                                             std::uint32_t generation, std::string_view passphrase,
                                                             PassphraseCost cost, base::Random& random);
// Damaged "slots.damaged" for a file that is none;
// a slot that asks for more than 1 GiB or 16 passes is damaged: a planted file must not exhaust the kiosk.
[[nodiscard]] base::Result<Slots> read_slots(base::ByteView file);
[[nodiscard]] std::vector<SlotAbout> list_slots(Slots const& slots);

// Tries the slots of the secret's kind. Refused "slots.no_passphrase_slot", "slots.no_credential_slot",
// "slots.no_recovery_slot", "slots.wrong_passphrase", "slots.wrong_credential", "slots.wrong_recovery_key"; storage
// "slots.no_memory".
[[nodiscard]] base::Result<KioskMaster> unwrap(Slots const& slots, SlotSecret const& secret);
[[nodiscard]] base::Result<KioskMaster> unwrap_with_passphrase(Slots const& slots, std::string_view passphrase);

}  // namespace dga::crypto
