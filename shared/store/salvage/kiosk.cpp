#include <new>

#include "shared/store/salvage/kiosk.h"

#include "shared/store/kiosk_files.h"
#include "shared/store/memory.h"

namespace dga::salvage {

base::Result<HeldKiosk> hold_kiosk(std::filesystem::path const& folder, crypto::SlotSecret const& secret) try {
  TRY(auto lock, store::FolderLock::take(folder, store::FolderLock::Sharing::kShared));
  TRY(auto slots, store::read_kiosk_slots(folder));
  TRY(auto const master, crypto::unwrap(slots, secret));
  TRY(auto files, hold_files(folder / store::kKioskDatabase));
  // Between the two moments of a rekey the slots are ahead of the database.
  auto const generation = store::generation_of(folder / store::kKioskDatabase, master, slots.generation, {});
  auto const key = master.database(generation.value_or(slots.generation));
  return HeldKiosk{std::move(lock), std::move(slots), master, key, std::move(files)};
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

}  // namespace dga::salvage
