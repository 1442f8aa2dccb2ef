#include "sync/centre/store/postgresql/log_rows.h"

#include "shared/crypto/hash.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

namespace {

// Rows fetched at once while a log is replayed: some megabytes.
constexpr std::uint64_t kPortion = 5'000;

Result<LogInfo> read_log(Answer const& found, std::size_t at) {
  TRY(auto const id, found.fixed<base::LogId>(at, 0));
  TRY(auto const device, found.fixed<base::DeviceId>(at, 1));
  TRY(auto const salt, found.fixed<base::LogSalt>(at, 2));
  return LogInfo{id, device, salt};
}

Result<LogRow> read_row(Answer const& found, std::size_t at) {
  LogRow row;
  row.seq = found.natural(at, 0);
  TRY(row.hash, found.fixed<base::Digest>(at, 1));
  row.reason = found.small(at, 2);
  if (found.is_null(at, 3)) {
    TRY(row.digest, found.fixed<base::Digest>(at, 4));
  } else {
    row.bytes = found.bytes(at, 3);
    row.digest = crypto::hash({*row.bytes});
  }
  return row;
}

}  // namespace

Result<std::optional<LogInfo>> LogRows::log(base::LogId const& id) {
  TRY(auto const found, session_.run("SELECT id, device, salt FROM logs WHERE id = $1", Values().bytes(id.view())));
  if (found.size() == 0) return std::optional<LogInfo>{};
  TRY(auto const log, read_log(found, 0));
  return std::optional(log);
}

Done LogRows::add_log(LogInfo const& log) {
  return session_.change("INSERT INTO logs (id, device, salt) VALUES ($1, $2, $3)",
                         Values().bytes(log.id.view()).bytes(log.device.view()).bytes(log.salt.view()));
}

Result<std::vector<LogInfo>> LogRows::logs() {
  TRY(auto const found, session_.run("SELECT id, device, salt FROM logs ORDER BY id"));
  std::vector<LogInfo> logs;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const log, read_log(found, at));
    logs.push_back(log);
  }
  return logs;
}

Result<std::vector<Branch>> LogRows::branches(base::LogId const& log) {
  TRY(auto const found,
      session_.run("SELECT number, parent, fork_at, head_seq, head_hash FROM branches WHERE log = $1 ORDER BY number",
                   Values().bytes(log.view())));
  std::vector<Branch> branches;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const head, found.fixed<base::Digest>(at, 4));
    branches.push_back({found.small(at, 0), found.small(at, 1), found.natural(at, 2), found.natural(at, 3), head});
  }
  return branches;
}

Result<std::vector<LogBranch>> LogRows::all_branches() {
  TRY(auto const found,
      session_.run("SELECT log, number, parent, fork_at, head_seq, head_hash FROM branches ORDER BY log, number"));
  std::vector<LogBranch> branches;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const log, found.fixed<base::LogId>(at, 0));
    TRY(auto const head, found.fixed<base::Digest>(at, 5));
    branches.push_back(
        {log, {found.small(at, 1), found.small(at, 2), found.natural(at, 3), found.natural(at, 4), head}});
  }
  return branches;
}

Done LogRows::put_branch(base::LogId const& log, Branch const& branch) {
  Values values;
  values.bytes(log.view()).natural(branch.number).natural(branch.parent).natural(branch.fork_at);
  values.natural(branch.head_seq).bytes(branch.head_hash.view());
  return session_.change(
      "INSERT INTO branches (log, number, parent, fork_at, head_seq, head_hash) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (log, number) DO UPDATE SET "
      "parent = excluded.parent, fork_at = excluded.fork_at, head_seq = excluded.head_seq, "
      "head_hash = excluded.head_hash",
      values);
}

Result<std::optional<std::uint32_t>> LogRows::branch_of(base::LogId const& log, std::uint64_t seq,
                                                        base::Digest const& hash) {
  TRY(auto const found, session_.run("SELECT branch FROM log_rows WHERE log = $1 AND seq = $2 AND hash = $3",
                                     Values().bytes(log.view()).natural(seq).bytes(hash.view())));
  if (found.size() == 0) return std::optional<std::uint32_t>{};
  return std::optional(found.small(0, 0));
}

