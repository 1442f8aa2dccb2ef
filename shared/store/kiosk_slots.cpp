#include "shared/store/kiosk_slots.h"

#include <functional>
#include <new>
#include <optional>

#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_rekey.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

namespace fs = std::filesystem;

struct Change {
  // The slots as they are to be.
  std::function<base::Result<crypto::Slots>(crypto::Slots const&, crypto::KioskMaster const&)> make;
  // Which slots the secret must open one of; all of them when empty.
  std::function<base::Result<crypto::Slots>(crypto::Slots const&)> those = {};
  // What must open the new slots, where that can be tried.
  std::optional<crypto::SlotSecret> opened_by = {};
};

base::Done rewrite_slots(fs::path const& folder, crypto::SlotSecret const& secret, Change const& change) {
  if (!is_kiosk(folder)) TRY_DO(read_kiosk_slots(folder));  // which says so
  TRY(auto lock, FolderLock::take(folder, FolderLock::Sharing::kAlone));
  TRY(auto const slots, read_kiosk_slots(folder));
  TRY(auto const proving, change.those ? change.those(slots) : base::Result<crypto::Slots>(slots));
  auto const proved = crypto::unwrap(proving, secret);
  if (!proved.ok() && change.those && crypto::unwrap(slots, secret).ok())
    return base::refused("slots.own_slot", "what was given opens only the slot that is to be removed",
                         "Give what opens one that stays: nobody is to be locked out by mistake");
  TRY(auto const master, proved);
  TRY_DO(settle_rekey(folder, lock, slots, master, {}));
  TRY(auto const kiosk, open_kiosk_with(folder, std::move(lock), slots, master, {}));
  TRY(auto const changed, change.make(slots, master));
  // What is about to replace the only way in is tried first: a bit of memory that flipped would lock everybody out.
  if (change.opened_by) {
    TRY(auto const again, crypto::unwrap(changed, *change.opened_by));
    if (again.secret().view() != master.secret().view())
      return base::storage("slots.not_proven", "the new key slots do not open as they should, so the old ones stay",
                           "Try again; should it happen again, check this machine's memory");
  }
  return write_kiosk_slots(folder, changed);
}

}  // namespace

base::Done change_passphrase(fs::path const& folder, crypto::SlotSecret const& secret, std::string_view passphrase,
                             crypto::PassphraseCost cost, base::Random& random) try {
  TRY_DO(crypto::check_new_passphrase(passphrase));
  return rewrite_slots(folder, secret,
                       {[&](auto const& slots, auto const& master) {
                          return crypto::with_passphrase(slots, master, passphrase, cost, random);
                        },
                        {},
                        crypto::Passphrase(passphrase)});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done add_credential(fs::path const& folder, crypto::SlotSecret const& secret,
                          crypto::Credential const& credential, base::Random& random) try {
  return rewrite_slots(folder, secret,
                       {[&](auto const& slots, auto const& master) {
                          return crypto::with_credential(slots, master, credential, random);
                        },
                        {},
                        credential});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done add_recovery_key(fs::path const& folder, crypto::SlotSecret const& secret,
                            crypto::BoxPublic const& key) try {
  return rewrite_slots(folder, secret, {[&](auto const& slots, auto const& master) {
                         return crypto::with_recovery(slots, master, key);
                       }});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done remove_slot(fs::path const& folder, crypto::SlotSecret const& secret, std::size_t place) try {
  auto const rest = [&](crypto::Slots const& slots) { return crypto::without_slot(slots, place); };
  return rewrite_slots(folder, secret, {[&](auto const& slots, auto const&) { return rest(slots); }, rest, secret});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<crypto::Slots> slots_of(fs::path const& folder) try {
  return read_kiosk_slots(folder);
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
