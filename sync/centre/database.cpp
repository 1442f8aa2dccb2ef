#include "sync/centre/database.h"

#include <optional>
#include <system_error>

#include "shared/base/file.h"
#include "sync/centre/store/postgresql/address.h"
#include "sync/centre/store/postgresql/postgresql_store.h"
#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::centre {

using base::Done;
using base::Result;
namespace files = std::filesystem;

namespace {

constexpr std::string_view kSqlite = "sqlite:";
// Whose the database is: the public root that its kiosks trust. A SQLite file has a key of its own besides.
constexpr char kOwner[] = "centre.root";

bool in_a_file(std::string_view address) { return address.starts_with(kSqlite); }

Result<std::unique_ptr<Store>> sqlite_store(std::string_view address, CentreKeys const& keys, store::OpenMode mode) {
  store::OpenOptions options;
  options.mode = mode;
  TRY(std::unique_ptr<Store> store,
      SqliteStore::open(files::path(address.substr(kSqlite.size())), keys.database, options));
  return store;
}

Result<std::unique_ptr<Store>> postgresql_store(std::string_view address, base::Random& random) {
  TRY(std::unique_ptr<Store> store, PostgresqlStore::open(address, random));
  return store;
}

}  // namespace

Result<std::string> checked_database(std::string_view address) {
  if (in_a_file(address) && address.size() > kSqlite.size()) {
    std::error_code problem;
    auto const path = files::absolute(address.substr(kSqlite.size()), problem);
    if (!problem) return std::string(kSqlite) + path.string();
  }
  if (address.starts_with("postgresql://") || address.starts_with("postgres://")) {
    TRY_DO(postgresql::read_address(address));
    return std::string(address);
  }
  return base::usage("database.address", "a centre's database is a file or a PostgreSQL database",
                     "Write sqlite:PATH or postgresql://user@host/database");
}

Result<std::string> database_of(files::path const& folder) {
  std::error_code problem;
  if (!files::exists(folder / kDatabaseFile, problem)) return std::string(kSqlite) + (folder / kStoreFile).string();
  TRY(auto const line, base::read_secret_file(folder / kDatabaseFile));
  return checked_database(line);
}

std::optional<files::path> file_of(std::string_view address) {
  if (!in_a_file(address)) return std::nullopt;
  return files::path(address.substr(kSqlite.size()));
}

Result<std::unique_ptr<Store>> make_store(std::string_view address, CentreKeys const& keys, base::Random& random) {
  return in_a_file(address) ? sqlite_store(address, keys, store::OpenMode::kCreate) : postgresql_store(address, random);
}

Result<std::unique_ptr<Store>> open_store(std::string_view address, CentreKeys const& keys, base::Random& random) {
  if (in_a_file(address)) return sqlite_store(address, keys, store::OpenMode::kExisting);
  TRY(auto store, postgresql_store(address, random));
  std::optional<base::Bytes> owner;
  TRY_DO(store->read([&](Tables& tables) -> Done {
    TRY(owner, tables.settings.setting(kOwner));
    return {};
  }));
  if (owner != keys.root.bytes())
    return base::refused("centre.other_database", "the PostgreSQL database does not belong to this folder's centre",
                         "Check the address in the folder's file \"database\", or what --database names");
  return store;
}

Done claim_database(Tables& tables, CentreKeys const& keys) {
  TRY(auto const owner, tables.settings.setting(kOwner));
  if (owner)
    return base::refused("centre.exists", "the database holds a centre already",
                         "Name another one; to run a second program beside the first, copy its folder");
  return tables.settings.put_setting(kOwner, keys.root.bytes());
}

Result<bool> belongs_to(Tables& tables, CentreKeys const& keys) {
  TRY(auto const owner, tables.settings.setting(kOwner));
  return !owner || *owner == keys.root.bytes();
}

}  // namespace dga::centre