Result<std::vector<PlacedRow>> LogRows::places(base::LogId const& log, std::uint64_t from, std::uint64_t through) {
  TRY(auto const found,
      session_.run("SELECT seq, hash, branch FROM log_rows WHERE log = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq",
                   Values().bytes(log.view()).natural(from).natural(through)));
  std::vector<PlacedRow> places;
  places.reserve(found.size());
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const hash, found.fixed<base::Digest>(at, 1));
    places.push_back({found.natural(at, 0), hash, found.small(at, 2)});
  }
  return places;
}

Done LogRows::append(base::LogId const& log, std::uint32_t branch, std::span<LogRow const> rows) {
  if (rows.empty()) return {};
  std::vector<std::int64_t> seqs, reasons;
  std::vector<std::optional<base::ByteView>> hashes, bytes, digests;
  for (auto const& each : rows) {
    seqs.push_back(static_cast<std::int64_t>(each.seq));
    reasons.push_back(each.reason);
    hashes.emplace_back(each.hash.view());
    bytes.push_back(each.bytes ? std::optional<base::ByteView>(*each.bytes) : std::nullopt);
    digests.push_back(each.bytes ? std::nullopt : std::optional(each.digest.view()));
  }
  Values values;
  values.bytes(log.view()).natural(branch);
  values.integers(seqs).all_bytes(hashes).integers(reasons).all_bytes(bytes).all_bytes(digests);
  return session_.change(
      "INSERT INTO log_rows (log, branch, seq, hash, reason, bytes, digest) "
      "SELECT $1, $2::bigint, seq, hash, reason, bytes, digest "
      "FROM unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[]) "
      "AS batch (seq, hash, reason, bytes, digest)",
      values);
}

Done LogRows::replay(base::LogId const& log, std::uint32_t branch, std::uint64_t after, std::uint64_t through,
                     std::function<Done(LogRow const&)> const& each) {
  // A branch has one row a seq, so the last one of a portion says where the next begins.
  for (;;) {
    TRY(auto const found,
        session_.run("SELECT seq, hash, reason, bytes, digest FROM log_rows WHERE log = $1 AND seq > $2 AND seq <= $3 "
                     "AND branch = $4::bigint ORDER BY seq LIMIT $5",
                     Values().bytes(log.view()).natural(after).natural(through).natural(branch).natural(kPortion)));
    for (std::size_t at = 0; at < found.size(); ++at) {
      TRY(auto const row, read_row(found, at));
      TRY_DO(each(row));
      after = row.seq;
    }
    if (found.size() < kPortion) return {};
  }
}

Result<RowCount> LogRows::count(base::LogId const& log, std::uint32_t branch) {
  TRY(auto const found, session_.run("SELECT count(*), count(*) FILTER (WHERE reason <> 0) FROM log_rows "
                                     "WHERE log = $1 AND branch = $2::bigint",
                                     Values().bytes(log.view()).natural(branch)));
  return RowCount{found.natural(0, 0) - found.natural(0, 1), found.natural(0, 1)};
}

Result<std::uint64_t> LogRows::quarantined_total(base::LogId const& log, std::uint32_t branch, std::uint64_t from,
                                                 std::uint64_t through) {
  TRY(auto const found,
      session_.run("SELECT count(*) FROM log_rows WHERE log = $1 AND seq BETWEEN $2 AND $3 AND branch = $4::bigint "
                   "AND reason <> 0",
                   Values().bytes(log.view()).natural(from).natural(through).natural(branch)));
  return found.natural(0, 0);
}

Result<std::vector<QuarantinedRow>> LogRows::quarantined(base::LogId const& log, std::uint32_t branch,
                                                         std::uint64_t from, std::uint64_t through, std::size_t most) {
  TRY(auto const found,
      session_.run("SELECT seq, reason FROM log_rows WHERE log = $1 AND seq BETWEEN $2 AND $3 AND branch = $4::bigint "
                   "AND reason <> 0 ORDER BY seq LIMIT $5",
                   Values().bytes(log.view()).natural(from).natural(through).natural(branch).natural(most)));
  std::vector<QuarantinedRow> rows;
  for (std::size_t at = 0; at < found.size(); ++at) rows.push_back({found.natural(at, 0), found.small(at, 1)});
  return rows;
}

Done LogRows::set_reason(base::LogId const& log, std::uint64_t seq, base::Digest const& hash, std::uint32_t reason) {
  return session_.change("UPDATE log_rows SET reason = $4::bigint WHERE log = $1 AND seq = $2 AND hash = $3",
                         Values().bytes(log.view()).natural(seq).bytes(hash.view()).natural(reason));
}

}  // namespace dga::centre::postgresql
