// The log itself: appending, reading and checking records.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <new>

#include "shared/base/planted.h"
#include "shared/crypto/hash.h"
#include "shared/records/kinds.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/kiosk_store.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

constexpr std::string_view kBootId = "boot.id", kBootCount = "boot.count";

base::Error broken_chain(std::uint64_t seq, std::string_view found) {
  return base::damaged("store.chain", fmt::format("record {} of the log {}", seq, found),
                       "Keep the folder as it is and restore from a copy; what was sent is at the centre");
}

v1::Stamp stamp_of(base::Clock const& clock, std::uint32_t boot) {
  v1::Stamp stamp;
  stamp.set_wall_ms(clock.wall_ms());
  stamp.set_boot(boot);
  stamp.set_mono_ms(clock.mono_ms());
  stamp.set_simulated(clock.simulated());
  return stamp;
}

}  // namespace

base::Done KioskStore::load_boot() {
  TRY(auto const id, setting(kBootId));
  TRY(auto const count, setting(kBootCount));
  boot_ = {id.value_or(""), 0};
  for (char digit : count.value_or("")) boot_.count = boot_.count * 10 + static_cast<std::uint32_t>(digit - '0');
  return {};
}

base::Result<HeldLog const*> KioskStore::log_of(LogNumber number) const {
  for (auto const& log : logs_)
    if (log.number == number) return &log;
  return base::refused("store.no_log", fmt::format("this kiosk has no log {}", number), "Name one that it has");
}

base::Done KioskStore::load_tail(HeldLog& log) {
  TRY(auto query, database_.prepare("SELECT place, hash, facts FROM record WHERE place > ?1 AND place < ?2 "
                                    "ORDER BY place DESC LIMIT 1"));
  query.bind(1, place_of(log.number, 0)).bind(2, place_of(log.number + 1, 0));
  TRY(bool const found, query.step());
  if (!found) return {};
  auto const hash = base::Digest::from(query.bytes(1));
  log.head.seq = seq_of(query.integer(0));
  if (!hash) return broken_chain(log.head.seq, "has no hash");
  log.head.hash = *hash;
  log.facts = query.natural(2);
  return {};
}

base::Result<StoredRecord> KioskStore::add(v1::Record& draft, v1::Stamp const& stamp, HeldLog& log, Statement& insert) {
  StoredRecord stored;
  stored.seq = log.head.seq + 1;
  draft.set_seq(stored.seq);
  *draft.mutable_at() = stamp;
  stored.bytes = draft.SerializeAsString();
  if (stored.bytes.size() > kMostRecordBytes)
    return base::refused(
        "store.record_too_large",
        fmt::format("a record of {} bytes is more than the {} that fit", stored.bytes.size(), kMostRecordBytes),
        "Shorten the answers");
  stored.digest = crypto::hash({stored.bytes});
  stored.hash = crypto::chain_next(log.head.hash, stored.seq, stored.digest);
  log.head = {stored.seq, stored.hash};
  if (!draft.has_time_sample()) ++log.facts;
  insert.bind(1, place_of(log.number, stored.seq)).bind_bytes(2, stored.bytes).bind_bytes(3, stored.digest.view());
  insert.bind_bytes(4, stored.hash.view()).bind(5, log.facts);
  TRY_DO(insert.run());
  return stored;
}

