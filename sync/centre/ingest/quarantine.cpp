#include "sync/centre/ingest/quarantine.h"

#include <algorithm>

#include "sync/centre/ingest/judge.h"
#include "sync/centre/ingest/replay.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

std::uint64_t class_of(std::optional<base::Bytes> const& bytes) {
  v1::Record record;
  return bytes && record.ParseFromString(*bytes) ? record.class_id() : 0;
}

Done list_branch(Tables& tables, LogInfo const& log, std::string const& name, Branch const& branch,
                 QuarantineChoice const& choice, std::size_t most, QuarantineList& list) {
  TRY(auto const first, tables.logs.quarantined(log.id, branch.number, 1, branch.head_seq, 1));
  if (first.empty()) return {};
  auto const look = [&](LogRow const& row) -> Done {
    if (row.reason == 0) return {};
    auto const class_id = class_of(row.bytes);
    if (choice.class_id && class_id != *choice.class_id) return {};
    ++list.total;
    if (list.rows.size() < most)
      list.rows.push_back({log.id, log.device, name, branch.number, row.seq, row.reason, class_id});
    return {};
  };
  return tables.logs.replay(log.id, branch.number, first.front().seq - 1, branch.head_seq, look);
}

}  // namespace

Result<QuarantineList> list_quarantine(Context const& context, QuarantineChoice const& choice, std::size_t most) {
  QuarantineList list;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    list = {};
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      if (choice.log && log.id != *choice.log) continue;
      TRY(auto const device, tables.devices.device(log.device));
      TRY(auto const branches, tables.logs.branches(log.id));
      for (auto const& branch : branches)
        TRY_DO(list_branch(tables, log, device ? device->name : std::string(), branch, choice, most, list));
    }
    return {};
  }));
  return list;
}

std::string reason_name(std::uint32_t reason) {
  auto const number = static_cast<int>(std::min<std::uint32_t>(reason, INT32_MAX));
  return v1::QuarantineReason_IsValid(number) ? v1::QuarantineReason_Name(static_cast<v1::QuarantineReason>(number))
                                              : "REASON_" + std::to_string(reason);
}

std::string reason_advice(std::uint32_t reason) {
  switch (reason) {
    case v1::NOT_UNDERSTOOD: return "written by a newer kiosk: bring the centre up to date";
    case v1::NOT_ASSIGNED: return "assign the kiosk to its class: dga kiosk assign";
    case v1::UNKNOWN_SESSION: return "its class has no such session here: compare the class files";
    case v1::UNKNOWN_FORM: return "its class has no such form here: give it the form's file, dga class form --older";
    case v1::SIMULATED: return "made under --at in a real class: it stays out";
    case v1::DEVICE_REVOKED:
      return "the kiosk was revoked: dga centre quarantine admit --log --through, up to where it was in good hands";
    case v1::DEVICE_UNCONFIRMED:
      return "known since a restore by its certificate alone: read its keys' mark at the kiosk (dga kiosk status), "
             "then "
             "dga kiosk confirm --device, --class and --keys";
    case v1::WRONG_SEQ:
    case v1::DECISION_ELSEWHERE:
    case v1::VOID_WITHOUT_STAFF:
    case v1::BAD_LOG_OPENED:
    case v1::RULE_BROKEN: return "no kiosk of this product writes that: keep the kiosk and find out";
    default: return "bring the centre up to date";
  }
}

Result<std::uint64_t> admit_revoked(Context const& context, base::LogId const& log, std::uint32_t branch,
                                    std::uint64_t through) {
  std::uint64_t accepted = 0;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    accepted = 0;
    TRY(auto const known, tables.logs.log(log));
    TRY(auto const branches, tables.logs.branches(log));
    bool const there =
        std::any_of(branches.begin(), branches.end(), [&](auto const& each) { return each.number == branch; });
    if (!known || !there)
      return base::refused("quarantine.no_log", "there is no branch " + std::to_string(branch) + " of log " + log.hex(),
                           "See \"dga centre quarantine list\"");
    TRY(auto const as_revoked, Judge::of(tables, *known));
    auto const judge = as_revoked.as_if_not_revoked();
    std::vector<std::pair<LogRow, std::uint32_t>> changes;
    TRY_DO(tables.logs.replay(log, branch, 0, through, [&](LogRow const& row) -> Done {
      if (row.reason == v1::DEVICE_REVOKED || row.reason == v1::DEVICE_UNCONFIRMED)
        changes.emplace_back(LogRow{row.seq, row.hash, {}, {}, row.reason}, judge.reason_for(row.seq, row.bytes));
      return {};
    }));
    for (auto const& [row, reason] : changes) {
      TRY_DO(tables.logs.set_reason(log, row.seq, row.hash, reason));
      if (reason == 0) ++accepted;
    }
    return changes.empty() ? Done() : note_interpretation(context, tables);
  }));
  return accepted;
}

}  // namespace dga::centre
