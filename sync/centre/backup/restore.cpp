#include "sync/centre/backup/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "sync/centre/backup/backup_file.h"
#include "sync/centre/database.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::centre {

using base::Done;
using base::Result;
namespace files = std::filesystem;

namespace {

// What stands in the backup's place.
struct Before {
  bool there = false;
  std::uint64_t epoch = 0;      // 0 where it can't be read
  std::uint64_t only_here = 0;  // records that the backup lacks, at least
  base::Bytes trust_list;       // the one in force there; empty where it can't be read
  std::vector<base::DeviceId> revoked;
};

// How many records of `position` lie beyond what the backup has.
Result<std::uint64_t> beyond(Store& backup, Position const& position) {
  std::uint64_t more = 0;
  TRY_DO(backup.read([&](Tables& tables) -> Done {
    more = 0;
    for (auto const& head : position.heads) {
      TRY(auto const held, tables.logs.branch_of(head.log, head.seq, head.hash));
      if (held) continue;
      TRY(auto const branches, tables.logs.branches(head.log));
      std::uint64_t through = 0;
      for (auto const& branch : branches) through = std::max(through, branch.head_seq);
      more += head.seq > through ? head.seq - through : 1;  // at least its last one differs
    }
    return {};
  }));
  return more;
}

Result<Before> look_at(files::path const& place, CentreKeys const& keys, Store& backup) {
  std::error_code problem;
  Before before;
  if (!files::exists(place, problem)) return before;
  before.there = true;
  auto const store = SqliteStore::open(place, keys.database, {});
  if (!store.ok()) {
    if (store.error().code == "store.held") return store.error();
    return before;  // damaged, perhaps: why else is it restored
  }
  Position position;
  auto const read = (*store)->read([&](Tables& tables) -> Done {
    TRY(position, position_in(tables));
    TRY(before.trust_list, trust_list(tables));
    TRY(before.revoked, revoked_devices(tables, keys));
    return {};
  });
  if (!read.ok()) {
    before = {};
    before.there = true;
    return before;
  }
  before.epoch = position.epoch;
  TRY(before.only_here, beyond(backup, position));
  return before;
}

Done give_name(files::path const& from, files::path const& to) {
  std::error_code problem;
  files::rename(from, to, problem);
  if (!problem) return {};
  return base::storage(
      "restore.failed", fmt::format("could not rename {} to {}: {}", from.string(), to.string(), problem.message()),
      "Check the folder's rights and restore again; the old database is whole, in its place or beside");
}

// The old database gets a second name, and stays under the first until the new one takes that over: at no moment is
// there no database. Where the file system knows no second names it is renamed.
Done name_aside(files::path const& place, files::path const& kept) {
  std::error_code problem;
  files::create_hard_link(place, kept, problem);
  return problem ? give_name(place, kept) : Done();
}

// The old database goes aside with what stands beside it; or what was left of one that is gone already: SQLite would
// take an old log for the new database's, and work it in. The database first: a log alone is nobody's.
Result<files::path> set_aside(files::path const& place, base::Clock const& clock) {
  constexpr char const* kParts[] = {"", "-wal", "-journal"};
  std::error_code ignored;
  auto const taken = [&](std::string const& name) {
    return std::any_of(std::begin(kParts), std::end(kParts),
                       [&](char const* part) { return files::exists(name + part, ignored); });
  };
  auto const name = fmt::format("{}.before-{}", place.string(), clock.wall_ms() / 1000);
  auto kept = name;
  for (int number = 1; taken(kept); ++number) kept = fmt::format("{}-{}", name, number);
  if (files::exists(place, ignored)) TRY_DO(name_aside(place, kept));
  for (char const* part : {"-wal", "-journal"})
    if (files::exists(place.string() + part, ignored)) TRY_DO(give_name(place.string() + part, kept + part));
  TRY_DO(sync_folder_of(place));
  return files::path(kept);
}

// What kept the backup from being copied and looked through, in words about the file that was named: the copy is gone,
// and advice for a database in use helps nobody here.
base::Error about_backup(files::path const& from, files::path const& folder, base::Error error) {
  if (error.code == "store.wrong_key" || error.code == "store.not_ours" || error.code == "restore.other_centre")
    return {
        error.fault, error.code,
        fmt::format("{} is no backup of this centre, or its beginning is damaged: the keys in {} do not open it",
                    from.string(), folder.string()),
        "Name a backup of this centre, or put the keys.json that belongs to it into the folder; nothing was changed"};
  if (error.code == "store.damaged")
    return {error.fault, error.code, fmt::format("the backup {} is damaged or cut short", from.string()),
            "Copy it again from where it is kept, or take another backup; nothing was changed"};
  if (error.code == "store.too_new") return base::at(from.string(), std::move(error));
  return error;
}

// The copy on its way to its name: whatever breaks a restore off, it is not left lying about, and what a restore that
// was killed has left is nobody's.
class CopyBeside {
 public:
  explicit CopyBeside(files::path place) : file_(std::move(place += ".restored")) { remove_with_logs(file_); }
  ~CopyBeside() { remove_with_logs(file_); }
  CopyBeside(CopyBeside const&) = delete;
  CopyBeside& operator=(CopyBeside const&) = delete;
  files::path const& file() const { return file_; }

