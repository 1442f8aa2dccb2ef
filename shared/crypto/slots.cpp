#include "shared/crypto/slots.h"

#include <fmt/format.h>
#include <sodium.h>

#include <optional>

#include "shared/crypto/hash.h"
#include "shared/crypto/recovery_key.h"
#include "shared/crypto/slot_parts.h"
#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

constexpr std::uint64_t kMostMemory = 1024ULL * 1024 * 1024;
constexpr std::uint64_t kMostPasses = 16;

unsigned char* octets(base::Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
unsigned char const* octets(base::Bytes const& bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

base::Error damaged_slots(std::string_view found) {
  return base::damaged("slots.damaged", fmt::format("could not read the key slots: {}", found),
                       "Restore the file `slots` from a copy; the database cannot be opened without it");
}

bool sealed_alike(v1::Slot const& slot) {
  return slot.salt16().size() == kSaltBytes && slot.nonce24().size() == kNonceBytes &&
         slot.sealed().size() == Key32::kSize + kTagBytes;
}

// Nothing when a slot is as slot.proto says. A kind from a later version is left to that version.
char const* what_is_wrong(v1::Slot const& slot) {
  if (slot.kind() == 0) return "a slot is of no kind";
  if (slot.kind() == number(SlotKind::kPassphrase) &&
      (!sealed_alike(slot) || slot.opslimit() < crypto_pwhash_argon2id_OPSLIMIT_MIN || slot.opslimit() > kMostPasses ||
       slot.memlimit() < crypto_pwhash_argon2id_MEMLIMIT_MIN || slot.memlimit() > kMostMemory))
    return "a passphrase slot has impossible sizes or costs";
  if (slot.kind() == number(SlotKind::kCredential) && !sealed_alike(slot))
    return "a credential slot has impossible sizes";
  if (slot.kind() == number(SlotKind::kRecovery) && slot.salt16().size() != kSaltBytes)
    return "a recovery slot has impossible sizes";
  return nullptr;
}

// How one kind of secret is tried on the slots of its kind.
class Attempt {
 public:
  Attempt(v1::SlotFile const& file, base::LogId const& first_log) : file_(file), first_log_(first_log) {}

  base::Result<KioskMaster> operator()(Passphrase const& passphrase) const {
    for (auto const& slot : file_.slots()) {
      if (slot.kind() != number(SlotKind::kPassphrase)) continue;
      TRY(auto const key, stretch(passphrase.text(), slot));
      if (Key32 master; open_master(slot, SlotKind::kPassphrase, first_log_, key, master)) return KioskMaster(master);
    }
    return nothing_opens(SlotKind::kPassphrase);
  }
  base::Result<KioskMaster> operator()(Credential const& credential) const {
    for (auto const& slot : file_.slots()) {
      if (slot.kind() != number(SlotKind::kCredential)) continue;
      if (Key32 master; open_master(slot, SlotKind::kCredential, first_log_, key_from(credential, slot), master))
        return KioskMaster(master);
    }
    return nothing_opens(SlotKind::kCredential);
  }
  base::Result<KioskMaster> operator()(BoxKey const& key) const {
    auto const about = about_slot(SlotKind::kRecovery, first_log_);
    for (auto const& slot : file_.slots()) {
      if (slot.kind() != number(SlotKind::kRecovery)) continue;
      auto opened = key.open(slot.sealed());
      if (!opened.ok()) continue;
      auto& plain = opened.value();
      auto const master = plain.starts_with(about) ? Key32::from(base::ByteView(plain).substr(about.size()))
                                                   : std::nullopt;  // of another kiosk
      wipe(plain.data(), plain.size());
      if (master) return KioskMaster(*master);
    }
    return nothing_opens(SlotKind::kRecovery);
  }

 private:
  base::Error nothing_opens(SlotKind kind) const {
    bool tried = false;
    for (auto const& slot : file_.slots()) tried = tried || slot.kind() == number(kind);
    switch (kind) {
      case SlotKind::kPassphrase:
        if (!tried)
          return base::refused("slots.no_passphrase_slot", "no slot of this kiosk opens with a passphrase",
                               "Start it with its system credential, or with the recovery key");
        return base::refused("slots.wrong_passphrase", "the passphrase does not open this kiosk's key slots",
                             "Check the passphrase, and that this is the right kiosk's folder");
      case SlotKind::kCredential:
        if (!tried)
          return base::refused("slots.no_credential_slot", "no slot of this kiosk opens with a system credential",
                               "Add one with `dga kiosk slots add`, or start it with its passphrase");
        return base::refused("slots.wrong_credential", "the system credential does not open this kiosk's key slots",
                             "Check that the credential is this kiosk's");
      case SlotKind::kRecovery: break;
    }
    if (!tried)
      return base::refused("slots.no_recovery_slot", "no slot of this kiosk opens with a recovery key",
                           "Open it with its passphrase or its system credential");
    return base::refused("slots.wrong_recovery_key", "the recovery key does not open this kiosk's key slots",
                         "Check with `dga kiosk slots` which recovery key it was given");
  }

  v1::SlotFile const& file_;
  base::LogId const& first_log_;
};

}  // namespace

PassphraseCost moderate_cost() { return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE}; }
PassphraseCost minimal_cost() { return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}; }

