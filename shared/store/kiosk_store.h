#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/crypto/chain.h"
#include "shared/records/record.pb.h"
#include "shared/store/database.h"

namespace dga::store {

struct LogIdentity {
  base::DeviceId device;
  base::LogId log;
  base::LogSalt salt;
};

// A place in a log: seq and h(seq). {0, h(0)} before the first record.
struct LogHead {
  std::uint64_t seq = 0;
  base::Digest hash;
};

// The largest record: one must fit into the smallest batch that a 413 can force, with room to spare.
inline constexpr std::size_t kMostRecordBytes = 256 * 1024;

// A record as it stands in the log: hashed as written, never encoded again.
struct StoredRecord {
  std::uint64_t seq = 0;
  base::Bytes bytes;
  base::Digest hash;    // h(seq)
  base::Digest digest;  // H(record bytes): how a Void or a walk-in's check-in names it
  bool erased = false;  // `bytes` is empty, its digest stands for it
};

// What the centre has said so far, by receipts that verified.
struct SyncState {
  std::uint64_t received_through = 0;
  std::uint64_t durable_through = 0;
  std::uint64_t centre_epoch = 0;
  std::uint64_t fork_at = 0;  // 0: no fork
  std::uint32_t quarantined_total = 0;
  bool revoked = false;
  std::int64_t last_receipt_ms = 0;  // by the kiosk's clock; 0: never
};

// A sealed batch that is sent again as it is until it is acknowledged.
struct Outbound {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  base::Bytes sealed_batch;
};

// The kiosk's one database: log, chain, pack, sync state, settings.
// Everything appended is durable (synchronous=FULL) when the call returns well.
// Thread: its owner's only.
class KioskStore {
 public:
  // Makes `folder`/kiosk.db with log record 1 (LogOpened) in it.
  [[nodiscard]] static base::Result<KioskStore> create(std::filesystem::path const& folder, crypto::Key32 const& key,
                                                       LogIdentity const& identity, std::string_view product_version,
                                                       base::Clock const& clock, OpenOptions options = {});
  // Checks that the last 64 records and the head agree with the chain; damaged "store.chain" when not.
  [[nodiscard]] static base::Result<KioskStore> open(std::filesystem::path const& folder, crypto::Key32 const& key,
                                                     OpenOptions options = {});
  // The same for a database that has another name; for a copy that is checked before it takes the place.
  [[nodiscard]] static base::Result<KioskStore> open_file(std::filesystem::path const& file, crypto::Key32 const& key,
                                                          OpenOptions options = {});

  [[nodiscard]] LogIdentity const& identity() const { return identity_; }
  [[nodiscard]] LogHead const& head() const { return head_; }

  // Appends drafts in order, in one transaction. Of each draft seq and at are set here (wall, boot count, monotonic,
  // simulated), the rest is the caller's. Gives the records as stored; on an error nothing was appended.
  // Refused "store.record_too_large" beyond kMostRecordBytes, "store.nested" inside another transaction.
  [[nodiscard]] base::Result<std::vector<StoredRecord>> append(std::vector<v1::Record> drafts,
                                                               base::Clock const& clock);

  // Calls `each` for records from `from_seq` on, in order, until it returns an error or false.
  [[nodiscard]] base::Done replay(std::uint64_t from_seq,
                                  std::function<base::Result<bool>(StoredRecord const&)> const& each);
  // h(seq) for 0 <= seq <= head; refused "store.no_record" beyond.
  [[nodiscard]] base::Result<base::Digest> hash_at(std::uint64_t seq);

  // Computes the chain anew from `from_seq` on; damaged "store.chain", naming the first record that does not fit.
  [[nodiscard]] base::Done check_chain(std::uint64_t from_seq);

  // Records after received_through that are no TimeSample. Two look-ups, however many wait.
  [[nodiscard]] base::Result<std::uint64_t> waiting();

  [[nodiscard]] base::Result<SyncState> sync_state();
  [[nodiscard]] base::Done put_sync_state(SyncState const& state);

  [[nodiscard]] base::Result<std::optional<Outbound>> outbound();
  [[nodiscard]] base::Done keep_outbound(Outbound const& batch);
  [[nodiscard]] base::Done drop_outbound();

  // The last pack that worked (a serialised ClassPack). Refused "pack.older" unless `version` is newer.
  [[nodiscard]] base::Result<std::optional<base::Bytes>> pack();
  // Its version; 0 before one came.
  [[nodiscard]] base::Result<std::uint64_t> pack_version();
  [[nodiscard]] base::Done keep_pack(std::uint64_t version, base::ByteView class_pack);

  // Small named values: "centre.address", "centre.enrolment" (EnrolBody), "kiosk.name", "pin.tries", ...
  [[nodiscard]] base::Result<std::optional<base::Bytes>> setting(std::string_view name);
  [[nodiscard]] base::Done put_setting(std::string_view name, base::ByteView value);

  [[nodiscard]] Database& database() { return database_; }

 private:
  // What one more record needs to know of those before it.
  struct Tail {
    LogHead head;
    std::uint64_t facts = 0;  // records so far that are no TimeSample
  };
  struct Boot {
    base::Bytes id;
    std::uint32_t count = 0;
  };

  KioskStore(Database database, LogIdentity identity, std::int64_t log_number);

  [[nodiscard]] base::Done load_tail();
  [[nodiscard]] base::Done load_boot();
  [[nodiscard]] base::Result<StoredRecord> add(v1::Record& draft, v1::Stamp const& stamp, Tail& tail,
                                               Statement& insert);
  [[nodiscard]] base::Result<std::uint64_t> facts_through(std::uint64_t seq);
  // kiosk_store.cpp: the database under a name that is no kiosk yet, closed again; publish() makes it one.
  friend base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key,
                                        LogIdentity const& identity, std::string_view product_version,
                                        base::Clock const& clock, OpenOptions options);
  [[nodiscard]] static base::Result<KioskStore> load(Database database);

  Database database_;
  LogIdentity identity_;
  // Which of the database's logs this is: a child log after a fork has the next number.
  std::int64_t log_number_;
  LogHead head_;
  std::uint64_t facts_ = 0;
  Boot boot_;
};

}  // namespace dga::store
