#include "shared/crypto/slots_change.h"

#include <fmt/format.h>

#include <algorithm>

#include "shared/crypto/recovery_key.h"
#include "shared/crypto/slot_parts.h"
#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

void draw(base::Random& random, base::Bytes& into, std::size_t size) {
  into.resize(size);
  random.fill(into.data(), size);
}

base::Result<v1::Slot> passphrase_slot(KioskMaster const& master, base::LogId const& first_log,
                                       std::string_view passphrase, PassphraseCost cost, base::Random& random) {
  if (passphrase.empty())
    return base::refused("slots.empty_passphrase", "an empty passphrase would protect nothing", "Choose a passphrase");
  v1::Slot slot;
  slot.set_kind(number(SlotKind::kPassphrase));
  slot.set_opslimit(cost.opslimit);
  slot.set_memlimit(cost.memlimit);
  draw(random, *slot.mutable_salt16(), kSaltBytes);
  draw(random, *slot.mutable_nonce24(), kNonceBytes);
  TRY(auto const key, stretch(passphrase, slot));
  seal_master(slot, SlotKind::kPassphrase, first_log, key, master);
  return slot;
}

base::Result<Slots> finished(v1::SlotFile const& file) { return read_slots(file.SerializeAsString()); }

base::Done room_for_one_more(v1::SlotFile const& file) {
  if (file.slots_size() < kMostSlots) return {};
  return base::refused("slots.too_many", fmt::format("this kiosk has {} key slots, and more are not read", kMostSlots),
                       "Remove one first");
}

}  // namespace

base::Done check_new_passphrase(std::string_view passphrase) {
  // Every octet of UTF-8 but those that continue a code point.
  auto const points = std::count_if(passphrase.begin(), passphrase.end(),
                                    [](char octet) { return (static_cast<unsigned char>(octet) & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(points) >= kLeastPassphrase) return {};
  return base::refused(
      "slots.short_passphrase",
      fmt::format("a new passphrase needs at least {} letters: whoever has the disk can try many", kLeastPassphrase),
      "Choose a longer one; several words are easiest to type");
}

base::Result<base::Bytes> wrap_with_passphrase(KioskMaster const& master, base::LogId const& first_log,
                                               std::uint32_t generation, std::string_view passphrase,
                                               PassphraseCost cost, base::Random& random) {
  v1::SlotFile file;
  file.set_first_log_id(first_log.bytes());
  file.set_generation(generation);
  TRY(*file.add_slots(), passphrase_slot(master, first_log, passphrase, cost, random));
  return file.SerializeAsString();
}

base::Result<Slots> with_passphrase(Slots const& slots, KioskMaster const& master, std::string_view passphrase,
                                    PassphraseCost cost, base::Random& random) {
  TRY(auto file, parse(slots));
  TRY(auto const slot, passphrase_slot(master, slots.first_log, passphrase, cost, random));
  auto& all = *file.mutable_slots();
  auto const is_passphrase = [](v1::Slot const& one) { return one.kind() == number(SlotKind::kPassphrase); };
  if (auto const first = std::find_if(all.begin(), all.end(), is_passphrase); first != all.end()) {
    auto const place = first - all.begin();
    all.erase(std::remove_if(first, all.end(), is_passphrase), all.end());
    *all.Add() = slot;
    std::rotate(all.begin() + place, all.end() - 1, all.end());
    return finished(file);
  }
  TRY_DO(room_for_one_more(file));
  *all.Add() = slot;
  return finished(file);
}

base::Result<Slots> with_credential(Slots const& slots, KioskMaster const& master, Credential const& credential,
                                    base::Random& random) {
  TRY(auto file, parse(slots));
  TRY_DO(room_for_one_more(file));
  auto& slot = *file.add_slots();
  slot.set_kind(number(SlotKind::kCredential));
  draw(random, *slot.mutable_salt16(), kSaltBytes);
  draw(random, *slot.mutable_nonce24(), kNonceBytes);
  seal_master(slot, SlotKind::kCredential, slots.first_log, key_from(credential, slot), master);
  return finished(file);
}

base::Result<Slots> with_recovery(Slots const& slots, KioskMaster const& master, BoxPublic const& key) {
  TRY(auto file, parse(slots));
  TRY_DO(room_for_one_more(file));
  auto plain = about_slot(SlotKind::kRecovery, slots.first_log).append(master.secret().view());
  auto sealed = seal(key, plain);
  wipe(plain.data(), plain.size());
  if (sealed.empty())
    return base::refused("recovery.not_a_key", "the recovery key's public half belongs to no secret key",
                         "Make a pair with `dga kiosk recovery-key make`");
  auto& slot = *file.add_slots();
  slot.set_kind(number(SlotKind::kRecovery));
  slot.set_salt16(recovery_key_id(key));
  slot.set_sealed(std::move(sealed));
  return finished(file);
}

base::Result<Slots> without_slot(Slots const& slots, std::size_t place) {
  TRY(auto file, parse(slots));
  if (place >= static_cast<std::size_t>(file.slots_size()))
    return base::refused("slots.no_such_slot",
                         fmt::format("there is no slot {}: this kiosk has {}", place + 1, file.slots_size()),
                         "See `dga kiosk slots`");
  if (file.slots_size() == 1)
    return base::refused("slots.last",
                         "this is the only key slot: without it nothing would open the kiosk's data any more",
                         "Add another slot first, or change the passphrase instead");
  file.mutable_slots()->DeleteSubrange(static_cast<int>(place), 1);
  return finished(file);
}

base::Result<Slots> with_generation(Slots const& slots, std::uint32_t generation) {
  TRY(auto file, parse(slots));
  file.set_generation(generation);
  return finished(file);
}

}  // namespace dga::crypto
