// What a kiosk's database says, record by record.
#include <fmt/format.h>

#include <new>

#include "shared/crypto/hash.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/kiosk_store.h"
#include "shared/store/memory.h"
#include "shared/store/salvage/check.h"

namespace dga::salvage {
namespace {

class Contents {
 public:
  Contents(store::Database& database, Report& report) : database_(database), report_(report) {}

  base::Done check() {
    std::vector<std::int64_t> numbers;
    {
      TRY(auto query, database_.prepare("SELECT number FROM log ORDER BY number"));
      for (;;) {
        TRY(bool const row, query.step());
        if (!row) break;
        numbers.push_back(query.integer(0));
      }
    }
    if (numbers.empty()) bad(Piece::kDatabase, 0, "holds no log");
    for (auto const number : numbers) {
      TRY_DO(check_log(number));
      TRY(parent_.log, id_of(number));
    }
    TRY(auto strays,
        database_.prepare("SELECT count(*) FROM record WHERE place >> ?1 NOT IN (SELECT number FROM log)"));
    strays.bind(1, store::kSeqBits);
    TRY(bool const row, strays.step());
    if (row && strays.integer(0) != 0)
      bad(Piece::kDatabase, 0, fmt::format("{} records belong to no log", strays.integer(0)));
    return {};
  }

 private:
  void bad(Piece piece, std::uint64_t number, std::string what) {
    report_.damage.push_back({piece, number, std::move(what)});
  }

  base::Result<base::LogId> id_of(std::int64_t number) {
    TRY(auto query, database_.prepare("SELECT log_id FROM log WHERE number = ?"));
    query.bind(1, number);
    TRY(bool const row, query.step());
    return (row ? base::LogId::from(query.bytes(0)) : std::nullopt).value_or(base::LogId());
  }

  base::Result<base::Digest> beginning(std::int64_t number) {
    TRY(auto query, database_.prepare("SELECT log_id, device_id, log_salt FROM log WHERE number = ?"));
    query.bind(1, number);
    TRY(bool const row, query.step());
    auto const log = row ? base::LogId::from(query.bytes(0)) : std::nullopt;
    auto const device = row ? base::DeviceId::from(query.bytes(1)) : std::nullopt;
    auto const salt = row ? base::LogSalt::from(query.bytes(2)) : std::nullopt;
    if (!log || !device || !salt || crypto::log_id(*device, *salt) != *log)
      bad(Piece::kDatabase, 0, fmt::format("the identity of log {} does not follow from its device and salt", number));
    return crypto::chain_start(log.value_or(base::LogId()));
  }

  // Of one record: what it is by itself, then whether it follows from the one before.
  void check_record(store::Statement const& row, std::uint64_t seq, base::Digest& previous) {
    ++report_.records;
    auto const digest = base::Digest::from(row.bytes(2)), hash = base::Digest::from(row.bytes(3));
    if (!digest || !hash) return bad(Piece::kRecord, seq, "has no digest or no hash");
    if (row.is_null(1)) {
      ++report_.erased;
    } else if (crypto::hash({row.bytes(1)}) != *digest) {
      bad(Piece::kRecord, seq, "is not what was written");
    } else if (v1::Record record; !record.ParseFromString(std::string(row.bytes(1))) || record.seq() != seq) {
      bad(Piece::kRecord, seq, "does not stand in its place");
    }
    if (crypto::chain_next(previous, seq, *digest) != *hash)
      bad(Piece::kRecord, seq, "does not follow from the one before");
    previous = *hash;
  }

  // A child names the log before it, and where that one ends.
  void check_parent(store::Statement const& first_row, std::int64_t number) {
    v1::Record first;
    if (number == 1 || first_row.is_null(1) || !first.ParseFromString(std::string(first_row.bytes(1)))) return;
    auto const& opened = first.log_opened();
    if (opened.parent_log() != parent_.log.view())
      return bad(Piece::kDatabase, 0, fmt::format("log {} is no child of the log before it", number));
    if (opened.parent_seq() != parent_.head.seq || opened.parent_hash() != parent_.head.hash.view())
      bad(Piece::kDatabase, 0,
          fmt::format("log {} goes on from record {} of the log before it, which ends with record {} or another one",
                      number, opened.parent_seq(), parent_.head.seq));
  }

  base::Done check_log(std::int64_t number) {
    TRY(auto previous, beginning(number));
    std::uint64_t next = 1;
    {
      TRY(auto query, database_.prepare("SELECT place, bytes, digest, hash FROM record WHERE place > ?1 AND place < ?2 "
                                        "ORDER BY place"));
      query.bind(1, store::place_of(number, 0)).bind(2, store::place_of(number + 1, 0));
      for (;;) {
        TRY(bool const row, query.step());
        if (!row) break;
        auto const seq = store::seq_of(query.integer(0));
        if (seq > next)
          bad(Piece::kRecord, next,
              seq == next + 1 ? std::string("is missing") : fmt::format("and those up to {} are missing", seq - 1));
        check_record(query, seq, previous);
        if (seq == 1) check_parent(query, number);
        next = seq + 1;
      }
    }
    parent_.head = {next - 1, previous};
    return check_sync(number, next - 1);
  }

  base::Done check_sync(std::int64_t number, std::uint64_t head) {
    if (head == 0) bad(Piece::kRecord, 1, "is missing: every log begins with it");
    TRY(auto query, database_.prepare("SELECT received_through, durable_through FROM sync_state WHERE log = ?"));
    query.bind(1, number);
    TRY(bool const row, query.step());
    if (!row) return {};
    auto const received = query.natural(0), durable = query.natural(1);
    if (received > head)
      bad(Piece::kSyncState, received,
          fmt::format(
              "the centre has records up to {}, the log ends at {}: its end is lost, or an older page of it was "
              "put back",
              received, head));
    if (durable > received)
      bad(Piece::kSyncState, durable, fmt::format("more is durable ({}) than was received ({})", durable, received));
    return {};
  }

  store::Database& database_;
  Report& report_;
  // The log that was looked at last: its id, and where it ends.
  struct {
    base::LogId log;
    store::LogHead head;
  } parent_;
};

base::Done check_contents(std::filesystem::path const& file, crypto::Key32 const& key,
                          store::OpenOptions const& options, Report& report) {
  auto database = store::Database::open(file, key, options);
  if (!database.ok()) {
    // Told already where it is the damage that was found; anything else would pass for a whole database.
    if (!report.whole()) return {};
    if (database.error().fault != base::Fault::kDamaged) return database.error();
    report.damage.push_back({Piece::kDatabase, 0, database.error().what});
    return {};
  }
  auto const told = [&](base::Error const& error) -> base::Done {
    if (error.fault != base::Fault::kDamaged) return error;
    if (report.whole()) report.damage.push_back({Piece::kDatabase, 0, error.what});
    return {};
  };
  if (auto const done = migrate(*database, store::kKioskApplication, store::kiosk_migrations()); !done.ok())
    return told(done.error());
  if (auto const done = Contents(*database, report).check(); !done.ok()) return told(done.error());
  return {};
}

}  // namespace

base::Result<Report> check_kiosk(DatabaseFiles const& files, crypto::Key32 const& key) try {
  return check_files(files, key, [&](auto const& file, auto const& options, Report& report) {
    return check_contents(file, key, options, report);
  });
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

}  // namespace dga::salvage
