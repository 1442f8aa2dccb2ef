#include "shared/crypto/keys.h"

#include <sodium.h>

#include <cstdlib>

#include "shared/crypto/hash.h"
#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

// protocol.md, "Keys": which number of crypto_kdf is for what. A number is never used for two things.
enum Subkey : std::uint64_t { kSigning = 1, kBox = 2, kIndex = 4, kDatabase = 1000 };

Key32 derive(Key32 const& master, std::uint64_t number) {
  sodium_ready();
  static_assert(Key32::kSize == crypto_kdf_KEYBYTES);
  Key32 key;
  if (crypto_kdf_derive_from_key(key.data(), Key32::kSize, number, "KIOSKv01", master.data()) != 0) std::abort();
  return key;
}

}  // namespace

KioskMaster KioskMaster::generate(base::Random& random) {
  Key32 secret;
  random.fill(secret.data(), Key32::kSize);
  return KioskMaster(secret);
}

SigningKey KioskMaster::signing() const { return SigningKey::from_seed(derive(secret_, kSigning)); }
BoxKey KioskMaster::box() const { return BoxKey::from_seed(derive(secret_, kBox)); }
Key32 KioskMaster::index() const { return derive(secret_, kIndex); }
Key32 KioskMaster::database(std::uint32_t generation) const { return derive(secret_, kDatabase + generation); }

std::uint32_t badge_tag(base::ByteView badge_key, std::uint64_t participant) {
  auto const digest = keyed_hash(badge_key, {label("dga-badge-v1"), base::le64(participant)});
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | digest.octets[i];
  return static_cast<std::uint32_t>(number % 1'000'000);
}

base::Digest citizen_hash(base::ByteView citizen_key, std::string_view number) {
  return keyed_hash(citizen_key, {label("dga-citizen-v1"), number});
}

std::string hash_pin(std::string_view pin) {
  sodium_ready();
  char text[crypto_pwhash_STRBYTES];
  // Fails only when the machine has no 64 MiB left; there is no weaker hash to fall back to.
  if (crypto_pwhash_str(text, pin.data(), pin.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    std::abort();
  return text;
}

bool pin_matches(std::string_view pin_hash, std::string_view pin) {
  sodium_ready();
  // libsodium reads a C text of at most this size.
  if (pin_hash.size() >= crypto_pwhash_STRBYTES) return false;
  std::string const text(pin_hash);
  return crypto_pwhash_str_verify(text.c_str(), pin.data(), pin.size()) == 0;
}

}  // namespace dga::crypto
