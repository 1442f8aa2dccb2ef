#include "tools/simulator/kiosk.h"

#include <algorithm>
#include <utility>

#include "shared/crypto/hash.h"
#include "sync/agent/parcel.h"
#include "tools/simulator/must.h"
#include "tools/simulator/network.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kLongestDownMs = 5 * 60'000;
constexpr std::uint64_t kMostOperations = 20;

}  // namespace

// Batches of a few records, so that a short log takes many: the real limit is in bytes.
class SimulatedKiosk::SmallBatches final : public agent::StoreOutbox {
 public:
  SmallBatches(store::KioskStore& store, base::Clock const& clock, std::size_t most)
      : StoreOutbox(store, clock), most_(most) {}
  base::Result<std::vector<store::StoredRecord>> records(std::uint64_t from_seq, std::size_t most_count,
                                                         std::size_t most_bytes) override {
    return StoreOutbox::records(from_seq, std::min(most_count, most_), most_bytes);
  }

 private:
  std::size_t most_;
};

SimulatedKiosk::SimulatedKiosk(World& world, std::string name, crypto::KioskMaster const& master, test::Disk disk,
                               std::uint64_t part, Reach reach)
    : world_(&world),
      name_(std::move(name)),
      reach_(reach),
      master_(master),
      dice_(world.plan().seed, part),
      random_(base::seeded_random(world.plan().seed * 7 + part)),
      clock_(world.time(), name_),
      disk_(std::move(disk)),
      copy_(disk_.content()),
      link_(std::make_unique<Link>(world, *this)) {
  start();
}
SimulatedKiosk::~SimulatedKiosk() { stop(); }

base::DeviceId SimulatedKiosk::device() const { return crypto::device_id(master_.signing().public_key()); }

void SimulatedKiosk::start() {
  if (running()) return;
  store_.emplace(must(store::KioskStore::open_file("kiosk.db", database_key(master_),
                                                   {.cache_bytes = kCacheBytes, .base_vfs = disk_.vfs()}),
                      "open kiosk " + name_ + "'s database again"));
  outbox_ = std::make_unique<SmallBatches>(*store_, clock_, world_->plan().most_in_batch);
  auto pinned = must(agent::read_pinned(*store_), "read what kiosk " + name_ + " knows of its centre");
  session_ = std::make_unique<agent::Session>(
      agent::SessionParts{*outbox_, *link_, clock_, *random_, std::move(pinned), master_.signing(), master_.box()});
  world_->tell("kiosk {}: started with {} records", name_, store_->head().seq);
  look_at_log();
  wake(0);
}

void SimulatedKiosk::stop() {
  session_.reset();
  outbox_.reset();
  store_.reset();
  ++generation_;
}

void SimulatedKiosk::upkeep() {
  constexpr std::size_t kMostWiped = 7;  // several turns
  bool const in_danger = !world_->settling() && dice_.chance(world_->plan().kiosk_crashes);
  if (in_danger) disk_.die_after(dice_.between(0, kMostOperations));
  auto const wiped = store_->wipe(std::nullopt, clock_, kMostWiped);
  auto const scrubbed = wiped.ok() && wiped->records > 0 ? store_->scrub_log() : base::Done();
  if (disk_.dead()) return bury();
  if (in_danger) disk_.spare();
  auto const done = must(wiped, "wipe at kiosk " + name_);
  must(scrubbed, "overwrite what kiosk " + name_ + " has wiped");
  if (done.records == 0 && !done.more) return;
  world_->tell("kiosk {}: wiped {} records", name_, done.records);
  observe();
  look_for_wiped();
  at_rest_ = false;
  wake(0);
}

bool SimulatedKiosk::nothing_waits() {
  if (!running()) return false;
  auto const newest = must(store_->sync_state(), "read kiosk " + name_ + "'s sync state");
  return newest.fork_at == 0 && must(store_->waiting(), "count what waits at kiosk " + name_) == 0;
}

v1::Record SimulatedKiosk::draw_fact() {
  v1::Record draft;
  draft.set_class_id(kClass);
  auto const participant = dice_.between(1, kPeople + 2);
  auto const session = static_cast<std::uint32_t>(dice_.between(1, kSessions));
  auto const kind = dice_.between(0, 19);
  if (kind < 13) {
    auto& fact = *draft.mutable_check_in();
    fact.set_participant(participant);
    fact.set_session(kind == 0 ? 9 : session);  // 9: no session of the class
    fact.set_method(v1::BADGE);
  } else if (kind < 15) {
    draft.mutable_departure()->set_participant(participant);
    draft.mutable_departure()->set_session(session);
  } else if (kind < 17) {
    // Any record that somebody wrote, of this kiosk's or another's.
    auto const& records = world_->ledger().records();
    auto const& [place, written] =
        *std::next(records.begin(), static_cast<std::ptrdiff_t>(dice_.place_in(records.size())));
    if (dice_.chance(900)) draft.set_staff(1);
    auto& fact = *draft.mutable_void_();
    fact.set_log_id(place.log.bytes());
    fact.set_seq(place.seq);
    if (dice_.chance(700)) fact.set_record_hash(written.digest.bytes());
    fact.set_reason("by mistake");
  } else if (kind == 17) {
    draft.mutable_walk_in()->set_name("Khách");
    draft.mutable_walk_in()->set_agency("Sở Nội vụ");
  } else if (kind == 18) {
    draft.mutable_consent()->set_participant(participant);
    draft.mutable_consent()->set_notice_version(1);
    draft.mutable_consent()->set_accepted(true);
  } else {
    draft.set_class_id(0);
    draft.mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
  }
  return draft;
}

