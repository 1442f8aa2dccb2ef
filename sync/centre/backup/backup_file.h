#pragma once

#include <filesystem>

#include "sync/centre/backup/position.h"

namespace dga::centre {

// What a copy of a centre's SQLite database holds.
struct BackupContents {
  Position position;
  std::uint64_t records = 0;
};
// Opens the copy, reads every page, counts every branch's records. Refused "restore.other_centre" when it belongs to
// another centre than the keys, "store.wrong_key"; damaged "store.damaged".
[[nodiscard]] base::Result<BackupContents> look_through(std::filesystem::path const& file, CentreKeys const& keys);

// Makes a copy of the running centre's database in its folder, for whoever carries it to its place; gives its path.
// Refused "backup.elsewhere" over PostgreSQL.
[[nodiscard]] base::Result<std::filesystem::path> make_backup(Context const& context);
// Copies that nobody came to fetch. REQUIRES: nobody else is at work in the folder.
void remove_left_backups(std::filesystem::path const& folder);

// `from` under the name `to`, on its disk: copied beside it, looked through there, then renamed. Gives what it holds.
// Refused "backup.exists"; storage "backup.failed".
[[nodiscard]] base::Result<BackupContents> place_copy(std::filesystem::path const& from,
                                                      std::filesystem::path const& to, CentreKeys const& keys);
// A closed database is all in its file: SQLite says nothing where closing it could not move the log into it, and the
// file alone would be an earlier state under the new one's name. Storage "backup.failed".
[[nodiscard]] base::Done check_alone(std::filesystem::path const& database);
// A copy that is nobody's, with the logs beside it: SQLite would take them for those of whatever is copied there next.
void remove_with_logs(std::filesystem::path const& database);
// Makes names in a file's folder durable. Storage "backup.failed".
[[nodiscard]] base::Done sync_folder_of(std::filesystem::path const& file);

}  // namespace dga::centre
