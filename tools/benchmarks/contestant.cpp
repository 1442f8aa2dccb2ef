#include "tools/benchmarks/contestant.h"

#include <fmt/format.h>

#include <cstdlib>

namespace dga::benchmarks {
namespace {

// The same for all; ours sets them itself (shared/store/database.cpp).
void configure(Store& store, Settings const& settings) {
  store.run(
      fmt::format("PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{}; PRAGMA secure_delete=ON;"
                  "PRAGMA cell_size_check=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous={};"
                  "PRAGMA wal_autocheckpoint=4000;",
                  settings.cache_bytes / 1024, settings.durability == store::Durability::kFull ? "FULL" : "NORMAL"));
}

[[noreturn]] void end(std::string const& why) {
  fmt::print(stderr, "bench: {}\n", why);
  std::exit(1);
}

crypto::Key32 key() { return *crypto::Key32::from(std::string(crypto::Key32::kSize, 'b')); }

}  // namespace

std::unique_ptr<Store> Store::open_plain(std::filesystem::path const& file, Settings const& settings) {
  auto const calls = linked_sqlite();
  sqlite3* handle = nullptr;
  if (calls.open(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                 "unix-excl") != SQLITE_OK)
    end(fmt::format("could not open {}", file.string()));
  std::unique_ptr<Store> store(new Store(calls, handle));
  configure(*store, settings);
  return store;
}

std::unique_ptr<Store> Store::open_ours(std::filesystem::path const& file, Settings const& settings) {
  auto const mode = std::filesystem::exists(file) ? store::OpenMode::kExisting : store::OpenMode::kCreate;
  auto opened = store::Database::open(file, key(), {mode, settings.durability, settings.cache_bytes, /*base_vfs=*/{}});
  if (!opened.ok()) end(base::describe(opened.error()));
  std::unique_ptr<Store> made(new Store(linked_sqlite(), opened->handle()));
  made->database_.emplace(std::move(opened).value());
  return made;
}

std::unique_ptr<Store> Store::open_sqlcipher(SqliteCalls const& calls, std::filesystem::path const& file,
                                             Settings const& settings) {
  sqlite3* handle = nullptr;
  if (calls.open(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                 "unix-excl") != SQLITE_OK)
    end(fmt::format("could not open {}", file.string()));
  std::unique_ptr<Store> store(new Store(calls, handle));
  // A raw key, so that no passphrase is stretched; pages as large as everybody's.
  store->run(
      "PRAGMA key=\"x'6262626262626262626262626262626262626262626262626262626262626262'\";"
      "PRAGMA cipher_page_size=4096;");
  configure(*store, settings);
  return store;
}

Store::~Store() {
  for (auto* statement : prepared_) calls_.finalize(statement);
  if (!database_) calls_.close(handle_);
}

void Store::must(int result, std::string_view doing) const {
  if (result != SQLITE_OK) end(fmt::format("could not {}: {}", doing, calls_.errmsg(handle_)));
}

void Store::run(std::string const& sql) { must(calls_.exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), sql); }

sqlite3_stmt* Store::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  must(calls_.prepare(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr), sql);
  prepared_.push_back(statement);
  return statement;
}

bool Store::step(sqlite3_stmt* statement) {
  int const result = calls_.step(statement);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) must(result, "run a statement");
  calls_.reset(statement);
  return false;
}

std::vector<Contestant> contestants() {
  std::vector<Contestant> all{
      {"plain", Store::open_plain}, {"plain again", Store::open_plain}, {"ours", Store::open_ours}};
  if (auto const sqlcipher = installed_sqlcipher())
    all.push_back({fmt::format("SQLCipher on {}", sqlcipher->libversion()),
                   [calls = *sqlcipher](auto const& file, auto const& settings) {
                     return Store::open_sqlcipher(calls, file, settings);
                   },
                   sqlcipher->compiled_with("ENABLE_FTS5") != 0});
  return all;
}

}  // namespace dga::benchmarks
