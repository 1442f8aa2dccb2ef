#include "sync/centre/store/sqlite/sqlite_store.h"

#include <exception>
#include <utility>

#include "sync/centre/store/sqlite/schema.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// A unit of work that throws (memory ran out) must not leave its transaction open and all others waiting.
Done perform(Store::Work const& work, Tables& tables) {
  try {
    return work(tables);
  } catch (std::exception const&) {
    return base::storage("store.failed", "a unit of work was broken off", "Try again; if it stays so, see the log");
  }
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(std::filesystem::path const& file, crypto::Key32 const& key,
                                                       store::OpenOptions const& options) {
  TRY(auto database, store::Database::open(file, key, options));
  TRY_DO(store::migrate(database, store::kCentreApplication, centre_migrations()));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), key, options));
}

SqliteStore::SqliteStore(store::Database database, crypto::Key32 const& key, store::OpenOptions const& options)
    : key_(key),
      options_(options),
      database_(std::move(database)),
      logs_(database_),
      devices_(database_),
      classes_(database_),
      settings_(database_),
      durability_(database_),
      tables_{logs_, devices_, classes_, settings_, durability_} {}

Done SqliteStore::write(Work const& work) {
  Waiting mine{work, {}, false};
  {
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&mine);
    settled_.wait(lock, [&] { return mine.settled || (!committing_ && !copying_); });
    if (mine.settled) return mine.outcome;
    committing_ = true;
  }
  std::vector<Waiting*> together;
  {
    std::lock_guard database(database_mutex_);
    {
      std::lock_guard lock(queue_mutex_);
      together.swap(queue_);
    }
    commit(together);
  }
  {
    std::lock_guard lock(queue_mutex_);
    for (auto* each : together) each->settled = true;
    committing_ = false;
    ++commits_;
  }
  settled_.notify_all();
  return mine.outcome;
}

void SqliteStore::commit(std::vector<Waiting*> const& together) {
  bool const alone = together.size() == 1;
  auto all = database_.transaction([&]() -> Done {
    for (auto* each : together) {
      if (alone) return each->outcome = perform(each->work, tables_);
      TRY_DO(database_.run("SAVEPOINT unit"));
      each->outcome = perform(each->work, tables_);
      // One that was refused leaves no trace and spoils nothing for the others.
      if (!each->outcome.ok()) TRY_DO(database_.run("ROLLBACK TO unit"));
      TRY_DO(database_.run("RELEASE unit"));
    }
    return {};
  });
  if (all.ok()) return;
  for (auto* each : together)
    if (each->outcome.ok()) each->outcome = all;
}

Done SqliteStore::read(Work const& work) {
  std::lock_guard database(database_mutex_);
  return perform(work, tables_);
}

Done SqliteStore::probe() {
  return write([](Tables& tables) -> Done {
    TRY(auto const before, tables.settings.setting("probe"));
    return tables.settings.put_setting("probe", before.value_or("") == "1" ? "0" : "1");
  });
}

}  // namespace dga::centre
