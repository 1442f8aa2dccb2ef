#include "tools/command_line/check_centre.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "sync/centre/store/sqlite/sqlite_store.h"

namespace dga::command_line {
namespace {

using base::Done, base::Result;
using salvage::Piece, salvage::Report;

class Logs {
 public:
  Logs(centre::LogTable& logs, Report& report) : logs_(logs), report_(report) {}

  Done check() {
    TRY(auto const logs, logs_.logs());
    for (auto const& log : logs) {
      if (crypto::log_id(log.device, log.salt) != log.id) bad(log.id, 0, "does not follow from its device and salt");
      TRY(auto const branches, logs_.branches(log.id));
      for (auto const& branch : branches) TRY_DO(check_branch(log.id, branch));
    }
    return {};
  }

 private:
  void bad(base::LogId const& log, std::uint64_t seq, std::string_view what) {
    report_.damage.push_back({Piece::kRecord, seq, fmt::format("of log {} {}", log.hex(), what)});
  }

  // The hash that a branch goes on from: h(0), or the last place that it shares with others.
  Result<std::optional<base::Digest>> beginning(base::LogId const& log, centre::Branch const& branch) {
    if (branch.fork_at <= 1) return std::optional(crypto::chain_start(log));
    TRY(auto const rows, logs_.places(log, branch.fork_at - 1, branch.fork_at - 1));
    for (auto const& row : rows)
      if (row.branch == branch.parent || rows.size() == 1) return std::optional(row.hash);
    return std::optional<base::Digest>();
  }

  Done check_branch(base::LogId const& log, centre::Branch const& branch) {
    TRY(auto const start, beginning(log, branch));
    auto const after = branch.fork_at == 0 ? 0 : branch.fork_at - 1;
    if (!start) bad(log, after, fmt::format("is missing: branch {} goes on from it", branch.number));
    auto previous = start;
    auto next = after + 1;
    TRY_DO(logs_.replay(log, branch.number, after, UINT64_MAX >> 1, [&](centre::LogRow const& row) -> Done {
      ++report_.records;
      if (!row.bytes) ++report_.erased;
      if (row.seq != next) {
        bad(log, next, "is missing");
        previous.reset();
      }
      if (row.bytes && crypto::hash({*row.bytes}) != row.digest) bad(log, row.seq, "is not what was sent");
      if (previous && crypto::chain_next(*previous, row.seq, row.digest) != row.hash)
        bad(log, row.seq, "does not follow from the one before");
      previous = row.hash;
      next = row.seq + 1;
      return {};
    }));
    if (next != branch.head_seq + 1 || (previous && *previous != branch.head_hash))
      bad(log, branch.head_seq, fmt::format("is to be the last of branch {}, and is not", branch.number));
    return {};
  }

  centre::LogTable& logs_;
  Report& report_;
};

Done check_contents(std::filesystem::path const& file, crypto::Key32 const& key, store::OpenOptions const& options,
                    Report& report) {
  auto const told = [&](base::Error const& error) -> Done {
    if (error.fault != base::Fault::kDamaged && error.fault != base::Fault::kStorage && report.whole()) return error;
    if (report.whole()) report.damage.push_back({Piece::kDatabase, 0, error.what});
    return {};
  };
  auto opened = centre::SqliteStore::open(file, key, options);
  if (!opened.ok()) return told(opened.error());
  auto const done = (*opened)->read([&](centre::Tables& tables) { return Logs(tables.logs, report).check(); });
  return done.ok() ? done : told(done.error());
}

}  // namespace

Result<Report> check_centre(salvage::DatabaseFiles const& files, crypto::Key32 const& key) {
  return salvage::check_files(files, key, [&](auto const& file, auto const& options, Report& report) {
    return check_contents(file, key, options, report);
  });
}

}  // namespace dga::command_line