base::Result<std::vector<StoredRecord>> KioskStore::append(std::vector<v1::Record> drafts, base::Clock const& clock,
                                                           std::function<base::Done()> const& with) try {
  if (drafts.empty() && !with) return std::vector<StoredRecord>();
  auto& newest = base::kPlantedBug == base::PlantedBug::kClosedLogGrows ? logs_.front() : logs_.back();
  auto log = newest;
  TRY(auto stored, write(log, std::move(drafts), clock, {}, with));
  newest = log;
  return stored;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::vector<StoredRecord>> KioskStore::write(HeldLog& log, std::vector<v1::Record> drafts,
                                                          base::Clock const& clock,
                                                          std::function<base::Done()> const& before,
                                                          std::function<base::Done()> const& with) {
  std::vector<StoredRecord> stored;
  if (thrift_ != Thrift::kNone && std::any_of(drafts.begin(), drafts.end(), records::is_feedback))
    return base::refused("store.shedding",
                         "the disk is nearly full: feedback is not taken, so that check-ins still fit",
                         "Free space on the disk");
  // A transaction around this one could still take the records back after they were called durable.
  TRY_DO(database_.settle());
  if (sqlite3_get_autocommit(database_.handle()) == 0)
    return base::refused("store.nested", "records are appended in a transaction of their own",
                         "Append outside of transaction()");
  stored.reserve(drafts.size());
  auto const start = log;
  auto boot = boot_;
  if (auto id = clock.boot_id(); id != boot.id) boot = {std::move(id), boot.count + 1};
  auto const stamp = stamp_of(clock, boot.count);
  TRY_DO(durably([&]() -> base::Done {
    stored.clear();  // it may be the second try
    log = start;
    if (before) TRY_DO(before());
    if (boot.count != boot_.count) {
      TRY_DO(put_setting(kBootId, boot.id));
      TRY_DO(put_setting(kBootCount, std::to_string(boot.count)));
    }
    TRY(auto insert,
        database_.prepare("INSERT INTO record (place, bytes, digest, hash, facts) VALUES (?, ?, ?, ?, ?)"));
    for (auto& draft : drafts) {
      TRY(auto record, add(draft, stamp, log, insert));
      stored.push_back(std::move(record));
      if (draft.has_time_sample()) TRY_DO(note_centre_time(log.number, draft));
    }
    return with ? with() : base::Done();
  }));
  boot_ = std::move(boot);
  return stored;
}

base::Result<v1::Stamp> KioskStore::last_stamp() try {
  v1::Record last;
  TRY_DO(replay(head().seq, [&](StoredRecord const& stored) -> base::Result<bool> {
    if (!stored.erased && !last.ParseFromString(stored.bytes)) return broken_chain(stored.seq, "cannot be read");
    return true;
  }));
  return last.at();
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::replay(std::uint64_t from_seq, EachRecord const& each) {
  return replay(newest(), from_seq, each);
}

base::Done KioskStore::replay(LogNumber number, std::uint64_t from_seq, EachRecord const& each) try {
  TRY(auto const* const log, log_of(number));
  TRY(auto query,
      database_.prepare("SELECT place, bytes, digest, hash FROM record WHERE place BETWEEN ? AND ? ORDER BY place"));
  query.bind(1, place_of(number, std::max<std::uint64_t>(from_seq, 1))).bind(2, place_of(number, log->head.seq));
  StoredRecord record;  // one for all, so that its memory is used again
  for (;;) {
    TRY(bool const row, query.step());
    if (!row) return {};
    record.seq = seq_of(query.integer(0));
    record.erased = query.is_null(1);
    record.bytes.assign(query.bytes(1));
    auto const digest = base::Digest::from(query.bytes(2)), hash = base::Digest::from(query.bytes(3));
    if (!digest || !hash) return broken_chain(record.seq, "has no hash");
    record.digest = *digest;
    record.hash = *hash;
    // Half a microsecond: an older page put back whole opens, and must not pass for what was written.
    if (!record.erased && crypto::hash({record.bytes}) != record.digest)
      return broken_chain(record.seq, "is not what was written");
    TRY(bool const go_on, each(record));
    if (!go_on) return {};
  }
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<base::Digest> KioskStore::hash_at(LogNumber number, std::uint64_t seq) try {
  TRY(auto const* const log, log_of(number));
  if (seq == 0) return crypto::chain_start(log->identity.log);
  if (seq == log->head.seq) return log->head.hash;
  if (seq > log->head.seq)
    return base::refused("store.no_record",
                         fmt::format("there is no record {}: the log ends at {}", seq, log->head.seq));
  TRY(auto query, database_.prepare("SELECT hash FROM record WHERE place = ?"));
  query.bind(1, place_of(number, seq));
  TRY(bool const found, query.step());
  auto const hash = found ? base::Digest::from(query.bytes(0)) : std::nullopt;
  if (!hash) return broken_chain(seq, "is missing");
  return *hash;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::check_chain(LogNumber number, std::uint64_t from_seq) try {
  TRY(auto const* const log, log_of(number));
  auto next = std::max<std::uint64_t>(from_seq, 1);
  TRY(auto previous, hash_at(number, next - 1));
  TRY_DO(replay(number, next, [&](StoredRecord const& record) -> base::Result<bool> {
    if (record.seq != next) return broken_chain(next, "is missing");
    if (!record.erased) {
      v1::Record parsed;
      if (!parsed.ParseFromString(record.bytes) || parsed.seq() != next)
        return broken_chain(next, "does not stand in its place");
    }
    if (crypto::chain_next(previous, next, record.digest) != record.hash)
      return broken_chain(next, "does not follow from the one before");
    previous = record.hash;
    ++next;
    return true;
  }));
  if (next != log->head.seq + 1 || previous != log->head.hash) return broken_chain(next, "is missing");
  return {};
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
