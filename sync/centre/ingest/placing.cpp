#include "sync/centre/ingest/placing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "shared/base/planted.h"
#include "shared/crypto/chain.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// Where the row before the next new one stands.
struct Footing {
  std::optional<std::uint32_t> branch;  // nothing at the very start of the log
  std::size_t known = 0;                // so many rows of the stretch are stored already
};

Branch* find(std::vector<Branch>& branches, std::uint32_t number) {
  auto const found =
      std::find_if(branches.begin(), branches.end(), [&](auto const& each) { return each.number == number; });
  return found == branches.end() ? nullptr : &*found;
}

// Skips what is stored already; nothing new is the common end of a batch sent twice.
Result<Footing> skip_known(LogTable& logs, Incoming const& incoming, Footing footing) {
  TRY(auto const places, logs.places(incoming.log.id, incoming.first_seq, incoming.rows.back().seq));
  std::map<std::pair<std::uint64_t, base::Digest>, std::uint32_t> stored;
  for (auto const& each : places) stored.emplace(std::pair(each.seq, each.hash), each.branch);
  for (auto const& row : incoming.rows) {
    auto const found = stored.find({row.seq, row.hash});
    if (found == stored.end()) break;
    footing.branch = found->second;
    ++footing.known;
  }
  return footing;
}

// The branch that new rows from `first` on go to: the one that ends right before, or a new one.
Branch branch_for(std::vector<Branch>& branches, Footing const& footing, std::uint64_t first) {
  if (branches.empty()) return {};
  if (footing.branch) {
    auto* on = find(branches, *footing.branch);
    if (on != nullptr && on->head_seq == first - 1) return *on;
  } else if (branches.front().head_seq == 0) {
    return branches.front();  // known from a head query only
  }
  if constexpr (base::kPlantedBug == base::PlantedBug::kForkMisnamed) ++first;
  return {branches.back().number + 1, footing.branch.value_or(0), first, 0, {}};
}

}  // namespace

Result<Placed> place(LogTable& logs, Incoming const& incoming) {
  TRY(auto branches, logs.branches(incoming.log.id));
  if (branches.empty()) {
    TRY(auto const known, logs.log(incoming.log.id));
    if (!known) TRY_DO(logs.add_log(incoming.log));
  }

  Footing footing;
  if (incoming.first_seq == 1) {
    if (incoming.prev_hash != crypto::chain_start(incoming.log.id))
      return base::damaged(
          "batch.chain",
          "followed the chain of log " + incoming.log.id.hex() + " from its start and it is another log's",
          "Verify the log on the kiosk");
  } else {
    TRY(footing.branch, logs.branch_of(incoming.log.id, incoming.first_seq - 1, incoming.prev_hash));
    if (!footing.branch) return Placed{};
  }
  // The usual batch begins where a branch ends: then none of it can be stored, and no look is needed.
  auto const* on = footing.branch ? find(branches, *footing.branch) : nullptr;
  bool const follows_a_head = on != nullptr && on->head_seq == incoming.first_seq - 1;
  if (!follows_a_head && !branches.empty()) {
    TRY(footing, skip_known(logs, incoming, footing));
  }

  Placed placed{Placing::kStored, footing.branch.value_or(0), incoming.rows.size() - footing.known};
  if constexpr (base::kPlantedBug == base::PlantedBug::kStoresTwice)
    if (footing.known > 0) {
      auto row = incoming.rows.front();
      std::swap(row.hash, row.digest);
      TRY(auto const there, logs.branch_of(incoming.log.id, row.seq, row.hash));
      if (!there) TRY_DO(logs.append(incoming.log.id, placed.branch, std::span(&row, 1)));
    }
  if (placed.new_rows == 0) return placed;
  auto const fresh = std::span(incoming.rows).subspan(footing.known);
  auto branch = branch_for(branches, footing, fresh.front().seq);
  branch.head_seq = fresh.back().seq;
  branch.head_hash = fresh.back().hash;
  placed.branch = branch.number;
  TRY_DO(logs.append(incoming.log.id, branch.number, fresh));
  TRY_DO(logs.put_branch(incoming.log.id, branch));
  return placed;
}

std::uint64_t highest_seq(std::span<Branch const> branches) {
  std::uint64_t highest = 0;
  for (auto const& branch : branches) highest = std::max(highest, branch.head_seq);
  return highest;
}

Result<bool> has_arrived(LogTable& logs, base::LogId const& log, std::span<Branch const> branches,
                         SignedHead const& head) {
  if (head.seq > highest_seq(branches)) return false;
  for (auto const& branch : branches)
    if (branch.head_seq == head.seq && branch.head_hash == head.hash) return true;
  TRY(auto const branch, logs.branch_of(log, head.seq, head.hash));
  return branch.has_value();
}

Done settle_heads(LogTable& logs, base::LogId const& log, std::span<Branch const> branches) {
  TRY(auto const heads, logs.signed_heads(log));
  for (auto const& head : heads) {
    TRY(bool const arrived, has_arrived(logs, log, branches, head));
    if (arrived) TRY_DO(logs.drop_head(log, head.seq, head.hash));
  }
  return {};
}

std::vector<PathPart> path_to(std::span<Branch const> branches, std::uint32_t branch, std::uint64_t through) {
  std::vector<PathPart> parts;
  for (;;) {
    auto const found =
        std::find_if(branches.begin(), branches.end(), [&](auto const& each) { return each.number == branch; });
    if (found == branches.end()) return parts;
    auto const from = std::max<std::uint64_t>(found->fork_at, 1);
    if (through >= from) parts.push_back({branch, from, through});
    if (found->number == 0) return parts;
    through = std::min(through, found->fork_at - 1);
    branch = found->parent;
  }
}

}  // namespace dga::centre
