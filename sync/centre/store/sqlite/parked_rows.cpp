#include "sync/centre/store/sqlite/log_rows.h"
#include "sync/centre/store/sqlite/rows.h"

// The part of LogTable that is about what has not arrived yet: parked batches and signed heads.
namespace dga::centre::sqlite {

using base::Done;
using base::Result;

Done LogRows::park(ParkedBatch const& batch) {
  TRY(auto row,
      database_.prepare(
          "INSERT OR IGNORE INTO parked (log, id, device, first_seq, count, prev_hash, unreadable, size, bytes) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  row.bind_bytes(1, batch.log.view()).bind_bytes(2, batch.id.view()).bind_bytes(3, batch.device.view());
  row.bind(4, batch.first_seq)
      .bind(5, batch.count)
      .bind_bytes(6, batch.prev_hash.view())
      .bind(7, batch.unreadable ? 1 : 0);
  return row.bind(8, std::uint64_t{batch.bytes.size()}).bind_bytes(9, batch.bytes).run();
}

Result<std::vector<ParkedBatch>> LogRows::parked(base::LogId const& log) {
  TRY(auto row, database_.prepare("SELECT id, device, first_seq, count, prev_hash, unreadable FROM parked "
                                  "WHERE log = ?1 ORDER BY first_seq, id"));
  row.bind_bytes(1, log.view());
  std::vector<ParkedBatch> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    ParkedBatch batch;
    batch.log = log;
    TRY(batch.id, fixed<base::Digest>(row, 0));
    TRY(batch.device, fixed<base::DeviceId>(row, 1));
    batch.first_seq = row.natural(2);
    batch.count = small(row, 3);
    TRY(batch.prev_hash, fixed<base::Digest>(row, 4));
    batch.unreadable = row.integer(5) != 0;
    found.push_back(std::move(batch));
    return {};
  }));
  return found;
}

Result<std::optional<base::Bytes>> LogRows::parked_bytes(base::LogId const& log, base::Digest const& id) {
  TRY(auto row, database_.prepare("SELECT bytes FROM parked WHERE log = ?1 AND id = ?2"));
  row.bind_bytes(1, log.view()).bind_bytes(2, id.view());
  TRY(bool const there, row.step());
  if (!there) return std::optional<base::Bytes>{};
  return std::optional(base::Bytes(row.bytes(0)));
}

Done LogRows::unpark(base::LogId const& log, base::Digest const& id) {
  TRY(auto row, database_.prepare("DELETE FROM parked WHERE log = ?1 AND id = ?2"));
  return row.bind_bytes(1, log.view()).bind_bytes(2, id.view()).run();
}

Result<std::uint64_t> LogRows::parked_total(base::DeviceId const& device) {
  TRY(auto row, database_.prepare("SELECT COALESCE(SUM(size), 0) FROM parked WHERE device = ?1"));
  row.bind_bytes(1, device.view());
  TRY(bool const there, row.step());
  return there ? row.natural(0) : std::uint64_t{0};
}

Done LogRows::note_head(base::LogId const& log, SignedHead const& head) {
  TRY(auto row,
      database_.prepare(
          "INSERT OR REPLACE INTO signed_heads (log, seq, hash, branch, matched_seq) VALUES (?1, ?2, ?3, ?4, ?5)"));
  row.bind_bytes(1, log.view()).bind(2, head.seq).bind_bytes(3, head.hash.view());
  return row.bind(4, head.branch).bind(5, head.matched_seq).run();
}

Result<std::vector<SignedHead>> LogRows::signed_heads(base::LogId const& log) {
  TRY(auto row, database_.prepare(
                    "SELECT seq, hash, branch, matched_seq FROM signed_heads WHERE log = ?1 ORDER BY seq DESC, hash"));
  row.bind_bytes(1, log.view());
  std::vector<SignedHead> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const hash, fixed<base::Digest>(row, 1));
    found.push_back({row.natural(0), hash, small(row, 2), row.natural(3)});
    return {};
  }));
  return found;
}

Done LogRows::drop_head(base::LogId const& log, std::uint64_t seq, base::Digest const& hash) {
  TRY(auto row, database_.prepare("DELETE FROM signed_heads WHERE log = ?1 AND seq = ?2 AND hash = ?3"));
  return row.bind_bytes(1, log.view()).bind(2, seq).bind_bytes(3, hash.view()).run();
}

}  // namespace dga::centre::sqlite
