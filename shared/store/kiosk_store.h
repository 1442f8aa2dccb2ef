#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
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

// Which of a kiosk's logs: 1 for the first, one more for each child log that was opened after a fork.
using LogNumber = std::int64_t;

// One of a kiosk's logs as it stands.
struct HeldLog {
  LogNumber number = 1;
  LogIdentity identity;
  LogHead head;
  std::uint64_t facts = 0;  // its records that are no TimeSample
};

// A record's place among all that the kiosk ever recorded.
struct RecordPlace {
  LogNumber log = 1;
  std::uint64_t seq = 0;
  auto operator<=>(RecordPlace const&) const = default;
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
  std::int64_t last_receipt_ms = 0;  // when it was last heard, by its clock; 0: never
  bool operator==(SyncState const&) const = default;
};

// A sealed batch that is sent again as it is until it is acknowledged.
struct Outbound {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  base::Bytes sealed_batch;
};

// What a kiosk that runs out of room does without (kiosk_space.h says when).
enum class Thrift {
  kNone,
  kNoFeedback,     // feedback is refused
  kCheckInsFirst,  // and a pack that is larger than the one that is kept
};

// The kiosk's one database: log, chain, pack, sync state, settings.
// Everything appended is durable (synchronous=FULL) when the call returns well.
//
// It has one log at a time. Where the centre has told of a fork a child log follows (protocol.md, "The log"): from then
// on records go to the child, and the logs before it stand as they are, with a sync state and a batch on its way each.
// What names no log means the newest.
// Thread: its owner's only.
class KioskStore {
 public:
  // Makes `folder`/kiosk.db with log record 1 (LogOpened) in it.
  [[nodiscard]] static base::Result<KioskStore> create(std::filesystem::path const& folder, crypto::Key32 const& key,
                                                       LogIdentity const& identity, std::string_view product_version,
                                                       base::Clock const& clock, OpenOptions options = {});
  // Checks that the last 64 records and the head agree with the chain, and that the log has all that the centre
  // acknowledged; damaged "store.chain" when not.
  [[nodiscard]] static base::Result<KioskStore> open(std::filesystem::path const& folder, crypto::Key32 const& key,
                                                     OpenOptions options = {});
  // The same for a database that has another name; for a copy that is checked before it takes the place.
  [[nodiscard]] static base::Result<KioskStore> open_file(std::filesystem::path const& file, crypto::Key32 const& key,
                                                          OpenOptions options = {});

  [[nodiscard]] LogIdentity const& identity() const { return logs_.back().identity; }
  [[nodiscard]] LogHead const& head() const { return logs_.back().head; }
  // Oldest first, numbered from 1 without a gap; never empty. Valid until the next append.
  [[nodiscard]] std::span<HeldLog const> logs() const { return logs_; }

  // kiosk_child.cpp: closes the newest log and opens its child, with LogOpened in it, which names where the parent
  // ends. `with` is done in the same transaction. On an error nothing was opened. Refused "store.identity" for a salt
  // that was used before; what append() refuses.
  [[nodiscard]] base::Done open_child(base::LogSalt const& salt, std::string_view product_version,
                                      base::Clock const& clock, std::function<base::Done()> const& with = {});

  // Appends drafts in order, in one transaction. Of each draft seq and at are set here (wall, boot count, monotonic,
  // simulated), the rest is the caller's. Gives the records as stored; on an error nothing was appended.
  // `with` is done in the same transaction: what must be there with the records, or not at all.
  // Refused "store.record_too_large" beyond kMostRecordBytes, "store.nested" inside another transaction,
  // "store.shedding" where there is feedback among them and the disk is nearly full, "store.full".
  [[nodiscard]] base::Result<std::vector<StoredRecord>> append(std::vector<v1::Record> drafts, base::Clock const& clock,
                                                               std::function<base::Done()> const& with = {});

