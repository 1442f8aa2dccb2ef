#include "sync/centre/ingest/replay.h"

#include <vector>

#include "shared/base/log.h"
#include "sync/centre/ingest/judge.h"
#include "sync/centre/ingest/parking.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr char kInterpretation[] = "interpretation";

struct Change {
  std::uint64_t seq = 0;
  base::Digest hash;
  std::uint32_t reason = 0;
};

bool speaks_of(LogRow const& row, std::uint64_t class_id) {
  v1::Record record;
  return row.bytes && record.ParseFromString(*row.bytes) && record.class_id() == class_id;
}

// Of one branch's quarantined records, those that are judged otherwise now.
Result<std::vector<Change>> rejudge(LogTable& logs, LogInfo const& log, Branch const& branch, Judge const& judge,
                                    QuarantineChoice const& choice) {
  std::vector<Change> changes;
  TRY(auto const first, logs.quarantined(log.id, branch.number, 1, branch.head_seq, 1));
  if (first.empty()) return changes;
  TRY_DO(logs.replay(log.id, branch.number, first.front().seq - 1, branch.head_seq, [&](LogRow const& row) -> Done {
    if (row.reason == 0) return {};
    if (choice.class_id && !speaks_of(row, *choice.class_id)) return {};
    auto const reason = judge.reason_now(row.seq, row.bytes, row.reason);
    if (reason != row.reason) changes.push_back({row.seq, row.hash, reason});
    return {};
  }));
  return changes;
}

}  // namespace

Result<std::uint64_t> replay_quarantine(Context const& context, QuarantineChoice const& choice) {
  std::uint64_t accepted = 0;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    accepted = 0;
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      if (choice.log && log.id != *choice.log) continue;
      TRY(auto const judge, Judge::of(tables, log));
      TRY(auto const branches, tables.logs.branches(log.id));
      for (auto const& branch : branches) {
        TRY(auto const changes, rejudge(tables.logs, log, branch, judge, choice));
        for (auto const& change : changes) {
          TRY_DO(tables.logs.set_reason(log.id, change.seq, change.hash, change.reason));
          if (change.reason == 0) ++accepted;
        }
      }
    }
    if (accepted == 0) return {};
    return note_interpretation(context, tables);
  }));
  return accepted;
}

std::uint64_t judge_anew(Context const& context) {
  auto const accepted = replay_quarantine(context);
  if (accepted.ok()) return *accepted;
  base::log(base::LogLevel::kWarning, "quarantine.replay_failed", {{"code", accepted.error().code}});
  return 0;
}

Done replay_parked(Context const& context) {
  return context.store.write([&](Tables& tables) -> Done {
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      TRY_DO(take_up_parked(context, tables, log));
      TRY(auto const branches, tables.logs.branches(log.id));
      TRY_DO(settle_heads(tables.logs, log.id, branches));
    }
    return {};
  });
}

Done note_interpretation(Context const& context, Tables& tables) {
  return tables.settings.put_setting(kInterpretation, context.random.draw<base::RequestNonce>().hex());
}

Result<base::Bytes> interpretation(Tables& tables) {
  TRY(auto const value, tables.settings.setting(kInterpretation));
  return value.value_or(base::Bytes());
}

}  // namespace dga::centre
