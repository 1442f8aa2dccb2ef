#include "shared/store/salvage/kiosk.h"

#include <fmt/format.h>

#include <new>

#include "shared/store/kiosk_files.h"
#include "shared/store/memory.h"

namespace dga::salvage {

base::Result<HeldKiosk> hold_kiosk(std::filesystem::path const& folder, crypto::SlotSecret const& secret) try {
  if (!store::is_there(folder / store::kKioskDatabase)) TRY_DO(store::read_kiosk_slots(folder));  // which says so
  TRY(auto lock, store::FolderLock::take(folder, store::FolderLock::Sharing::kShared));
  TRY(auto slots, store::read_kiosk_slots(folder));
  TRY(auto const master, crypto::unwrap(slots, secret));
  TRY(auto files, hold_files(folder / store::kKioskDatabase));
  // Between the two moments of a rekey the slots are ahead of the database.
  auto const generation = store::generation_of(folder / store::kKioskDatabase, master, slots.generation, {});
  auto const key = master.database(generation.value_or(slots.generation));
  std::optional<std::string> mismatch;
  bool const under_way = store::is_there(folder / store::kRekeyedDatabase);  // a rekey: the next start finishes it
  if (generation && *generation != slots.generation && !under_way)
    mismatch = fmt::format("the database is of generation {}, the slots beside it are of generation {}", *generation,
                           slots.generation);
  return HeldKiosk{std::move(lock), std::move(slots), master, key, std::move(files), std::move(mismatch)};
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

}  // namespace dga::salvage
