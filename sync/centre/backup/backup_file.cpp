#include "sync/centre/backup/backup_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "sync/centre/database.h"
#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::centre {

using base::Done;
using base::Result;
namespace files = std::filesystem;

namespace {

constexpr char kBegins[] = "backup-";
constexpr char kEnds[] = ".new";

base::Error failed(files::path const& path, std::string_view what, std::string const& reason) {
  return base::storage("backup.failed", fmt::format("could not {} {}: {}", what, path.string(), reason),
                       "Check the path, its rights and the room on its disk");
}

Done sync_path(files::path const& path) {
  int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  std::error_code const reason(errno, std::generic_category());
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return failed(path, "sync", reason.message());
  return {};
}

Result<BackupContents> contents_of(Tables& tables) {
  BackupContents contents;
  TRY(contents.position, position_in(tables));
  TRY(auto const logs, tables.logs.logs());
  for (auto const& log : logs) {
    TRY(auto const branches, tables.logs.branches(log.id));
    for (auto const& branch : branches) {
      TRY(auto const rows, tables.logs.count(log.id, branch.number));
      auto const before = branch.fork_at == 0 ? 0 : branch.fork_at - 1;
      if (rows.accepted + rows.quarantined != branch.head_seq - before)
        return base::damaged(
            "store.damaged",
            fmt::format("the copy lacks records of log {}: {} are there, its branch {} ends with {}", log.id.hex(),
                        rows.accepted + rows.quarantined, branch.number, branch.head_seq),
            "Make another copy; look at the centre with \"dga store check\"");
      contents.records += rows.accepted + rows.quarantined;
    }
  }
  return contents;
}

}  // namespace

Done check_alone(files::path const& database) {
  std::error_code problem;
  auto const log = database.string() + "-wal";
  bool const left = files::exists(log, problem);
  if (!left && !problem) return {};
  return failed(database, "bring all into", problem ? problem.message() : "its log was not worked in");
}

void remove_with_logs(files::path const& database) {
  std::error_code ignored;
  for (char const* end : {"", "-wal", "-journal"}) files::remove(database.string() + end, ignored);
}

Result<BackupContents> look_through(files::path const& file, CentreKeys const& keys) {
  TRY(auto const store, SqliteStore::open(file, keys.database, {}));
  TRY_DO(store->check_whole());
  BackupContents contents;
  TRY_DO(store->read([&](Tables& tables) -> Done {
    TRY(bool const ours, belongs_to(tables, keys));
    if (!ours)
      return base::refused("restore.other_centre", fmt::format("{} is of another centre", file.string()),
                           "Use the keys.json that belongs to it");
    TRY(contents, contents_of(tables));
    return {};
  }));
  return contents;
}

Result<files::path> make_backup(Context const& context) {
  auto const file = context.folder / (kBegins + context.random.draw<base::RequestNonce>().hex() + kEnds);
  TRY_DO(context.store.back_up(file));
  return file;
}

void remove_left_backups(files::path const& folder) {
  std::error_code problem;
  for (auto const& entry : files::directory_iterator(folder, problem)) {
    auto const name = entry.path().filename().string();
    if (name.starts_with(kBegins) && name.ends_with(kEnds)) files::remove(entry.path(), problem);
  }
}

Done sync_folder_of(files::path const& file) {
  return sync_path(file.has_parent_path() ? file.parent_path() : files::path("."));
}

Result<BackupContents> place_copy(files::path const& from, files::path const& to, CentreKeys const& keys) {
  std::error_code problem;
  if (files::exists(to, problem))
    return base::refused("backup.exists", fmt::format("{} is there already", to.string()), "Choose another name");
  auto beside = to;
  beside += ".part";
  remove_with_logs(beside);
  auto const copied = [&]() -> Result<BackupContents> {
    files::copy_file(from, beside, files::copy_options::overwrite_existing, problem);
    if (!problem) files::permissions(beside, files::perms::owner_read | files::perms::owner_write, problem);
    if (problem) return failed(beside, "write", problem.message());
    TRY_DO(sync_path(beside));
    TRY(auto contents, look_through(beside, keys));
    TRY_DO(check_alone(beside));  // an older release's was brought up to date
    TRY_DO(sync_path(beside));
    files::rename(beside, to, problem);
    if (problem) return failed(to, "give the copy the name", problem.message());
    TRY_DO(sync_folder_of(to));
    return contents;
  }();
  if (!copied.ok()) remove_with_logs(beside);
  return copied;
}

}  // namespace dga::centre
