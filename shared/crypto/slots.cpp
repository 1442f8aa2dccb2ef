#include "shared/crypto/slots.h"

#include <fmt/format.h>
#include <sodium.h>

#include "shared/crypto/hash.h"
#include "shared/crypto/slot.pb.h"
#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

constexpr std::uint32_t kPassphrase = 1;  // a kind of slot, as in slot.proto

// A slot file is some hundred bytes. Whoever can write beside the database must not be able to fill the memory with it,
// nor to keep the kiosk busy: every passphrase slot costs one Argon2id.
constexpr std::size_t kMostFileBytes = 16 * 1024;
constexpr int kMostSlots = 8;
constexpr std::uint64_t kMostMemory = 1024ULL * 1024 * 1024;
constexpr std::uint64_t kMostPasses = 16;

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* octets(base::Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
unsigned char const* octets(base::Bytes const& bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

base::Bytes associated(std::uint32_t kind, base::LogId const& first_log) {
  return base::Bytes(label("dga-slot-v1")).append(1, static_cast<char>(kind)).append(first_log.view());
}

// False when the machine has not the memory that the slot asks for.
bool stretch(std::string_view passphrase, v1::Slot const& slot, Key32& key) {
  return crypto_pwhash(key.data(), Key32::kSize, passphrase.data(), passphrase.size(), octets(slot.salt16()),
                       slot.opslimit(), static_cast<std::size_t>(slot.memlimit()), crypto_pwhash_ALG_ARGON2ID13) == 0;
}

base::Error no_memory(v1::Slot const& slot) {
  return base::storage(
      "slots.no_memory",
      fmt::format("could not work on the passphrase: it takes {} MiB of memory", slot.memlimit() / (1024 * 1024)),
      "Close other programs and try again");
}

base::Error damaged_slots(std::string_view found) {
  return base::damaged("slots.damaged", fmt::format("could not read the key slots: {}", found),
                       "Restore the file `slots` from a copy; the database cannot be opened without it");
}

bool passphrase_slot_is_sane(v1::Slot const& slot) {
  return slot.opslimit() >= crypto_pwhash_argon2id_OPSLIMIT_MIN && slot.opslimit() <= kMostPasses &&
         slot.memlimit() >= crypto_pwhash_argon2id_MEMLIMIT_MIN && slot.memlimit() <= kMostMemory &&
         slot.salt16().size() == crypto_pwhash_SALTBYTES && slot.nonce24().size() == kNonceBytes &&
         slot.sealed().size() == Key32::kSize + kTagBytes;
}

}  // namespace

PassphraseCost moderate_cost() { return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE}; }
PassphraseCost minimal_cost() { return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}; }

base::Result<base::Bytes> wrap_with_passphrase(KioskMaster const& master, base::LogId const& first_log,
                                               std::uint32_t generation, std::string_view passphrase,
                                               PassphraseCost cost, base::Random& random) {
  sodium_ready();
  if (passphrase.empty())
    return base::refused("slots.empty_passphrase", "an empty passphrase would protect nothing", "Choose a passphrase");
  v1::SlotFile file;
  file.set_first_log_id(first_log.bytes());
  file.set_generation(generation);
  auto& slot = *file.add_slots();
  slot.set_kind(kPassphrase);
  slot.set_opslimit(cost.opslimit);
  slot.set_memlimit(cost.memlimit);
  slot.mutable_salt16()->resize(crypto_pwhash_SALTBYTES);
  random.fill(slot.mutable_salt16()->data(), crypto_pwhash_SALTBYTES);
  slot.mutable_nonce24()->resize(kNonceBytes);
  random.fill(slot.mutable_nonce24()->data(), kNonceBytes);
  Key32 key;
  if (!stretch(passphrase, slot, key)) return no_memory(slot);
  auto const about = associated(kPassphrase, first_log);
  slot.mutable_sealed()->resize(Key32::kSize + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(*slot.mutable_sealed()), nullptr, master.secret().data(),
                                             Key32::kSize, octets(about), about.size(), nullptr, octets(slot.nonce24()),
                                             key.data());
  return file.SerializeAsString();
}

base::Result<Slots> read_slots(base::ByteView bytes) {
  if (bytes.size() > kMostFileBytes) return damaged_slots("the file is far too large for one");
  v1::SlotFile file;
  if (!file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return damaged_slots("the file is none");
  auto const first_log = base::LogId::from(file.first_log_id());
  if (!first_log) return damaged_slots("the log's id is missing");
  if (file.slots_size() == 0 || file.slots_size() > kMostSlots)
    return damaged_slots(fmt::format("it names {} slots", file.slots_size()));
  for (auto const& slot : file.slots()) {
    if (slot.kind() == 0)  // a kind from a later version is left to that version
      return damaged_slots("a slot is of no kind");
    if (slot.kind() == kPassphrase && !passphrase_slot_is_sane(slot))
      return damaged_slots("a passphrase slot has impossible sizes or costs");
  }
  return Slots{*first_log, file.generation(), base::Bytes(bytes)};
}

base::Result<KioskMaster> unwrap_with_passphrase(Slots const& slots, std::string_view passphrase) {
  sodium_ready();
  TRY(auto const checked, read_slots(slots.file));  // whoever filled in `slots` by hand gets the same limits
  v1::SlotFile file;
  file.ParseFromString(checked.file);
  auto const about = associated(kPassphrase, checked.first_log);
  bool tried = false;
  for (auto const& slot : file.slots()) {
    if (slot.kind() != kPassphrase) continue;
    tried = true;
    Key32 key, secret;
    if (!stretch(passphrase, slot, key)) return no_memory(slot);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret.data(), nullptr, nullptr, octets(slot.sealed()),
                                                   slot.sealed().size(), octets(about), about.size(),
                                                   octets(slot.nonce24()), key.data()) == 0)
      return KioskMaster(secret);
  }
  if (!tried)
    return base::refused("slots.no_passphrase_slot", "no slot of this kiosk opens with a passphrase",
                         "Start it with its system credential, or with the recovery key");
  return base::refused("slots.wrong_passphrase", "the passphrase does not open this kiosk's key slots",
                       "Check the passphrase, and that this is the right kiosk's folder");
}

}  // namespace dga::crypto
