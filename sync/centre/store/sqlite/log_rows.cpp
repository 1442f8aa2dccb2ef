#include "sync/centre/store/sqlite/log_rows.h"

#include "shared/crypto/hash.h"
#include "sync/centre/store/sqlite/rows.h"

namespace dga::centre::sqlite {

using base::Done;
using base::Result;

Result<std::optional<LogInfo>> LogRows::log(base::LogId const& id) {
  TRY(auto row, database_.prepare("SELECT device, salt FROM logs WHERE id = ?1"));
  row.bind_bytes(1, id.view());
  TRY(bool const there, row.step());
  if (!there) return std::optional<LogInfo>{};
  TRY(auto const device, fixed<base::DeviceId>(row, 0));
  TRY(auto const salt, fixed<base::LogSalt>(row, 1));
  return std::optional(LogInfo{id, device, salt});
}

Done LogRows::add_log(LogInfo const& log) {
  TRY(auto row, database_.prepare("INSERT INTO logs (id, device, salt) VALUES (?1, ?2, ?3)"));
  return row.bind_bytes(1, log.id.view()).bind_bytes(2, log.device.view()).bind_bytes(3, log.salt.view()).run();
}

Result<std::vector<LogInfo>> LogRows::logs() {
  TRY(auto row, database_.prepare("SELECT id, device, salt FROM logs ORDER BY id"));
  std::vector<LogInfo> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const id, fixed<base::LogId>(row, 0));
    TRY(auto const device, fixed<base::DeviceId>(row, 1));
    TRY(auto const salt, fixed<base::LogSalt>(row, 2));
    found.push_back({id, device, salt});
    return {};
  }));
  return found;
}

Result<std::vector<Branch>> LogRows::branches(base::LogId const& log) {
  TRY(auto row,
      database_.prepare(
          "SELECT number, parent, fork_at, head_seq, head_hash FROM branches WHERE log = ?1 ORDER BY number"));
  row.bind_bytes(1, log.view());
  std::vector<Branch> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const head, fixed<base::Digest>(row, 4));
    found.push_back({small(row, 0), small(row, 1), row.natural(2), row.natural(3), head});
    return {};
  }));
  return found;
}

Result<std::vector<LogBranch>> LogRows::all_branches() {
  TRY(auto row,
      database_.prepare("SELECT log, number, parent, fork_at, head_seq, head_hash FROM branches ORDER BY log, number"));
  std::vector<LogBranch> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const log, fixed<base::LogId>(row, 0));
    TRY(auto const head, fixed<base::Digest>(row, 5));
    found.push_back({log, {small(row, 1), small(row, 2), row.natural(3), row.natural(4), head}});
    return {};
  }));
  return found;
}

Done LogRows::put_branch(base::LogId const& log, Branch const& branch) {
  TRY(auto row, database_.prepare("INSERT OR REPLACE INTO branches (log, number, parent, fork_at, head_seq, head_hash) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  row.bind_bytes(1, log.view()).bind(2, branch.number).bind(3, branch.parent).bind(4, branch.fork_at);
  return row.bind(5, branch.head_seq).bind_bytes(6, branch.head_hash.view()).run();
}

Result<std::optional<std::uint32_t>> LogRows::branch_of(base::LogId const& log, std::uint64_t seq,
                                                        base::Digest const& hash) {
  TRY(auto row, database_.prepare("SELECT branch FROM rows WHERE log = ?1 AND seq = ?2 AND hash = ?3"));
  row.bind_bytes(1, log.view()).bind(2, seq).bind_bytes(3, hash.view());
  TRY(bool const there, row.step());
  if (!there) return std::optional<std::uint32_t>{};
  return std::optional(small(row, 0));
}

Result<std::vector<PlacedRow>> LogRows::places(base::LogId const& log, std::uint64_t from, std::uint64_t through) {
  TRY(auto row,
      database_.prepare("SELECT seq, hash, branch FROM rows WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq"));
  row.bind_bytes(1, log.view()).bind(2, from).bind(3, through);
  std::vector<PlacedRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const hash, fixed<base::Digest>(row, 1));
    found.push_back({row.natural(0), hash, small(row, 2)});
    return {};
  }));
  return found;
}