 private:
  files::path const file_;
};

base::Done check_there(files::path const& from) {
  std::error_code problem;
  if (files::is_regular_file(from, problem)) return {};
  bool const missing = !files::exists(from, problem);
  return base::refused("restore.not_found",
                       missing ? fmt::format("there is no backup {}", from.string())
                               : fmt::format("{} is no file, so no backup either", from.string()),
                       "Name the file that \"dga centre backup\" made; nothing was changed");
}

struct Prepared {
  EpochOpened epoch;
  Before before;
};
// Opens the new epoch in the copy, and tells the folder whom it keeps out; the copy is closed then.
Result<Prepared> prepare(files::path const& copy_file, files::path const& place, CentreKeys const& keys, Over over,
                         KnownSince since, files::path const& folder, std::int64_t now_ms) {
  Prepared prepared;
  TRY(auto const copy, SqliteStore::open(copy_file, keys.database, {}));
  TRY(prepared.before, look_at(place, keys, *copy));
  auto const& before = prepared.before;
  if (before.there && over == Over::kNothing)
    return base::refused(
        "restore.exists",
        before.epoch == 0 ? fmt::format("there is a database in {} that can't be read", place.string())
                          : fmt::format("there is a database in {} already; it holds {} records more than the backup",
                                        place.string(), before.only_here),
        "Say --replace to put the backup in its place; the old one is kept beside it");
  since.epoch = std::max(since.epoch, before.epoch);
  // Its folder's files may lack what was revoked while they could not be written.
  if (!before.trust_list.empty()) since.trust_lists.push_back(before.trust_list);
  since.revoked.insert(since.revoked.end(), before.revoked.begin(), before.revoked.end());
  TRY_DO(copy->write([&](Tables& tables) -> Done {
    TRY(prepared.epoch, begin_epoch(tables, keys, now_ms, since));
    return {};
  }));
  // Already now: whoever is revoked stays revoked, whatever becomes of the restore.
  TRY_DO(TrustFiles().keep(folder, *copy, keys));
  return prepared;
}

}  // namespace

Result<Restored> restore(files::path const& folder, files::path const& from, Over over,
                         std::optional<base::Bytes> const& trust_list, base::Clock const& clock) {
  TRY(auto const keys, read_keys(folder));
  TRY(auto const address, database_of(folder));
  auto const place = file_of(address);
  if (!place)
    return base::refused("restore.elsewhere", "this centre's database is PostgreSQL, which restores it itself",
                         "Use pg_restore or point-in-time recovery, then \"dga centre new-epoch\"");
  TRY(auto since, known_beside(folder, keys, trust_list));
  TRY_DO(check_there(from));
  // All that can go wrong does so beside, before anything is touched.
  CopyBeside const beside(*place);
  auto const copied = place_copy(from, beside.file(), keys);
  if (!copied.ok()) return about_backup(from, folder, copied.error());
  TRY(auto const prepared, prepare(beside.file(), *place, keys, over, std::move(since), folder, clock.wall_ms()));
  TRY_DO(check_alone(beside.file()));
  Restored restored{prepared.epoch, copied->records, {}};
  // Before any name changes: where the rest is broken off, whoever begins anew must not open this epoch again.
  TRY_DO(note_epoch(folder, restored.epoch.epoch));
  TRY(auto const kept, set_aside(*place, clock));
  if (prepared.before.there) restored.kept = kept;
  TRY_DO(give_name(beside.file(), *place));
  TRY_DO(sync_folder_of(*place));
  return restored;
}

}  // namespace dga::centre