  // Calls `each` for records from `from_seq` on, in order, until it returns an error or false. Damaged "store.chain"
  // for one whose bytes are not those of its digest. For a log that is not there, here and below: refused
  // "store.no_log".
  using EachRecord = std::function<base::Result<bool>(StoredRecord const&)>;
  [[nodiscard]] base::Done replay(std::uint64_t from_seq, EachRecord const& each);
  [[nodiscard]] base::Done replay(LogNumber log, std::uint64_t from_seq, EachRecord const& each);
  // h(seq) for 0 <= seq <= head; refused "store.no_record" beyond.
  [[nodiscard]] base::Result<base::Digest> hash_at(std::uint64_t seq) { return hash_at(newest(), seq); }
  [[nodiscard]] base::Result<base::Digest> hash_at(LogNumber log, std::uint64_t seq);

  // Computes the chain anew from `from_seq` on; damaged "store.chain", naming the first record that does not fit.
  [[nodiscard]] base::Done check_chain(std::uint64_t from_seq) { return check_chain(newest(), from_seq); }
  [[nodiscard]] base::Done check_chain(LogNumber log, std::uint64_t from_seq);
  // Every log from its first record on, and that each child goes on where its parent ends.
  [[nodiscard]] base::Done check_chains();

  // Records that the centre has not received and that are no TimeSample, in all logs. Two look-ups for each log,
  // however many wait.
  [[nodiscard]] base::Result<std::uint64_t> waiting();
  [[nodiscard]] base::Result<std::uint64_t> waiting(LogNumber log);

  [[nodiscard]] base::Result<SyncState> sync_state() { return sync_state(newest()); }
  [[nodiscard]] base::Result<SyncState> sync_state(LogNumber log);
  [[nodiscard]] base::Done put_sync_state(SyncState const& state) { return put_sync_state(newest(), state); }
  [[nodiscard]] base::Done put_sync_state(LogNumber log, SyncState const& state);

  // What people are told: of all logs together.
  struct Totals {
    std::uint64_t recorded = 0, received = 0, waiting = 0, quarantined = 0;
    std::int64_t last_receipt_ms = 0;  // as SyncState has it, the latest
  };
  [[nodiscard]] base::Result<Totals> totals();

  [[nodiscard]] base::Result<std::optional<Outbound>> outbound() { return outbound(newest()); }
  [[nodiscard]] base::Result<std::optional<Outbound>> outbound(LogNumber log);
  [[nodiscard]] base::Done keep_outbound(Outbound const& batch) { return keep_outbound(newest(), batch); }
  [[nodiscard]] base::Done keep_outbound(LogNumber log, Outbound const& batch);
  [[nodiscard]] base::Done drop_outbound() { return drop_outbound(newest()); }
  [[nodiscard]] base::Done drop_outbound(LogNumber log);

  // The last pack that worked (a serialised ClassPack). Refused "pack.older" unless `version` is newer,
  // "store.shedding".
  [[nodiscard]] base::Result<std::optional<base::Bytes>> pack();
  // Its version; 0 before one came.
  [[nodiscard]] base::Result<std::uint64_t> pack_version();
  [[nodiscard]] base::Done keep_pack(std::uint64_t version, base::ByteView class_pack);

  // Small named values: "centre.address", "centre.enrolment" (EnrolBody), "kiosk.name", "pin.tries", ...
  [[nodiscard]] base::Result<std::optional<base::Bytes>> setting(std::string_view name);
  [[nodiscard]] base::Done put_setting(std::string_view name, base::ByteView value);
  // `puts` calls some of the above: all that they keep is durable together, or none of it.
  [[nodiscard]] base::Done put_together(std::function<base::Done()> const& puts);

  // kiosk_space.cpp: the room for records inside the kiosk's own files, and how it is made. kiosk_space.h has the
  // policy. On an error of make_room() the store is as before.
  struct Room {
    std::uint64_t free_pages = 0;  // of kiosk.db: taken before the file grows
    std::uint64_t log_frames = 0;  // of a log that keeps its length; 0 where it does not
  };
  [[nodiscard]] base::Result<Room> room();
  [[nodiscard]] base::Done make_room();
  void set_thrift(Thrift thrift) { thrift_ = thrift; }