Done LogRows::append(base::LogId const& log, std::uint32_t branch, std::span<LogRow const> rows) {
  TRY(auto row,
      database_.prepare(
          "INSERT INTO rows (log, seq, hash, branch, reason, bytes, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  for (auto const& each : rows) {
    row.bind_bytes(1, log.view())
        .bind(2, each.seq)
        .bind_bytes(3, each.hash.view())
        .bind(4, branch)
        .bind(5, each.reason);
    if (each.bytes) {
      row.bind_bytes(6, *each.bytes).bind_null(7);
    } else {
      row.bind_null(6).bind_bytes(7, each.digest.view());
    }
    TRY_DO(row.run());
    row.reset();
  }
  return {};
}

Done LogRows::replay(base::LogId const& log, std::uint32_t branch, std::uint64_t after, std::uint64_t through,
                     std::function<Done(LogRow const&)> const& each) {
  TRY(auto row, database_.prepare("SELECT seq, hash, reason, bytes, digest FROM rows "
                                  "WHERE log = ?1 AND seq > ?2 AND seq <= ?3 AND branch = ?4 ORDER BY seq"));
  row.bind_bytes(1, log.view()).bind(2, after).bind(3, through).bind(4, branch);
  return for_each_row(row, [&]() -> Done {
    LogRow read;
    read.seq = row.natural(0);
    TRY(read.hash, fixed<base::Digest>(row, 1));
    read.reason = small(row, 2);
    if (row.is_null(3)) {
      TRY(read.digest, fixed<base::Digest>(row, 4));
    } else {
      read.bytes = base::Bytes(row.bytes(3));
      read.digest = crypto::hash({*read.bytes});
    }
    return each(read);
  });
}

Result<RowCount> LogRows::count(base::LogId const& log, std::uint32_t branch) {
  TRY(auto row, database_.prepare(
                    "SELECT COUNT(*), COUNT(*) FILTER (WHERE reason <> 0) FROM rows WHERE log = ?1 AND branch = ?2"));
  row.bind_bytes(1, log.view()).bind(2, branch);
  TRY(bool const there, row.step());
  if (!there) return RowCount{};
  return RowCount{row.natural(0) - row.natural(1), row.natural(1)};
}

Result<std::uint64_t> LogRows::quarantined_total(base::LogId const& log, std::uint32_t branch, std::uint64_t from,
                                                 std::uint64_t through) {
  TRY(auto row,
      database_.prepare(
          "SELECT COUNT(*) FROM rows WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 AND branch = ?4 AND reason <> 0"));
  row.bind_bytes(1, log.view()).bind(2, from).bind(3, through).bind(4, branch);
  TRY(bool const there, row.step());
  return there ? row.natural(0) : std::uint64_t{0};
}

Result<std::vector<QuarantinedRow>> LogRows::quarantined(base::LogId const& log, std::uint32_t branch,
                                                         std::uint64_t from, std::uint64_t through, std::size_t most) {
  TRY(auto row,
      database_.prepare("SELECT seq, reason FROM rows WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 AND branch = ?4 "
                        "AND reason <> 0 ORDER BY seq LIMIT ?5"));
  row.bind_bytes(1, log.view()).bind(2, from).bind(3, through).bind(4, branch).bind(5, std::uint64_t{most});
  std::vector<QuarantinedRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    found.push_back({row.natural(0), small(row, 1)});
    return {};
  }));
  return found;
}

Done LogRows::set_reason(base::LogId const& log, std::uint64_t seq, base::Digest const& hash, std::uint32_t reason) {
  TRY(auto row, database_.prepare("UPDATE rows SET reason = ?4 WHERE log = ?1 AND seq = ?2 AND hash = ?3"));
  return row.bind_bytes(1, log.view()).bind(2, seq).bind_bytes(3, hash.view()).bind(4, reason).run();
}

}  // namespace dga::centre::sqlite