void SimulatedKiosk::record(std::uint64_t facts) {
  if (!running() || doomed()) return;
  std::vector<v1::Record> drafts;
  for (std::uint64_t i = 0; i < facts; ++i) drafts.push_back(draw_fact());
  auto const version = must(store_->pack_version(), "read the pack's version");
  for (auto& draft : drafts) draft.set_pack_version(version);
  bool const in_danger = !world_->settling() && dice_.chance(world_->plan().kiosk_crashes);
  if (in_danger) disk_.die_after(dice_.between(0, kMostOperations));
  auto const stored = store_->append(std::move(drafts), clock_);
  if (disk_.dead()) return bury();
  if (in_danger) disk_.spare();
  if (!stored.ok()) throw Broken("record at kiosk " + name_ + ": " + base::describe(stored.error()));
  observe(world_->now());
  world_->tell("kiosk {}: recorded {}, now {}", name_, facts, store_->head().seq);
  at_rest_ = false;
  if (!in_turn_) wake(0);
}

void SimulatedKiosk::wake(std::uint64_t in_ms) {
  auto const generation = ++generation_;
  world_->later(in_ms, [this, generation] { turn(generation); });
}

void SimulatedKiosk::sync_now() {
  if (!running() || doomed()) return;
  session_->hurry();
  at_rest_ = false;
  if (!in_turn_) wake(0);
}

void SimulatedKiosk::turn(std::uint64_t generation) {
  if (generation != generation_ || !running() || in_turn_) return;
  in_turn_ = true;
  observe();  // before anything of it leaves
  bool const in_danger = !world_->settling() && dice_.chance(world_->plan().kiosk_crashes / 4);
  if (in_danger) disk_.die_after(dice_.between(0, kMostOperations));
  auto const rest = session_->turn({});
  in_turn_ = false;
  if (disk_.dead()) return bury();
  if (in_danger) disk_.spare();
  observe();
  at_rest_ = rest && rest->why == agent::Rest::Why::kUpToDate;
  if (!rest) return wake(1);
  if (rest->why == agent::Rest::Why::kBackOff && session_->problem())
    world_->tell("kiosk {}: {}", name_, session_->problem()->code);
  auto const mono = clock_.mono_ms();
  wake(std::max<std::uint64_t>(rest->until_ms > mono ? rest->until_ms - mono : 0, 1));
  if (at_rest_ && world_->plan().months > 0) upkeep();
}

std::optional<base::Bytes> SimulatedKiosk::hand_over() {
  if (!running() || doomed() || in_turn_) return std::nullopt;
  observe();
  auto const pinned = must(agent::read_pinned(*store_), "read what kiosk " + name_ + " knows of its centre");
  SmallBatches outbox(*store_, clock_, world_->plan().most_in_batch);  // a program of its own, or a thread
  auto parcel =
      must(agent::make_parcel(outbox, pinned, master_.signing(), *random_), "make a parcel at kiosk " + name_);
  world_->tell("kiosk {}: a parcel of {} records", name_, parcel.records);
  return std::move(parcel.bytes);
}

void SimulatedKiosk::take_back(base::Bytes const& bytes) {
  if (!running() || doomed() || in_turn_) return;
  auto const pinned = must(agent::read_pinned(*store_), "read what kiosk " + name_ + " knows of its centre");
  bool const in_danger = !world_->settling() && dice_.chance(world_->plan().kiosk_crashes);
  if (in_danger) disk_.die_after(dice_.between(0, kMostOperations));
  SmallBatches outbox(*store_, clock_, world_->plan().most_in_batch);
  auto const taken = agent::settle_parcel(outbox, pinned, master_.box(), bytes);
  if (disk_.dead()) return bury();
  if (in_danger) disk_.spare();
  world_->tell("kiosk {}: a courier brought {}", name_,
               taken.ok() ? fmt::format("{} receipts, {} acknowledged", taken->receipts, taken->acknowledged)
                          : taken.error().code);
  observe();
  wake(0);
}

void SimulatedKiosk::crash() {
  if (!running() || doomed()) return;
  disk_.die_after(0);
  if (!in_turn_) bury();
}

// What is left of a machine that died, and when it comes up again.
void SimulatedKiosk::bury() {
  if (in_turn_) return;  // by the turn's end
  auto const how = dice_.chance(world_->plan().power_cuts) ? Ending::kPowerCut : Ending::kKilled;
  stop();
  disk_.end(how, dice_);
  if (how == Ending::kPowerCut) clock_.boot();
  world_->tell("kiosk {}: {}", name_, how == Ending::kPowerCut ? "power cut" : "killed");
  world_->later(dice_.between(1'000, kLongestDownMs), [this] { start(); });
}

void SimulatedKiosk::switch_off() {
  if (!running() || doomed()) return;
  stop();
  clock_.boot();
}

void SimulatedKiosk::restore_folder() {
  if (in_turn_) return;
  stop();
  seen_.clear();
  world_->ledger().copied(device());
  disk_.insert(*copy_);
  world_->tell("kiosk {}: its folder was put back", name_);
  start();
}

}  // namespace dga::simulator
