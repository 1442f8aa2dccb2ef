#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "shared/crypto/slots.h"
#include "shared/store/database.h"
#include "shared/store/folder_lock.h"

namespace dga::store {

// Giving a kiosk's data a new key: the next generation's, from the same master, so that identity, log and slots stay.
//
// The data is copied whole to kiosk.db.rekey under the new key, checked and synced; then `slots` is written with the
// new generation: from that moment on the copy is the kiosk's database. Then it takes the name kiosk.db. After a crash:
//
//   slots say g, kiosk.db is of g             the copy, if there is one, was never needed: removed, and made anew next
//   time slots say g + 1, kiosk.db is of g, copy   all is done but the name: the copy is checked once more and takes it
//   slots say g + 1, kiosk.db is of g + 1     done
//
// Nothing is removed before what replaces it is durable. The old pages go with their file; a disk that keeps
// overwritten blocks (flash does) may keep them, and the old key with the master opens them: whoever fears for the
// master itself enrols the kiosk anew.
enum class RekeyStep {
  kOpened,        // the old database is whole: every page, and the chain from record 1
  kLogMoved,      // all of it is in kiosk.db, the log is empty
  kCopying,       // some of the copy is written; told again and again
  kCopied,        // all of it, and synced
  kChecked,       // the copy is whole, and ends with the same record
  kSlotsWritten,  // the copy is the kiosk's database now
  kOldLogRemoved,
  kReplaced,  // the copy is kiosk.db
};
// Told after each step, on the caller's thread.
using RekeyObserver = std::function<void(RekeyStep)>;

struct Rekeyed {
  std::uint32_t generation = 0;
  std::uint64_t records = 0;
  bool finished_an_earlier_one = false;  // it was interrupted; nothing was copied anew
};

// REQUIRES: no OpenKiosk of this folder in this program. Errors of opening a kiosk, also "store.held" while anybody has
// it open, and "store.full": room for a second copy is needed. After any error the kiosk opens as before.
[[nodiscard]] base::Result<Rekeyed> rekey_kiosk(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                                RekeyObserver const& observer = {}, OpenOptions const& options = {});

// What a crash left behind is finished (and the slots' generation is kiosk.db's again) or removed. Damaged
// "kiosk.rekey_damaged" when neither can be done without losing data: then nothing was changed.
// REQUIRES: `alone` holds the folder alone, `slots` were read under it and wrap `master`.
enum class Settled { kNothing, kRemoved, kFinished };
[[nodiscard]] base::Result<Settled> settle_rekey(std::filesystem::path const& folder, FolderLock const& alone,
                                                 crypto::Slots const& slots, crypto::KioskMaster const& master,
                                                 OpenOptions const& options, RekeyObserver const& observer = {});

}  // namespace dga::store
