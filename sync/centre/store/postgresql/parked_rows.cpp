#include "sync/centre/store/postgresql/log_rows.h"

// The part of LogTable that is about what has not arrived yet: parked batches and signed heads.
namespace dga::centre::postgresql {

using base::Done;
using base::Result;

Done LogRows::park(ParkedBatch const& batch) {
  Values values;
  values.bytes(batch.log.view()).bytes(batch.id.view()).bytes(batch.device.view()).natural(batch.first_seq);
  values.natural(batch.count).bytes(batch.prev_hash.view()).natural(batch.unreadable ? 1 : 0);
  values.natural(batch.bytes.size()).bytes(batch.bytes);
  return session_.change(
      "INSERT INTO parked (log, id, device, first_seq, count, prev_hash, unreadable, size, bytes) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (log, id) DO NOTHING",
      values);
}

Result<std::vector<ParkedBatch>> LogRows::parked(base::LogId const& log) {
  TRY(auto const found, session_.run("SELECT id, device, first_seq, count, prev_hash, unreadable FROM parked "
                                     "WHERE log = $1 ORDER BY first_seq, id",
                                     Values().bytes(log.view())));
  std::vector<ParkedBatch> batches;
  for (std::size_t at = 0; at < found.size(); ++at) {
    ParkedBatch batch;
    batch.log = log;
    TRY(batch.id, found.fixed<base::Digest>(at, 0));
    TRY(batch.device, found.fixed<base::DeviceId>(at, 1));
    batch.first_seq = found.natural(at, 2);
    batch.count = found.small(at, 3);
    TRY(batch.prev_hash, found.fixed<base::Digest>(at, 4));
    batch.unreadable = found.integer(at, 5) != 0;
    batches.push_back(std::move(batch));
  }
  return batches;
}

Result<std::optional<base::Bytes>> LogRows::parked_bytes(base::LogId const& log, base::Digest const& id) {
  TRY(auto const found,
      session_.run("SELECT bytes FROM parked WHERE log = $1 AND id = $2", Values().bytes(log.view()).bytes(id.view())));
  if (found.size() == 0) return std::optional<base::Bytes>{};
  return std::optional(found.bytes(0, 0));
}

Done LogRows::unpark(base::LogId const& log, base::Digest const& id) {
  return session_.change("DELETE FROM parked WHERE log = $1 AND id = $2", Values().bytes(log.view()).bytes(id.view()));
}

Result<std::uint64_t> LogRows::parked_total(base::DeviceId const& device) {
  TRY(auto const found, session_.run("SELECT COALESCE(sum(size), 0)::bigint FROM parked WHERE device = $1",
                                     Values().bytes(device.view())));
  return found.natural(0, 0);
}

Done LogRows::note_head(base::LogId const& log, SignedHead const& head) {
  Values values;
  values.bytes(log.view()).natural(head.seq).bytes(head.hash.view()).natural(head.branch).natural(head.matched_seq);
  return session_.change(
      "INSERT INTO signed_heads (log, seq, hash, branch, matched_seq) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (log, seq, hash) DO UPDATE SET branch = excluded.branch, "
      "matched_seq = excluded.matched_seq",
      values);
}

Result<std::vector<SignedHead>> LogRows::signed_heads(base::LogId const& log) {
  TRY(auto const found,
      session_.run("SELECT seq, hash, branch, matched_seq FROM signed_heads WHERE log = $1 ORDER BY seq DESC, hash",
                   Values().bytes(log.view())));
  std::vector<SignedHead> heads;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const hash, found.fixed<base::Digest>(at, 1));
    heads.push_back({found.natural(at, 0), hash, found.small(at, 2), found.natural(at, 3)});
  }
  return heads;
}

Done LogRows::drop_head(base::LogId const& log, std::uint64_t seq, base::Digest const& hash) {
  return session_.change("DELETE FROM signed_heads WHERE log = $1 AND seq = $2 AND hash = $3",
                         Values().bytes(log.view()).natural(seq).bytes(hash.view()));
}

}  // namespace dga::centre::postgresql
