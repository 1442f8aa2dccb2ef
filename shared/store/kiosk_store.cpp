#include "shared/store/kiosk_store.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

#include "shared/store/kiosk_child.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

// How many of the last records are checked at every start: what a torn disk would have touched, in a millisecond.
constexpr std::uint64_t kCheckedAtOpen = 64;

base::Error no_log() {
  return base::damaged("store.chain", "the database holds no log that fits its identity",
                       "Keep the folder as it is and restore from a copy; what was sent is at the centre");
}

base::Error shorter_than_sent(std::uint64_t head, std::uint64_t received_through) {
  return base::damaged(
      "store.chain",
      fmt::format(
          "the log ends at record {}, and the centre has records up to {}: its end is lost, or an older page of "
          "it was put back",
          head, received_through),
      "Keep the folder as it is and look at it with \"dga store check\"; what was sent is at the centre");
}

// Of every log, oldest first: who it is. Nothing of what stands in it.
base::Result<std::vector<HeldLog>> logs_in(Database& database) {
  TRY(auto query, database.prepare("SELECT number, log_id, device_id, log_salt FROM log ORDER BY number"));
  std::vector<HeldLog> logs;
  for (;;) {
    TRY(bool const found, query.step());
    if (!found) break;
    auto const log = base::LogId::from(query.bytes(1));
    auto const device = base::DeviceId::from(query.bytes(2));
    auto const salt = base::LogSalt::from(query.bytes(3));
    bool const next = query.integer(0) == static_cast<LogNumber>(logs.size()) + 1;
    if (!next || !log || !device || !salt || crypto::log_id(*device, *salt) != *log) return no_log();
    if (!logs.empty() && logs.front().identity.device != *device) return no_log();
    logs.push_back({query.integer(0), {*device, *log, *salt}, {0, crypto::chain_start(*log)}});
  }
  if (logs.empty()) return no_log();
  return logs;
}

}  // namespace

base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key, LogIdentity const& identity,
                               std::string_view product_version, base::Clock const& clock, OpenOptions options) {
  if (crypto::log_id(identity.device, identity.salt) != identity.log)
    return base::refused("store.identity", "the log's id does not follow from its device and salt",
                         "Make a new identity");
  options.mode = OpenMode::kCreate;
  TRY(auto database, Database::open(file, key, options));
  TRY_DO(migrate(database, kKioskApplication, kiosk_migrations()));
  HeldLog const log{1, identity, {0, crypto::chain_start(identity.log)}};
  TRY_DO(insert_log(database, log));
  KioskStore store(std::move(database), {log});
  TRY(auto const stored, store.append({log_opened(identity, product_version)}, clock));
  // All of it into the one file that is then renamed.
  return store.database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

base::Result<KioskStore> KioskStore::create(std::filesystem::path const& folder, crypto::Key32 const& key,
                                            LogIdentity const& identity, std::string_view product_version,
                                            base::Clock const& clock, OpenOptions options) try {
  std::error_code ignored;
  if (std::filesystem::exists(folder / kKioskDatabase, ignored))
    return base::refused("store.exists",
                         fmt::format("could not create {}: it is there already", (folder / kKioskDatabase).string()),
                         "Choose another folder, or move it away");
  discard_unfinished(folder);
  auto made = make_kiosk_database(folder / kUnfinishedDatabase, key, identity, product_version, clock, options);
  if (made.ok()) made = publish_kiosk(folder);
  if (!made.ok()) {
    discard_unfinished(folder);
    return made.error();
  }
  return open(folder, key, options);
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<KioskStore> KioskStore::open(std::filesystem::path const& folder, crypto::Key32 const& key,
                                          OpenOptions options) try {
  return open_file(folder / kKioskDatabase, key, std::move(options));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<KioskStore> KioskStore::open_file(std::filesystem::path const& file, crypto::Key32 const& key,
                                               OpenOptions options) try {
  options.mode = OpenMode::kExisting;
  TRY(auto database, Database::open(file, key, options));
  TRY_DO(migrate(database, kKioskApplication, kiosk_migrations()));
  TRY(auto store, load(std::move(database)));
  store.keep_room();
  return store;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<KioskStore> KioskStore::load(Database database) {
  TRY(auto logs, logs_in(database));
  KioskStore store(std::move(database), std::move(logs));
  TRY_DO(store.load_boot());
  for (auto& log : store.logs_) {
    TRY_DO(store.load_tail(log));
    if (log.head.seq == 0) return no_log();  // record 1 came with it
    TRY_DO(store.check_chain(log.number, log.head.seq > kCheckedAtOpen ? log.head.seq - kCheckedAtOpen + 1 : 1));
    if (log.number > 1) TRY_DO(store.goes_on(log, store.logs_[static_cast<std::size_t>(log.number) - 2]));
    // The centre never acknowledges what this log does not have: its end was lost, or an older page of it was put back.
    TRY(auto const sync, store.sync_state(log.number));
    if (sync.received_through > log.head.seq) return shorter_than_sent(log.head.seq, sync.received_through);
  }
  return store;
}

}  // namespace dga::store
