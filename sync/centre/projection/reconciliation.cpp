#include "sync/centre/projection/reconciliation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "shared/base/planted.h"
#include "shared/crypto/chain.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/parking.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

// A stretch of a log that has arrived but cannot be placed.
struct Stretch {
  std::uint64_t first = 0, last = 0;
};

// How many different places the stretches cover; they may overlap.
std::uint64_t covered(std::vector<Stretch> stretches) {
  std::sort(stretches.begin(), stretches.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  std::uint64_t total = 0, through = 0;
  for (auto const& each : stretches) {
    if (each.last <= through) continue;
    total += each.last - std::max(each.first - 1, through);
    through = each.last;
  }
  return total;
}

// What is known of a log's line beyond its stored rows.
struct Beyond {
  std::uint64_t highest = 0;  // signed for, or parked
  std::uint64_t matched = 0;  // for a fork of which nothing has arrived: up to here it is a known line
  std::vector<Stretch> parked;
};

struct LogPicture {
  LogInfo log;
  std::optional<DeviceRow> device;
  std::uint64_t parked_bytes = 0;
  std::vector<Branch> branches;
  std::vector<Beyond> beyond;  // by place in `branches`
  Beyond unknown_fork;

  // Where a place that has not arrived belongs: to a branch that ends before it, or to a fork that is not known yet.
  Beyond& home_of(std::optional<std::uint32_t> branch, std::uint64_t first) {
    for (std::size_t at = 0; at < branches.size(); ++at)
      if (branch == branches[at].number && branches[at].head_seq < first) return beyond[at];
    return unknown_fork;
  }
};

Result<LogPicture> picture_of(Tables& tables, LogInfo const& log) {
  LogPicture picture;
  picture.log = log;
  TRY(picture.device, tables.devices.device(log.device));
  TRY(picture.parked_bytes, tables.logs.parked_total(log.device));
  TRY(picture.branches, tables.logs.branches(log.id));
  if (picture.branches.empty()) picture.branches.push_back({0, 0, 0, 0, crypto::chain_start(log.id)});
  picture.beyond.resize(picture.branches.size());
  TRY(auto const heads, tables.logs.signed_heads(log.id));
  for (auto const& head : heads) {
    auto& home = picture.home_of(head.branch, head.seq);
    home.highest = std::max(home.highest, head.seq);
    home.matched = std::max(home.matched, head.matched_seq);
  }
  TRY(auto const parked, tables.logs.parked(log.id));
  for (auto const& batch : parked) {
    if (batch.count == 0) continue;  // of a version that cannot be read here: shown by no number
    auto const last = batch.first_seq + batch.count - 1;
    auto& home = picture.home_of(likely_branch(picture.branches, batch.first_seq), batch.first_seq);
    home.highest = std::max(home.highest, last);
    home.parked.push_back({batch.first_seq, last});
  }
  return picture;
}

Statement begin_statement(LogPicture const& picture) {
  Statement line;
  line.log = picture.log.id;
  line.device = picture.log.device;
  if (picture.device) {
    line.name = picture.device->name;
    line.last_heard_ms = picture.device->last_heard_ms;
  }
  line.parked_bytes = picture.parked_bytes;
  return line;
}

Result<Statement> statement_of(Tables& tables, LogPicture const& picture, std::size_t at) {
  auto const& branch = picture.branches[at];
  auto const& beyond = picture.beyond[at];
  auto const before = branch.fork_at == 0 ? 0 : branch.fork_at - 1;  // counted with the branch it left
  TRY(auto const rows, tables.logs.count(picture.log.id, branch.number));
  auto line = begin_statement(picture);
  line.branch = branch.number;
  if (branch.fork_at != 0) line.parent = branch.parent;
  if (!beyond.parked.empty()) line.wanted_from = branch.head_seq + 1;
  line.recorded = std::max(branch.head_seq, beyond.highest) - before;
  line.accepted = rows.accepted;
  line.quarantined = base::kPlantedBug == base::PlantedBug::kQuarantineUncounted ? 0 : rows.quarantined;
  line.parked = covered(beyond.parked);
  auto const received = branch.head_seq - before;
  line.waiting = line.recorded - received - line.parked;
  line.received_through = branch.head_seq;
  line.head = branch.head_hash;
  line.fork_at = branch.fork_at;
  line.closes = line.recorded == line.accepted + line.quarantined + line.parked + line.waiting;
  return line;
}

// A fork of which only a signed head, or a stretch without its beginning, is known.
Statement statement_of_unknown(LogPicture const& picture) {
  auto const& beyond = picture.unknown_fork;
  auto line = begin_statement(picture);
  auto const matched = std::min(beyond.matched, beyond.highest - 1);
  line.recorded = beyond.highest - matched;
  line.parked = std::min(covered(beyond.parked), line.recorded);
  line.waiting = line.recorded - line.parked;
  line.fork_at = matched + 1;
  if (!beyond.parked.empty()) line.wanted_from = matched + 1;
  line.closes = line.recorded == line.parked + line.waiting;
  return line;
}

ordered_json line_json(Statement const& line) {
  ordered_json json{{"log", line.log.hex()},
                    {"device", line.device.hex()},
                    {"name", line.name},
                    {"last_heard_ms", line.last_heard_ms},
                    {"branch", nullptr},
                    {"parent", nullptr},
                    {"recorded", line.recorded},
                    {"accepted", line.accepted},
                    {"quarantined", line.quarantined},
                    {"parked", line.parked},
                    {"parked_bytes", line.parked_bytes},
                    {"parked_most", kMostParkedBytes},
                    {"wanted_from", line.wanted_from},
                    {"waiting", line.waiting},
                    {"closes", line.closes},
                    {"head", line.head.hex()},
                    {"received_through", line.received_through},
                    {"fork_at", line.fork_at}};
  if (line.branch) json["branch"] = *line.branch;
  if (line.parent) json["parent"] = *line.parent;
  return json;
}

}  // namespace

Result<std::vector<Statement>> reconcile(Context const& context) {
  std::vector<Statement> lines;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    lines.clear();
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      TRY(auto const picture, picture_of(tables, log));
      for (std::size_t at = 0; at < picture.branches.size(); ++at) {
        TRY(auto line, statement_of(tables, picture, at));
        lines.push_back(std::move(line));
      }
      if (picture.unknown_fork.highest > 0) lines.push_back(statement_of_unknown(picture));
    }
    return {};
  }));
  return lines;
}

ordered_json reconciliation_json(std::vector<Statement> const& statements) {
  ordered_json logs = ordered_json::array();
  Statement sum;
  sum.closes = true;
  for (auto const& line : statements) {
    logs.push_back(line_json(line));
    sum.recorded += line.recorded;
    sum.accepted += line.accepted;
    sum.quarantined += line.quarantined;
    sum.parked += line.parked;
    sum.waiting += line.waiting;
    sum.closes = sum.closes && line.closes;
  }
  return {{"logs", std::move(logs)},  {"recorded", sum.recorded},
          {"accepted", sum.accepted}, {"quarantined", sum.quarantined},
          {"parked", sum.parked},     {"waiting", sum.waiting},
          {"closes", sum.closes}};
}

}  // namespace dga::centre
