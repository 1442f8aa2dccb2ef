#include "shared/store/kiosk_folder.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

#include "shared/base/file.h"
#include "shared/crypto/slots_change.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_rekey.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

namespace fs = std::filesystem;

base::Error exists(fs::path const& folder, std::string_view what) {
  return base::refused("kiosk.exists", fmt::format("could not create a kiosk in {}: {}", folder.string(), what),
                       "Choose an empty folder, or move what is there away");
}

// Puts the folder back as it was, unless the kiosk was finished. Needs no memory for that: there may be none.
class Undo {
 public:
  explicit Undo(fs::path const& folder) {
    for (auto path = folder; !path.empty() && !is_there(path); path = path.parent_path()) made_.push_back(path);
    for (auto const* suffix : {"", "-wal"}) database_.push_back(folder / (std::string(kKioskDatabase) + suffix));
    for (auto const* suffix : {"", ".new"}) slots_.push_back(folder / (std::string(kSlotsFile) + suffix));
    for (auto const* suffix : kBesideADatabase)
      unfinished_.push_back(folder / (std::string(kUnfinishedDatabase) + suffix));
  }
  ~Undo() {
    if (finished_) return;
    // The slots first: slots beside an unfinished database are known to be nobody's, slots alone are not.
    if (database_is_ours_) remove(database_);
    if (slots_are_ours_) remove(slots_);
    if (unfinished_is_ours_) remove(unfinished_);
    remove(made_);  // only when empty
  }
  void unfinished_is_ours() { unfinished_is_ours_ = true; }
  void slots_are_ours() { slots_are_ours_ = true; }
  void database_is_ours() { database_is_ours_ = true; }
  void finished() { finished_ = true; }

 private:
  static void remove(std::vector<fs::path> const& paths) {
    std::error_code ignored;
    for (auto const& path : paths) fs::remove(path, ignored);
  }
  std::vector<fs::path> made_;  // innermost first
  std::vector<fs::path> database_, slots_, unfinished_;
  bool unfinished_is_ours_ = false, slots_are_ours_ = false, database_is_ours_ = false, finished_ = false;
};

base::Done make_folder(fs::path const& folder) {
  std::error_code failed;
  auto missing = folder;  // the outermost folder that is to be made
  while (missing.has_relative_path() && !is_there(missing.parent_path())) missing = missing.parent_path();
  bool const made = fs::create_directories(folder, failed);
  if (made) fs::permissions(folder, fs::perms::owner_all, failed);
  if (!failed && !made) return {};
  if (!failed) {
    // A kiosk whose folder a power cut takes back would be gone with all that it recorded.
    for (auto path = folder; path != missing.parent_path(); path = path.parent_path())
      TRY_DO(sync_folder(path.parent_path()));
    return {};
  }
  return base::storage("store.failed",
                       fmt::format("could not make the folder {}: {}", folder.string(), failed.message()),
                       "Check the path and its rights");
}

OpenKiosk assemble(crypto::KioskMaster const& master, FolderLock lock, KioskStore store) {
  return {master, master.signing(), master.box(), std::move(lock), std::move(store)};
}

base::Error other_generation(fs::path const& folder, std::uint32_t found, std::uint32_t expected) {
  constexpr char const* kTogether = "Put back `slots` and kiosk.db of one and the same day; keep what is there, too";
  if (found < expected)
    return base::damaged("kiosk.other_generation",
                         fmt::format("kiosk.db in {} is an older copy, of generation {}; the slots say {}",
                                     folder.string(), found, expected),
                         kTogether);
  return base::damaged("kiosk.other_generation",
                       fmt::format("the slots in {} are an older copy, of generation {}; kiosk.db has {}",
                                   folder.string(), expected, found),
                       kTogether);
}

}  // namespace

bool is_kiosk(std::filesystem::path const& folder) { return is_there(folder / kKioskDatabase); }

void discard_new_kiosk(std::filesystem::path const& folder) {
  std::error_code ignored;
  discard_database(folder / kKioskDatabase);
  fs::remove(folder / kSlotsFile, ignored);
  fs::remove(folder, ignored);  // refuses while anything is in it
}