  // kiosk_retention.cpp: what kiosk_retention.h says of how long records are kept.
  // The least that the time can be by the centre's clock, UTC; nothing before the centre was heard.
  [[nodiscard]] base::Result<std::optional<std::int64_t>> centre_time_ms(base::Clock const& clock);
  // What the centre said last, on the kiosk's clocks: its time when the boot's monotonic clock read so.
  struct CentreTime {
    std::int64_t centre_ms = 0;
    std::uint32_t boot = 0;
    std::uint64_t mono_ms = 0;
  };
  [[nodiscard]] base::Result<std::optional<CentreTime>> last_centre_time();
  // The number that the stamp of the next record will bear: another one where it is a boot's first.
  [[nodiscard]] std::uint32_t next_boot(base::Clock const& clock) const {
    return clock.boot_id() == boot_.id ? boot_.count : boot_.count + 1;
  }
  // The number that stamps of this boot bear; nothing before its first record.
  [[nodiscard]] std::optional<std::uint32_t> boot_now(base::Clock const& clock) const {
    auto const next = next_boot(clock);
    return next == boot_.count ? std::optional(next) : std::nullopt;
  }
  struct Wiped {
    std::uint64_t records = 0;
    bool more = false;  // ask again
  };
  // Erases what has been kept long enough of the next `most` records, and records that it did (WIPED), in one
  // transaction. Never what the centre may still lose, and nothing from `needed_from` on.
  [[nodiscard]] base::Result<Wiped> wipe(std::optional<RecordPlace> needed_from, base::Clock const& clock,
                                         std::size_t most = 500);
  // After the last of them: overwrites what the database's log still holds of them.
  [[nodiscard]] base::Done scrub_log();
  // Whether that is still to be done; remembered across restarts.
  [[nodiscard]] base::Result<bool> scrub_due();
  // When something was last wiped, by the kiosk's clock.
  [[nodiscard]] base::Result<std::optional<std::int64_t>> wiped_at_ms();

  // The newest record's stamp.
  [[nodiscard]] base::Result<v1::Stamp> last_stamp();

  [[nodiscard]] Database& database() { return database_; }

 private:
  struct Boot {
    base::Bytes id;
    std::uint32_t count = 0;
  };

  KioskStore(Database database, std::vector<HeldLog> logs) : database_(std::move(database)), logs_(std::move(logs)) {}

  [[nodiscard]] LogNumber newest() const { return logs_.back().number; }
  [[nodiscard]] base::Result<HeldLog const*> log_of(LogNumber number) const;
  [[nodiscard]] base::Done load_tail(HeldLog& log);
  [[nodiscard]] base::Done load_boot();
  // One transaction: `before`, the drafts at the end of `log`, `with`. `log` is as it then stands; what the store knows
  // of it is the caller's to change.
  [[nodiscard]] base::Result<std::vector<StoredRecord>> write(HeldLog& log, std::vector<v1::Record> drafts,
                                                              base::Clock const& clock,
                                                              std::function<base::Done()> const& before,
                                                              std::function<base::Done()> const& with);
  [[nodiscard]] base::Result<StoredRecord> add(v1::Record& draft, v1::Stamp const& stamp, HeldLog& log,
                                               Statement& insert);
  [[nodiscard]] base::Done goes_on(HeldLog const& child, HeldLog const& parent);
  [[nodiscard]] base::Result<std::uint64_t> facts_through(HeldLog const& log, std::uint64_t seq);
  // A transaction that, where the log has no room left, moves its frames away and is tried once more.
  [[nodiscard]] base::Done durably(std::function<base::Done()> const& work);
  // A database whose log was lengthened keeps it.
  void keep_room();
  [[nodiscard]] base::Result<std::uint64_t> wipeable_through();
  [[nodiscard]] base::Done note_centre_time(LogNumber log, v1::Record const& sample);
  // kiosk_store.cpp: the database under a name that is no kiosk yet, closed again; publish() makes it one.
  friend base::Done make_kiosk_database(std::filesystem::path const& file, crypto::Key32 const& key,
                                        LogIdentity const& identity, std::string_view product_version,
                                        base::Clock const& clock, OpenOptions options);
  [[nodiscard]] static base::Result<KioskStore> load(Database database);

  Database database_;
  std::vector<HeldLog> logs_;  // oldest first
  Boot boot_;
  Thrift thrift_ = Thrift::kNone;
};

}  // namespace dga::store
