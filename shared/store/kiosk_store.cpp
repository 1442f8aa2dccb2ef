#include "shared/store/kiosk_store.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

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

base::Done insert_log(Database& database, LogIdentity const& identity) {
  TRY(auto insert, database.prepare("INSERT INTO log (number, log_id, device_id, log_salt) VALUES (1, ?, ?, ?)"));
  insert.bind_bytes(1, identity.log.view()).bind_bytes(2, identity.device.view()).bind_bytes(3, identity.salt.view());
  return insert.run();
}

}  // namespace

KioskStore::KioskStore(Database database, LogIdentity identity, std::int64_t log_number)
    : database_(std::move(database)),
      identity_(identity),
      log_number_(log_number),
      head_{0, crypto::chain_start(identity.log)} {}

base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key, LogIdentity const& identity,
                               std::string_view product_version, base::Clock const& clock, OpenOptions options) {
  if (crypto::log_id(identity.device, identity.salt) != identity.log)
    return base::refused("store.identity", "the log's id does not follow from its device and salt",
                         "Make a new identity");
  options.mode = OpenMode::kCreate;
  TRY(auto database, Database::open(file, key, options));
  TRY_DO(migrate(database, kKioskApplication, kiosk_migrations()));
  TRY_DO(insert_log(database, identity));
  KioskStore store(std::move(database), identity, 1);
  v1::Record opened;
  auto& fact = *opened.mutable_log_opened();
  fact.set_device_id(identity.device.bytes());
  fact.set_log_salt(identity.salt.bytes());
  fact.set_product_version(std::string(product_version));
  TRY(auto const stored, store.append({opened}, clock));
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
  LogIdentity identity;
  std::int64_t number = 0;
  {
    TRY(auto query,
        database.prepare("SELECT number, log_id, device_id, log_salt FROM log ORDER BY number DESC LIMIT 1"));
    TRY(bool const found, query.step());
    if (!found) return no_log();
    number = query.integer(0);
    auto const log = base::LogId::from(query.bytes(1));
    auto const device = base::DeviceId::from(query.bytes(2));
    auto const salt = base::LogSalt::from(query.bytes(3));
    if (!log || !device || !salt || crypto::log_id(*device, *salt) != *log) return no_log();
    identity = {*device, *log, *salt};
  }
  KioskStore store(std::move(database), identity, number);
  TRY_DO(store.load_boot());
  TRY_DO(store.load_tail());
  if (store.head_.seq == 0) return no_log();  // record 1 came with the database
  TRY_DO(store.check_chain(store.head_.seq > kCheckedAtOpen ? store.head_.seq - kCheckedAtOpen + 1 : 1));
  // The centre never acknowledges what this log does not have: its end was lost, or an older page of it was put back.
  TRY(auto const sync, store.sync_state());
  if (sync.received_through > store.head_.seq) return shorter_than_sent(store.head_.seq, sync.received_through);
  return store;
}

}  // namespace dga::store