base::Result<OpenKiosk> create_kiosk(fs::path const& given, std::string_view passphrase, crypto::PassphraseCost cost,
                                     std::string_view product_version, base::Clock const& clock,
                                     base::Random& random) try {
  std::error_code ignored;
  auto const folder = fs::absolute(given, ignored).lexically_normal();
  TRY_DO(crypto::check_new_passphrase(passphrase));
  // Whoever looks and then makes must be alone from the first look on. The folder is made for that, too, and taken away
  // again where nothing else came into it.
  Undo undo(folder);
  TRY_DO(make_folder(folder));
  TRY(auto lock, FolderLock::take(folder, FolderLock::Sharing::kAlone));
  if (is_there(folder / kKioskDatabase)) return exists(folder, "there is one already");
  if (is_there(folder / kRekeyedDatabase)) return exists(folder, "a database of another kiosk is there");
  bool const unfinished = is_there(folder / kUnfinishedDatabase);
  // Without an unfinished database beside them the slots may belong to one that was moved away: they open its data.
  if (is_there(folder / kSlotsFile) && !unfinished) return exists(folder, "key slots without their database are there");
  undo.unfinished_is_ours();
  if (unfinished) {  // what a crash left of an earlier try
    fs::remove(folder / kSlotsFile, ignored);
    discard_unfinished(folder);
  }
  auto const master = crypto::KioskMaster::generate(random);
  LogIdentity identity;
  identity.device = crypto::device_id(master.signing().public_key());
  identity.salt = random.draw<base::LogSalt>();
  identity.log = crypto::log_id(identity.device, identity.salt);
  constexpr std::uint32_t kFirstGeneration = 1;
  TRY(auto const slots, crypto::wrap_with_passphrase(master, identity.log, kFirstGeneration, passphrase, cost, random));

  auto const key = master.database(kFirstGeneration);
  TRY_DO(make_kiosk_database(folder / kUnfinishedDatabase, key, identity, product_version, clock, {}));
  undo.slots_are_ours();
  TRY_DO(base::write_file(folder / kSlotsFile, slots, base::FileAccess::kOwnerOnly));
  undo.database_is_ours();  // nobody else could have made one meanwhile
  TRY_DO(publish_kiosk(folder));
  TRY(auto store, KioskStore::open(folder, key));
  TRY_DO(lock.share());
  undo.finished();
  return assemble(master, std::move(lock), std::move(store));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<OpenKiosk> open_kiosk_with(fs::path const& folder, FolderLock lock, crypto::Slots const& slots,
                                        crypto::KioskMaster const& master, OpenOptions options) try {
  // Asked before SQLite opens it: beside an older copy may lie the log of a newer one, which SQLite would work into it.
  auto const found = generation_of(folder / kKioskDatabase, master, slots.generation, options);
  if (found && *found != slots.generation) return other_generation(folder, *found, slots.generation);
  auto opened = KioskStore::open(folder, master.database(slots.generation), options);
  // The slots have just proved the key: a database that it does not fit is no stranger's, it is what damage left.
  if (!opened.ok() && (opened.error().code == "store.wrong_key" || opened.error().code == "store.not_ours"))
    return base::damaged("store.damaged",
                         fmt::format("the database of the kiosk in {} cannot be recognised any more: its "
                                     "beginning is damaged or cut off, or it is another kiosk's",
                                     folder.string()),
                         "Keep the folder as it is; put back a copy of both files, or salvage what can be read");
  TRY(auto store, std::move(opened));
  if (store.identity().device != crypto::device_id(master.signing().public_key()))
    return base::damaged("kiosk.mixed", fmt::format("the database in {} belongs to another device", folder.string()),
                         "Put back the key slots and the database of one and the same kiosk");
  return assemble(master, std::move(lock), std::move(store));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<OpenKiosk> open_kiosk(fs::path const& folder, crypto::SlotSecret const& secret, OpenOptions options) try {
  if (!is_kiosk(folder)) TRY_DO(read_kiosk_slots(folder));  // which says so
  TRY(auto lock, FolderLock::take(folder, FolderLock::Sharing::kShared));
  TRY(auto slots, read_kiosk_slots(folder));
  TRY(auto const master, crypto::unwrap(slots, secret));
  if (is_there(folder / kRekeyedDatabase)) {
    { auto const shared = std::move(lock); }
    {
      TRY(auto const alone, FolderLock::take(folder, FolderLock::Sharing::kAlone));
      TRY(slots, read_kiosk_slots(folder));
      TRY_DO(settle_rekey(folder, alone, slots, master, options));
    }
    TRY(lock, FolderLock::take(folder, FolderLock::Sharing::kShared));
    TRY(slots, read_kiosk_slots(folder));
  }
  return open_kiosk_with(folder, std::move(lock), slots, master, std::move(options));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<OpenKiosk> open_kiosk(fs::path const& folder, std::string_view passphrase, OpenOptions options) try {
  return open_kiosk(folder, crypto::SlotSecret(crypto::Passphrase(passphrase)), std::move(options));
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
