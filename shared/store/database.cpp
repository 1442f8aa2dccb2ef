#include "shared/store/database.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

#include "shared/base/planted.h"
#include "shared/store/connection.h"
#include "shared/store/memory.h"
#include "shared/store/sodium_vfs/format.h"

namespace dga::store {
namespace {

// How long one connection waits for another of this program. The longest write is a pack of 1,000 people, 30 ms.
constexpr int kPatienceMs = 5000;

// The WAL is moved into the database at idle moments; should none come, at this size (16 MB) a commit does it.
constexpr int kMostWalPages = 4000;

bool promises_all(OpenOptions const& options) {
  if constexpr (base::kPlantedBug == base::PlantedBug::kForgetsToSync) return false;
  return options.durability == Durability::kFull;
}

base::Error there_already(std::string const& path) {
  return base::refused("store.exists", fmt::format("could not create {}: it is there already", path),
                       "Choose another folder, or move it away");
}

// Before a database is created: nothing of its name may be there. What a log without its database holds would be lost.
base::Done check_free(sodium_vfs::Mount const& mount, std::string const& path) {
  using Presence = sodium_vfs::Mount::Presence;
  for (auto const* suffix : {"", "-wal", "-journal"}) {
    switch (mount.look_for(path + suffix)) {
      case Presence::kMissing: break;
      case Presence::kThere: return there_already(path);
      case Presence::kUnknown:
        return base::storage("store.failed", fmt::format("could not look for {}{}", path, suffix),
                             "Check the disk and the folder's rights");
    }
  }
  return {};
}

base::Done configure(Connection& connection, OpenOptions const& options) {
  auto* const handle = connection.handle;
  for (auto const& [setting, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                       {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                       {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                       {SQLITE_DBCONFIG_DQS_DML, 0},
                                       {SQLITE_DBCONFIG_DQS_DDL, 0},
                                       {SQLITE_DBCONFIG_ENABLE_FKEY, 1}})
    if (sqlite3_db_config(handle, setting, value, nullptr) != SQLITE_OK)
      return connection.failure("configure the database");
  if (options.mode == OpenMode::kCreate) {
    int reserved = static_cast<int>(sodium_vfs::kSealBytes);
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) != SQLITE_OK)
      return connection.failure("reserve room for seals");
  }
  // Everything that spills stays in memory. The first statement that reads is journal_mode: errors of opening show
  // there.
  auto const sql = fmt::format(
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{}; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;"
      "PRAGMA journal_mode=WAL; PRAGMA synchronous={}; PRAGMA wal_autocheckpoint={};",
      options.cache_bytes / 1024, promises_all(options) ? "FULL" : "NORMAL", kMostWalPages);
  if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return connection.failure(fmt::format("open {}", connection.path));
  return {};
}

// What a creation that failed must not leave behind.
void remove_files(sodium_vfs::Mount const& mount, std::string const& path) {
  for (auto const* suffix : {"", "-wal", "-journal"}) mount.remove(path + suffix);
}

}  // namespace

base::Result<Database> Database::open(std::filesystem::path const& file, crypto::Key32 const& key,
                                      OpenOptions const& options) try {
  auto connection = std::make_unique<Connection>();
  std::error_code ignored;
  connection->path =
      std::filesystem::absolute(file, ignored).string();  // never taken for a URI: it begins with a slash
  auto const& path = connection->path;
  bool const creating = options.mode == OpenMode::kCreate;
  sodium_vfs::MountOptions mounting;
  if (!options.base_vfs.empty()) mounting.base_vfs = options.base_vfs;
  mounting.must_create = creating;
  if (!promises_all(options)) mounting.commits = sodium_vfs::Commits::kMayBeLost;
  TRY(connection->mount, sodium_vfs::Mount::make(key, mounting));
  auto& mount = *connection->mount;

  using Presence = sodium_vfs::Mount::Presence;
  if (creating) TRY_DO(check_free(mount, path));
  if (!creating && mount.look_for(path) == Presence::kMissing)
    return base::refused("store.not_found", fmt::format("could not open {}: there is no such file", path),
                         "Check the path");

  int const flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (creating ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &connection->handle, flags, mount.name()) != SQLITE_OK) {
    if (creating && mount.look_for(path) == Presence::kThere) return there_already(path);  // another program was faster
    return connection->failure(fmt::format("open {}", path));
  }
  // From here on the file is ours; its log takes over these rights. A VFS in memory has no file to be told.
  if (creating)
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 ignored);
  if (auto const done = configure(*connection, options); !done.ok()) {
    auto error = done.error();
    if (creating) {
      sqlite3_close_v2(std::exchange(connection->handle, nullptr));
      remove_files(mount, path);
    }
    return error;
  }
  sqlite3_busy_timeout(connection->handle, kPatienceMs);
  connection->opened = true;
  mount.forget_failure();
  return Database(std::move(connection));
} catch (std::bad_alloc const&) {
  return no_memory();
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

base::Done Database::run(char const* sql) try {
  TRY_DO(connection_->settle());
  if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure("run a statement");
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<Statement> Database::prepare(std::string_view sql) try {
  TRY(auto* const statement, connection_->take(sql));
  return Statement(*connection_, statement);
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done Database::transaction(std::function<base::Done()> const& work) try {
  TRY_DO(connection_->settle());
  bool const outermost = sqlite3_get_autocommit(handle()) != 0;
  TRY_DO(run(outermost ? "BEGIN IMMEDIATE" : "SAVEPOINT inner_work"));
  // Also when `work` throws: no half-done transaction is left open.
  struct Undo {
    Connection& connection;
    bool outermost;
    bool needed = true;
    Undo(Connection& of, bool is_outermost) : connection(of), outermost(is_outermost) { ++connection.transactions; }
    ~Undo() {
      --connection.transactions;
      // What is owed of a part is paid with the whole.
      if (needed && (outermost || !connection.rollback_owed))
        connection.roll_back(outermost ? "ROLLBACK" : "ROLLBACK TO inner_work; RELEASE inner_work");
    }
  } undo{*connection_, outermost};
  TRY_DO(work());
  TRY_DO(run(outermost ? "COMMIT" : "RELEASE inner_work"));
  undo.needed = false;
  return {};
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done Database::checkpoint() try {
  int const result = sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Somebody else is at it: then it will be done.
  if (result == SQLITE_OK || result == SQLITE_BUSY) return {};
  return failure("move the log into the database");
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done Database::settle() { return connection_->settle(); }
base::Error Database::failure(std::string_view doing) const { return connection_->failure(doing); }
sqlite3* Database::handle() const { return connection_->handle; }
char const* Database::vfs_name() const { return connection_->mount->name(); }

}  // namespace dga::store