base::Result<Credential> Credential::from(base::ByteView file) {
  if (file.size() < kLeastCredentialBytes || file.size() > kMostCredentialBytes)
    return base::refused("slots.credential_size",
                         fmt::format("a system credential has {} to {} bytes, this one has {}", kLeastCredentialBytes,
                                     kMostCredentialBytes, file.size()),
                         "Draw one at random: head -c 32 /dev/urandom > FILE");
  return Credential(*Key32::from(hash({file}).view()));
}

base::Bytes about_slot(SlotKind kind, base::LogId const& first_log) {
  return base::Bytes(label("dga-slot-v1")).append(1, static_cast<char>(kind)).append(first_log.view());
}

base::Result<Key32> stretch(std::string_view passphrase, v1::Slot const& slot) {
  sodium_ready();
  Key32 key;
  if (crypto_pwhash(key.data(), Key32::kSize, passphrase.data(), passphrase.size(), octets(slot.salt16()),
                    slot.opslimit(), static_cast<std::size_t>(slot.memlimit()), crypto_pwhash_ALG_ARGON2ID13) == 0)
    return key;
  return base::storage(
      "slots.no_memory",
      fmt::format("could not work on the passphrase: it takes {} MiB of memory", slot.memlimit() / (1024 * 1024)),
      "Close other programs and try again");
}

Key32 key_from(Credential const& credential, v1::Slot const& slot) {
  return *Key32::from(keyed_hash(credential.digest().view(), {label("dga-credential-v1"), slot.salt16()}).view());
}

void seal_master(v1::Slot& slot, SlotKind kind, base::LogId const& first_log, Key32 const& key,
                 KioskMaster const& master) {
  auto const about = about_slot(kind, first_log);
  slot.mutable_sealed()->resize(Key32::kSize + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(*slot.mutable_sealed()), nullptr, master.secret().data(),
                                             Key32::kSize, octets(about), about.size(), nullptr, octets(slot.nonce24()),
                                             key.data());
}

bool open_master(v1::Slot const& slot, SlotKind kind, base::LogId const& first_log, Key32 const& key, Key32& master) {
  auto const about = about_slot(kind, first_log);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(master.data(), nullptr, nullptr, octets(slot.sealed()),
                                                    slot.sealed().size(), octets(about), about.size(),
                                                    octets(slot.nonce24()), key.data()) == 0;
}

base::Result<Slots> read_slots(base::ByteView bytes) {
  if (bytes.size() > kMostFileBytes) return damaged_slots("the file is far too large for one");
  v1::SlotFile file;
  if (!file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return damaged_slots("the file is none");
  auto const first_log = base::LogId::from(file.first_log_id());
  if (!first_log) return damaged_slots("the log's id is missing");
  if (file.slots_size() == 0 || file.slots_size() > kMostSlots)
    return damaged_slots(fmt::format("it names {} slots", file.slots_size()));
  for (auto const& slot : file.slots())
    if (auto const* const wrong = what_is_wrong(slot)) return damaged_slots(wrong);
  return Slots{*first_log, file.generation(), base::Bytes(bytes)};
}

base::Result<v1::SlotFile> parse(Slots const& slots) {
  TRY(auto const checked, read_slots(slots.file));
  v1::SlotFile file;
  file.ParseFromString(checked.file);
  return file;
}

std::vector<SlotAbout> list_slots(Slots const& slots) {
  std::vector<SlotAbout> list;
  auto const file = parse(slots);
  if (!file.ok()) return list;
  for (auto const& slot : file->slots())
    // Of the salt, which is drawn anew for each: two credentials look alike otherwise. A recovery slot has its key's id
    // there.
    list.push_back({slot.kind(), slot.salt16().substr(0, 4),
                    slot.kind() == number(SlotKind::kRecovery) ? slot.salt16() : base::Bytes()});
  return list;
}

base::Result<KioskMaster> unwrap(Slots const& slots, SlotSecret const& secret) {
  sodium_ready();
  TRY(auto const file, parse(slots));
  return std::visit(Attempt(file, *base::LogId::from(file.first_log_id())), secret);
}

base::Result<KioskMaster> unwrap_with_passphrase(Slots const& slots, std::string_view passphrase) {
  return unwrap(slots, Passphrase(passphrase));
}

}  // namespace dga::crypto
