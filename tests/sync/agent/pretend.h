#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "sync/agent/courier_questions.h"
#include "sync/agent/session.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/pack.h"
#include "sync/protocol/receipt.h"

// A kiosk and a centre in one process, in virtual time, with a network between them that does what a test says.
namespace dga::test_agent {

class VirtualClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return wall + static_cast<std::int64_t>(mono); }
  std::uint64_t mono_ms() const override { return mono; }
  std::string boot_id() const override { return boot; }
  bool simulated() const override { return is_simulated; }
  void advance(std::chrono::milliseconds by) { mono += static_cast<std::uint64_t>(by.count()); }

  std::int64_t wall = 1'731'373'200'000;
  std::uint64_t mono = 50'000;
  std::string boot = "boot-1";
  bool is_simulated = false;
};

// The kiosk's log in memory, kept as the store keeps it.
class MemoryOutbox final : public agent::Outbox {
 public:
  MemoryOutbox(crypto::SigningPublic const& device, base::Random& random, base::Clock const& its_clock)
      : clock(its_clock) {
    shown.identity.device = crypto::device_id(device);
    shown.identity.salt = random.draw<base::LogSalt>();
    shown.identity.log = crypto::log_id(shown.identity.device, shown.identity.salt);
    hashes.push_back(crypto::chain_start(shown.identity.log));
    shown.head = {0, hashes[0]};
  }
  void add(base::Bytes bytes) {
    auto const seq = log.size() + 1;
    auto const digest = crypto::hash({bytes});
    hashes.push_back(crypto::chain_next(hashes.back(), seq, digest));
    log.push_back({seq, std::move(bytes), hashes.back(), digest, false});
    shown.head = {seq, hashes.back()};
  }
  void add_many(int count, std::size_t bytes) {
    auto random = base::seeded_random(static_cast<std::uint64_t>(count));
    for (int i = 0; i < count; ++i) {
      base::Bytes record(bytes, '\0');  // random: compresses no further
      random->fill(record.data(), record.size());
      add(record);
    }
  }

  // This one has a single log: a child is only counted, and the log is gone on with as though it were the child.
  void work_on(store::LogNumber) override {}
  base::Done open_child(base::LogSalt const&) override {
    ++children;
    return {};
  }
  base::Result<View> view() override {
    if (broken) return *broken;
    shown.waiting = 0;
    for (auto const& record : log)
      if (record.seq > shown.sync.received_through && !samples.contains(record.seq)) ++shown.waiting;
    shown.waiting_in_all = shown.waiting;
    auto told = shown;
    if (children > 0) told.sync.fork_at = 0;
    return told;
  }
  base::Result<base::Digest> hash_at(std::uint64_t seq) override {
    if (seq >= hashes.size()) return base::refused("store.no_record", "asked for a hash beyond the head");
    return hashes[seq];
  }
  base::Result<std::vector<store::StoredRecord>> records(std::uint64_t from_seq, std::size_t most_count,
                                                         std::size_t most_bytes) override {
    std::vector<store::StoredRecord> found;
    std::size_t bytes = 0;
    for (auto seq = from_seq; seq <= log.size() && found.size() < most_count; ++seq) {
      bytes += log[seq - 1].bytes.size();
      if (!found.empty() && bytes > most_bytes) break;
      found.push_back(log[seq - 1]);
    }
    return found;
  }
  base::Result<std::optional<store::Outbound>> outbound() override { return kept; }
  base::Done keep_outbound(store::Outbound const& batch) override {
    kept = batch;
    return {};
  }
  base::Done drop_outbound() override {
    kept.reset();
    return {};
  }
  base::Result<agent::Settlement> settle(v1::Receipt const& receipt,
                                         std::optional<agent::Question> const& question) override {
    agent::Known known{shown.identity, shown.sync, std::nullopt, std::nullopt, clock.wall_ms(), centre_ms};
    if (receipt.received_through() < hashes.size()) known.own_hash = hashes[receipt.received_through()];
    if (!question) known.answered_ms = questions.answered_ms(1, receipt.nonce());
    TRY(auto const settled, agent::settle(known, receipt, question));
    shown.sync = settled.state;
    centre_ms = settled.centre_ms;
    if (known.answered_ms && settled.fresh) questions.answered(1, receipt.nonce(), receipt.centre_ms());
    return settled;
  }
  base::Done apply_pack(std::uint64_t version, base::Bytes const& class_pack, std::uint64_t sealed_bytes) override {
    shown.pack_version = version;
    shown.pack_bytes = sealed_bytes;
    pack = class_pack;
    return {};
  }
  base::Done keep_question(base::RequestNonce const& nonce) override {
    questions.ask(1, nonce);
    return {};
  }
  base::Done spend(std::uint64_t bytes) override {
    if (shown.budget) shown.budget->used_bytes += bytes;
    return {};
  }
  base::Done record(v1::Record draft) override {
    if (draft.has_time_sample()) {
      samples[log.size() + 1] = draft.time_sample();
      shown.time_sample_due = false;
    }
    add(draft.SerializeAsString());
    return {};
  }

