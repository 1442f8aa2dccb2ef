#include "shared/store/salvage/rebuild.h"

#include <fmt/format.h>

#include <map>
#include <new>
#include <system_error>

#include "shared/base/file.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/memory.h"
#include "shared/store/salvage/snapshot_vfs.h"

namespace dga::salvage {
namespace {

namespace fs = std::filesystem;

base::Done check_unbroken(FoundRecords const& found) {
  if (found.records.empty())
    return base::refused("salvage.gaps", "no record was found that could be gone on from",
                         "Enrol the kiosk anew; what was sent is at the centre");
  if (found.missing.empty() && found.cut.empty() && !found.end_is_known)
    return base::refused("salvage.gaps",
                         fmt::format("pages are lost that may have held records after {}, the last one found",
                                     found.records.back().record.seq),
                         "Salvage what there is with --out, and enrol the kiosk anew");
  if (found.missing.empty() && found.cut.empty()) return {};
  auto const& first = found.missing.empty() ? found.cut.front() : found.missing.front();
  return base::refused(
      "salvage.gaps",
      fmt::format("the log has gaps: record {} is the first that is missing or does not follow", first.first),
      "Salvage what there is with --out, and enrol the kiosk anew");
}

base::Done put_log(store::Database& database, FoundRecords const& found) {
  {
    TRY(auto insert, database.prepare("INSERT INTO log (number, log_id, device_id, log_salt) VALUES (?, ?, ?, ?)"));
    for (auto const& [number, identity] : found.logs) {
      insert.bind(1, number).bind_bytes(2, identity.log.view()).bind_bytes(3, identity.device.view());
      TRY_DO(insert.bind_bytes(4, identity.salt.view()).run());
    }
  }
  TRY(auto insert, database.prepare("INSERT INTO record (place, bytes, digest, hash, facts) VALUES (?, ?, ?, ?, ?)"));
  std::int64_t log = 0;
  std::uint64_t facts = 0;
  for (auto const& each : found.records) {
    if (each.log != log) facts = 0;
    log = each.log;
    v1::Record record;
    // What was wiped told of a person, so it was no time sample.
    bool const is_fact = each.record.erased || !record.ParseFromString(each.record.bytes) || !record.has_time_sample();
    if (is_fact) ++facts;
    insert.bind(1, store::place_of(each.log, each.record.seq)).bind_bytes(3, each.record.digest.view());
    insert.bind_bytes(4, each.record.hash.view()).bind(5, facts);
    if (each.record.erased)
      insert.bind_null(2);
    else
      insert.bind_bytes(2, each.record.bytes);
    TRY_DO(insert.run());
  }
  return {};
}

// A table and its columns; what SQLite can still read of the old one goes into the new one, all or nothing.
struct Table {
  char const* name;
  char const* read;
  char const* write;
  std::string_view columns;  // i: a number, b: octets, t: text
};
constexpr Table kTables[] = {
    {"sync_state",
     "SELECT log, received_through, durable_through, centre_epoch, fork_at, quarantined_total, revoked, "
     "last_receipt_ms FROM sync_state",
     "INSERT INTO sync_state (log, received_through, durable_through, centre_epoch, fork_at, quarantined_total, "
     "revoked, "
     "last_receipt_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
     "iiiiiiii"},
    {"outbound", "SELECT log, first_seq, count, sealed_batch FROM outbound",
     "INSERT INTO outbound (log, first_seq, count, sealed_batch) VALUES (?, ?, ?, ?)", "iiib"},
    {"pack", "SELECT only, version, class_pack FROM pack",
     "INSERT INTO pack (only, version, class_pack) VALUES (?, ?, ?)", "iib"},
    {"setting", "SELECT name, value FROM setting", "INSERT INTO setting (name, value) VALUES (?, ?)", "tb"},
};

base::Done copy_table(store::Database& from, store::Database& to, Table const& table) {
  return to.transaction([&]() -> base::Done {
    TRY(auto read, from.prepare(table.read));
    TRY(auto write, to.prepare(table.write));
    for (;;) {
      TRY(bool const row, read.step());
      if (!row) return {};
      for (int column = 0; column < static_cast<int>(table.columns.size()); ++column) {
        switch (table.columns[static_cast<std::size_t>(column)]) {
          case 'i': write.bind(column + 1, read.integer(column)); break;
          case 't': write.bind_text(column + 1, read.bytes(column)); break;
          default: write.bind_bytes(column + 1, read.bytes(column)); break;
        }
      }
      TRY_DO(write.run());
    }
  });
}

void copy_tables(HeldKiosk const& kiosk, store::Database& to, Rebuilt& rebuilt) {
  SnapshotVfs const snapshot(kiosk.files);
  store::OpenOptions options;
  options.base_vfs = snapshot.name();
  auto from = store::Database::open("/snapshot/database", kiosk.key, options);
  for (auto const& table : kTables) {
    bool const copied = from.ok() && copy_table(*from, to, table).ok();
    (copied ? rebuilt.copied : rebuilt.lost).push_back(table.name);
  }
}

base::Done check_not_behind(store::Database& database, FoundRecords const& found) {
  std::map<std::int64_t, std::uint64_t> last;
  for (auto const& each : found.records) last[each.log] = each.record.seq;
  TRY(auto query, database.prepare("SELECT log, received_through FROM sync_state"));
  for (;;) {
    TRY(bool const row, query.step());
    if (!row) return {};
    auto const have = last[query.integer(0)], received = query.natural(1);
    if (received > have)
      return base::refused("salvage.behind",
                           fmt::format("the centre has records up to {}, and the last one found is {}", received, have),
                           "Salvage what there is with --out, and enrol the kiosk anew");
  }
}

base::Result<Rebuilt> fill(HeldKiosk const& kiosk, FoundRecords const& found, fs::path const& folder) try {
  Rebuilt rebuilt;
  auto const key = kiosk.master.database(kiosk.slots.generation);
  store::OpenOptions options;
  options.mode = store::OpenMode::kCreate;
  {
    TRY(auto database, store::Database::open(folder / store::kUnfinishedDatabase, key, options));
    TRY_DO(store::migrate(database, store::kKioskApplication, store::kiosk_migrations()));
    TRY_DO(database.transaction([&] { return put_log(database, found); }));
    copy_tables(kiosk, database, rebuilt);
    TRY_DO(check_not_behind(database, found));
    TRY_DO(database.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  TRY_DO(store::write_kiosk_slots(folder, kiosk.slots));
  TRY_DO(store::publish_kiosk(folder));
  TRY(auto store, store::KioskStore::open(folder, key));
  TRY_DO(store.check_chains());
  rebuilt.records = found.records.size();
  for (auto const& each : found.records) rebuilt.erased += each.record.erased;
  return rebuilt;
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

// All that a kiosk is made of, the finished one and the unfinished.
std::vector<fs::path> files_in(fs::path const& folder) {
  std::vector<fs::path> files{folder / store::kSlotsFile};
  for (auto const& name : {store::kUnfinishedDatabase, store::kKioskDatabase})
    for (auto const* beside : store::kBesideADatabase) files.push_back(folder / (std::string(name) + beside));
  return files;
}

}  // namespace

base::Result<Rebuilt> rebuild_kiosk(HeldKiosk const& kiosk, FoundRecords const& found, fs::path const& folder) try {
  TRY_DO(check_unbroken(found));
  std::error_code failed;
  if (fs::exists(folder, failed) && !fs::is_empty(folder, failed))
    return base::refused("kiosk.exists", fmt::format("could not make a kiosk in {}: it is not empty", folder.string()),
                         "Choose a new folder");
  failed.clear();
  bool const made = fs::create_directories(folder, failed);
  if (made) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed)
    return base::storage("store.failed",
                         fmt::format("could not make the folder {}: {}", folder.string(), failed.message()),
                         "Check the path and its rights");
  auto const ours = files_in(folder);  // to undo it no memory may be left
  auto rebuilt = fill(kiosk, found, folder);
  if (!rebuilt.ok()) {
    // It was empty: all that is in it now is ours, and a copy of what still stands in the old folder.
    for (auto const& file : ours) fs::remove(file, failed);
    if (made) fs::remove(folder, failed);
  }
  return rebuilt;
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

}  // namespace dga::salvage
