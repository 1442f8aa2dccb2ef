// What the simulator sees of a kiosk from outside.
#include <utility>

#include "shared/crypto/chain.h"
#include "tools/simulator/centre.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/must.h"

namespace dga::simulator {

void SimulatedKiosk::look_at_log() {
  // What it called durable before it stopped must still be there; a restored folder has been forgotten first.
  for (auto const& held : store_->logs()) {
    auto const old = seen_.find(held.identity.log);
    if (old == seen_.end() || old->second.hashes.empty()) continue;
    auto const durable = old->second.hashes.size() - 1;
    auto const kept = store_->hash_at(held.number, durable);
    if (kept.ok() && *kept == old->second.hashes.back()) continue;
    world_->violated("durable", fmt::format("kiosk {} started with {} records and had called {} durable", name_,
                                            held.head.seq, durable));
    seen_.erase(old);  // what it records from here on is seen as another way in which the log goes on
  }
  observe();
  look_for_wiped();  // by a turn that a crash cut short
}

void SimulatedKiosk::observe(std::optional<std::uint64_t> recorded_ms) {
  if (!running() || doomed()) return;
  for (auto const& held : store_->logs()) {
    bool const first_look = !seen_.contains(held.identity.log);
    observe(held, recorded_ms);
    if (first_look && held.number > 1) look_at_child(held);
  }
}

void SimulatedKiosk::observe(store::HeldLog const& held, std::optional<std::uint64_t> recorded_ms) {
  auto const log = held.identity.log;
  log_ = log;  // the newest in the end
  auto& seen = seen_[log];
  bool const first_look = seen.hashes.empty();
  if (first_look) seen.hashes.push_back(crypto::chain_start(log));
  auto const known = seen.hashes.size() - 1;
  if (held.head.seq > known && seen.closed)
    world_->violated("children",
                     fmt::format("kiosk {} goes on recording in log {}, which it has closed", name_, log.hex()));
  if (held.head.seq > known)
    must(store_->replay(held.number, known + 1,
                        [&](store::StoredRecord const& record) -> base::Result<bool> {
                          world_->ledger().wrote(log, held.identity, record, seen.hashes.back(), recorded_ms);
                          seen.hashes.push_back(record.hash);
                          return true;
                        }),
         "read kiosk " + name_ + "'s log");
  auto const state = must(store_->sync_state(held.number), "read kiosk " + name_ + "'s sync state");
  // What a copied folder believes was said to another, and the centre may have gone back since.
  if (first_look) seen.acknowledged = state.received_through;
  // A courier may bring a receipt of an epoch that the centre has left, to a kiosk that has not heard of the next.
  bool const counts = !world_->centre().has_left(state.centre_epoch);
  for (auto seq = seen.acknowledged + 1; counts && seq <= state.received_through; ++seq)
    world_->ledger().acknowledged({log, seq, seen.hashes[static_cast<std::size_t>(seq)]});
  seen.acknowledged = state.received_through;
}

// Opened where its parent ended, and only because that one had gone on elsewhere, too.
void SimulatedKiosk::look_at_child(store::HeldLog const& child) {
  auto const& parent = store_->logs()[static_cast<std::size_t>(child.number) - 2];
  seen_[parent.identity.log].closed = true;
  v1::Record first;
  auto const& ledger = world_->ledger();
  auto const* written = ledger.find({child.identity.log, 1, seen_[child.identity.log].hashes[1]});
  bool const read = written != nullptr && first.ParseFromString(written->bytes);
  auto const& opened = first.log_opened();
  if (!read || opened.parent_log() != parent.identity.log.view() || opened.parent_seq() != parent.head.seq ||
      opened.parent_hash() != parent.head.hash.view())
    world_->violated("children", fmt::format("kiosk {} opened log {} elsewhere than where its parent ends", name_,
                                             child.identity.log.hex()));
  if (ledger.forks(parent.identity.log) == 0)
    world_->violated("children", fmt::format("kiosk {} opened a child of log {}, which goes on in one way only", name_,
                                             parent.identity.log.hex()));
}

void SimulatedKiosk::look_for_wiped() {
  if (!running() || doomed() || world_->plan().months == 0) return;
  for (auto const& held : store_->logs()) {
    auto const& hashes = seen_[held.identity.log].hashes;
    must(
        store_->replay(held.number, 1,
                       [&](store::StoredRecord const& record) -> base::Result<bool> {
                         Place const place{held.identity.log, record.seq, hashes[static_cast<std::size_t>(record.seq)]};
                         if (!record.erased || world_->ledger().find(place)->wiped) return true;
                         world_->ledger().wiped(place);
                         if (!world_->centre().safely_backed_up(place))
                           world_->violated("wiped", fmt::format("kiosk {} wiped record {} of log {}, which stands in "
                                                                 "no backup",
                                                                 name_, place.seq, place.log.hex()));
                         return true;
                       }),
        "look for what kiosk " + name_ + " has wiped");
  }
}

std::vector<Place> SimulatedKiosk::lines(Ends ends) const {
  std::vector<Place> all;
  for (auto const& [log, seen] : seen_) {
    std::vector<Place> line;
    std::size_t through = 0;
    for (std::size_t seq = 1; seq < seen.hashes.size(); ++seq) {
      line.push_back({log, seq, seen.hashes[seq]});
      if (ends == Ends::kWithTimeSamples || !world_->ledger().find(line.back())->time_sample) through = line.size();
    }
    line.resize(through);
    all.insert(all.end(), line.begin(), line.end());
  }
  return all;
}

}  // namespace dga::simulator