  base::Clock const& clock;
  View shown;
  int children = 0;
  std::vector<store::StoredRecord> log;
  std::vector<base::Digest> hashes;
  std::map<std::uint64_t, v1::TimeSample> samples;
  std::optional<store::Outbound> kept;
  base::Bytes pack;
  agent::CourierQuestions questions;
  std::int64_t centre_ms = 0;  // of the last word that was taken
  std::optional<base::Error> broken;
};

enum class Road { kHead, kBatches, kDevices, kPacks };

struct Shelf {
  std::vector<base::Bytes> received;
  std::vector<base::Digest> hashes;  // h(0) first, once a log is known
};

// A centre that checks what it gets with the wire's own code and keeps it in memory; and the network before it.
class PretendCentre final : public agent::Transport, public Shelf {
 public:
  PretendCentre(VirtualClock& clock, base::Random& random, crypto::SigningPublic const& device)
      : key(crypto::SigningKey::generate(random)),
        box(crypto::BoxKey::generate(random)),
        root(crypto::SigningKey::generate(random)),
        clock_(&clock),
        device_(device) {}

  // What the network does with the next requests of a road, first to last; then all goes through again.
  struct Fate {
    // Before the centre: a reply of somebody else's, or a failure.
    std::optional<base::Result<agent::Reply>> instead;
    // After the centre: its reply is lost, or changed.
    bool lose_reply = false;
    std::function<void(v1::Receipt&)> change;
    std::chrono::milliseconds takes{20};
  };
  void next(Road road, Fate fate) { fates_[road].push_back(std::move(fate)); }

  base::Result<agent::Reply> exchange(agent::Request const& request, std::stop_token) override {
    auto const road = road_of(request.path);
    seen[road].push_back(request.body);
    order.push_back(road);
    Fate fate;
    if (auto& waiting = fates_[road]; !waiting.empty()) {
      fate = std::move(waiting.front());
      waiting.pop_front();
    }
    clock_->advance(fate.takes);
    if (fate.instead) return *fate.instead;
    change_ = fate.change;
    auto reply = answer(road, request.body);
    change_ = nullptr;
    if (fate.lose_reply) return base::unreachable("net.timeout", "lost on the way");
    return reply;
  }

  agent::Reply answer(Road road, base::Bytes const& body) {
    switch (road) {
      case Road::kHead: return head(body);
      case Road::kBatches: return batch(body);
      case Road::kDevices: known = true; return {204, "", "", {}};
      case Road::kPacks: return packs(body);
    }
    return {};
  }

  static Road road_of(std::string const& path) {
    if (path.ends_with("/head")) return Road::kHead;
    if (path.ends_with("/batches")) return Road::kBatches;
    return path.ends_with("/packs") ? Road::kPacks : Road::kDevices;
  }

  // Back to a backup that held `through` records.
  void restore(std::uint64_t through) {
    ++epoch;
    while (received.size() > through) received.pop_back(), hashes.pop_back();
  }

  std::map<Road, std::vector<base::Bytes>> seen;
  std::vector<Road> order;
  std::map<base::LogId, Shelf> children;  // of the first log that it heard of, which is kept in itself
  std::uint64_t epoch = 1'731'000'000;
  std::size_t most_body = 2 * 1024 * 1024;
  bool known = true;
  std::optional<v1::ClassPack> pack;
  bool send_any_pack = false;  // even one that is not newer
  crypto::SigningKey key;
  crypto::BoxKey box;
  std::uint32_t box_key_id = 1;
  crypto::SigningKey root;
  crypto::BoxPublic kiosk_box;

 private:
  protocol::DeviceKeyLookup lookup() const {
    return [this](base::DeviceId const&) { return std::optional(device_); };
  }
  agent::Reply sign(v1::Receipt receipt) {
    receipt.set_version(1);
    receipt.set_centre_epoch(epoch);
    receipt.set_centre_ms(clock_->wall_ms() + 3'600'000);
    if (change_) change_(receipt);
    return {200, "application/octet-stream", protocol::sign_receipt(receipt, key), {}};
  }
  Shelf& shelf_of(base::LogId const& log) {
    if (hashes.empty()) first_ = log;
    Shelf& shelf = log == first_ ? static_cast<Shelf&>(*this) : children[log];
    if (shelf.hashes.empty()) shelf.hashes.push_back(crypto::chain_start(log));
    return shelf;
  }
  agent::Reply head(base::Bytes const& body) {
    if (!known) return {404, "application/json", "{}", {}};
    auto const query = protocol::verify_head_query(body, lookup());
    REQUIRE(query.ok());
    auto& hashes = shelf_of(*base::LogId::from(query->log_id())).hashes;
    v1::Receipt receipt;
    receipt.set_device_id(query->device_id());
    receipt.set_log_id(query->log_id());
    receipt.set_nonce(query->nonce());
    for (auto const& point : query->points()) {
      if (point.seq() >= hashes.size() || hashes[point.seq()].view() != point.hash()) continue;
      receipt.set_received_through(point.seq());
      receipt.set_received_hash(point.hash());
      break;
    }
    receipt.set_want_from(receipt.received_through() + 1);
    return sign(receipt);
  }
  agent::Reply batch(base::Bytes const& body) {
    if (body.size() > most_body) return {413, "text/html", "<html>too large</html>", {}};
    auto const verified = protocol::verify_batch(body, lookup());
    REQUIRE(verified.ok());
    auto& [received, hashes] = shelf_of(verified->log);
    v1::Receipt receipt;
    receipt.set_device_id(verified->device.bytes());
    receipt.set_log_id(verified->log.bytes());
    receipt.set_nonce(verified->nonce.bytes());
    if (verified->header.centre_key_id() != box_key_id) {
      receipt.set_refused(v1::RESEAL);
      return sign(receipt);
    }
    auto const opened = protocol::open_batch(*verified, box);
    REQUIRE(opened.ok());
    auto const first = verified->header.first_seq();
    if (first - 1 < hashes.size() && hashes[first - 1] == verified->prev_hash) {
      for (auto const& record : *opened) {
        if (record.seq < hashes.size()) continue;
        received.push_back(record.bytes.value_or(""));  // empty where it was wiped: its digest came
        hashes.push_back(record.hash);
      }
    } else {
      receipt.set_want_from(received.size() + 1);
    }
    receipt.set_received_through(received.size());
    receipt.set_received_hash(hashes.back().bytes());
    return sign(receipt);
  }
  agent::Reply packs(base::Bytes const& body) {
    auto const query = protocol::verify_pack_query(body, lookup());
    REQUIRE(query.ok());
    if (!pack || (pack->pack_version() <= query->have_version() && !send_any_pack)) return {304, "", "", {}};
    return {200,
            "application/octet-stream",
            protocol::seal_pack(*pack, crypto::device_id(device_), kiosk_box, 1, query->nonce(), key),
            {}};
  }

  VirtualClock* clock_;
  crypto::SigningPublic device_;
  base::LogId first_;
  std::map<Road, std::deque<Fate>> fates_;
  std::function<void(v1::Receipt&)> change_;
};

// A kiosk with its session, and the centre that it is enrolled at.
struct World {
  VirtualClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(11);
  crypto::SigningKey device = crypto::SigningKey::generate(*random);
  crypto::BoxKey device_box = crypto::BoxKey::generate(*random);
  MemoryOutbox outbox{device.public_key(), *random, clock};
  PretendCentre centre{clock, *random, device.public_key()};
  agent::Session session{parts()};

  World() { centre.kiosk_box = device_box.public_key(); }

  agent::SessionParts parts() {
    agent::Pinned pinned;
    pinned.root = centre.root.public_key();
    pinned.centre = centre.key.public_key();
    pinned.box = centre.box.public_key();
    pinned.box_key_id = centre.box_key_id;
    pinned.certificate = "a certificate";
    return {outbox, centre, clock, *random, pinned, device, device_box};
  }
  // As after the program was started again: the store is as it was, the session is new.
  void restart() {
    std::destroy_at(&session);
    std::construct_at(&session, parts());
  }
  // Steps until there is nothing to do; what it rests for.
  agent::Rest run() {
    for (int step = 0; step < 10'000; ++step)
      if (auto const rest = session.turn({})) return *rest;
    FAIL("the session never rests");
    return {};
  }
  // Waits out what it rests for, and goes on.
  agent::Rest wait_and_run() {
    auto const rest = session.turn({});
    REQUIRE(rest.has_value());
    clock.mono = std::max(clock.mono, rest->until_ms);
    return run();
  }
  std::string problem() const { return session.problem() ? session.problem()->code : ""; }
  std::vector<base::Bytes> const& batches() { return centre.seen[Road::kBatches]; }
  // Everything recorded stands at the centre, once and in order.
  bool all_arrived() const {
    std::vector<base::Bytes> recorded;
    for (auto const& record : outbox.log) recorded.push_back(record.bytes);
    return recorded == centre.received;
  }
};

inline agent::Reply page() {
  return {200, "text/html; charset=utf-8", "<!DOCTYPE html><html>Welcome to the hotel</html>", {}};
}

// How a reply may fail to come, and what may come instead.
inline PretendCentre::Fate instead(base::Result<agent::Reply> what) {
  PretendCentre::Fate fate;
  fate.instead = std::move(what);
  return fate;
}
inline PretendCentre::Fate lost() {
  PretendCentre::Fate fate;
  fate.lose_reply = true;
  return fate;
}
inline PretendCentre::Fate changed(std::function<void(v1::Receipt&)> change) {
  PretendCentre::Fate fate;
  fate.change = std::move(change);
  return fate;
}
inline v1::ClassPack pack_of(std::uint64_t version) {
  v1::ClassPack pack;
  pack.set_pack_version(version);
  pack.mutable_class_()->set_id(1);
  return pack;
}

}  // namespace dga::test_agent
