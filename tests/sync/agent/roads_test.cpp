// Two roads of one kiosk settle beside each other, each on its own thread, with the store's owner between them: what
// one learnt is never lost to the other's older word. Each call that a road makes of the store is a moment at which the
// other may have its whole turn; here it has it at each of them, one after another.
#include <algorithm>
#include <functional>
#include <utility>

#include "sync/agent/parcel.h"
#include "sync/protocol/bundle.h"
#include "tests/sync/agent/real_kiosk.h"

using namespace dga;
using namespace dga::agent;
using test_agent::must;
using test_agent::RealKiosk;
using test_agent::Road;

namespace {

// What is received, and in which epoch: neither may fall, but for a new epoch's sake.
class Watch {
 public:
  explicit Watch(store::KioskStore& store) : store_(&store) {}
  void look() {
    auto const state = must(store_->sync_state());
    std::pair const now(state.centre_epoch, state.received_through);
    if (now < highest_) fell = true;
    highest_ = std::max(highest_, now);
  }
  bool fell = false;

 private:
  store::KioskStore* store_;
  std::pair<std::uint64_t, std::uint64_t> highest_;
};

// One road's outbox; at its call number `at` the other road has its turn.
class Beside : public StoreOutbox {
 public:
  Beside(RealKiosk& world, int at, std::function<void()> other)
      : StoreOutbox(world.kiosk.store, world.clock), world_(&world), watch(world.kiosk.store), at_(at), other_(other) {}

  base::Result<View> view() override { return turn(), StoreOutbox::view(); }
  base::Result<base::Digest> hash_at(std::uint64_t seq) override { return turn(), StoreOutbox::hash_at(seq); }
  base::Result<std::optional<store::Outbound>> outbound() override { return turn(), StoreOutbox::outbound(); }
  base::Done keep_outbound(store::Outbound const& batch) override { return turn(), StoreOutbox::keep_outbound(batch); }
  base::Done drop_outbound() override { return turn(), StoreOutbox::drop_outbound(); }
  base::Done record(v1::Record draft) override { return turn(), StoreOutbox::record(std::move(draft)); }
  base::Result<Settlement> settle(v1::Receipt const& receipt, std::optional<Question> const& question) override {
    turn();
    auto settled = settle_now(receipt, question);
    watch.look();
    return settled;
  }
  [[nodiscard]] bool struck() const { return calls_ > at_; }

 protected:
  virtual base::Result<Settlement> settle_now(v1::Receipt const& receipt, std::optional<Question> const& question) {
    return StoreOutbox::settle(receipt, question);
  }
  void turn() {
    watch.look();
    if (calls_++ == at_) other_();
    watch.look();
  }
  RealKiosk* world_;

 public:
  Watch watch;

 private:
  int at_, calls_ = 0;
  std::function<void()> other_;
};

// The control: reads, lets others in, and writes what it made of what it read.
class Hasty final : public Beside {
 public:
  using Beside::Beside;

 private:
  base::Result<Settlement> settle_now(v1::Receipt const& receipt, std::optional<Question> const& question) override {
    auto& store = world_->kiosk.store;
    auto const before = must(store.sync_state());
    Known known{store.identity(), before, must(store.hash_at(receipt.received_through())), 0, world_->clock.wall_ms()};
    TRY(auto settled, agent::settle(known, receipt, question));
    turn();
    must(store.put_sync_state(settled.state));
    return settled;
  }
};

enum class Epoch { kSame, kRestoredMeanwhile };

base::Bytes carried_to(test_agent::PretendCentre& centre, base::Bytes const& parcel) {
  base::Bytes receipt;
  for (auto const& frame : must(protocol::read_bundle(parcel)).frames)
    if (frame.kind == static_cast<std::uint8_t>(protocol::FrameKind::kSealedBatch))
      receipt = centre.answer(Road::kBatches, frame.payload).body;
  return receipt;
}

// A kiosk of which a courier carries nine records.
struct Met : RealKiosk {
  explicit Met(Epoch when) : epoch(when) {
    scan(8);
    auto const made = make_parcel(outbox, pinned(), kiosk.signing, *random);
    parcel = must(made).bytes;
  }
  // As one that was long under way would.
  void next_answer_tells_of_three() {
    auto const third = must(kiosk.store.hash_at(3));
    auto const of_three = test_agent::changed([third](v1::Receipt& receipt) {
      receipt.set_received_through(3);
      receipt.set_received_hash(third.bytes());
    });
    centre.next(Road::kBatches, of_three);
  }
  void restore() {
    if (epoch == Epoch::kRestoredMeanwhile) centre.restore(0);
  }
  base::Done courier_settles(Outbox& road, base::Bytes const& receipt) {
    TRY_DO(settle_parcel(road, pinned(), kiosk.box, receipt));
    return {};
  }

  Epoch epoch;
  base::Bytes parcel;
};

// At how many of the moments something was lost, and how many there are.
struct Seen {
  int moments = 0, falls = 0;
};
template <typename Outbox>
Seen network_meets_courier(Epoch epoch) {
  Seen seen;
  for (;; ++seen.moments) {
    CAPTURE(seen.moments);
    Met kiosk(epoch);
    kiosk.next_answer_tells_of_three();
    Outbox network(kiosk, seen.moments, [&] {
      kiosk.restore();
      StoreOutbox courier(kiosk.kiosk.store, kiosk.clock);
      must(kiosk.courier_settles(courier, carried_to(kiosk.centre, kiosk.parcel)));
    });
    (void)kiosk.sync_over(network);
    if (!network.struck()) return seen;
    if (network.watch.fell) ++seen.falls;
    CHECK(kiosk.sync().waiting == 0);
    CHECK(kiosk.centre.received.size() >= 9);
  }
}
template <typename Outbox>
Seen courier_meets_network(Epoch epoch) {
  Seen seen;
  for (;; ++seen.moments) {
    CAPTURE(seen.moments);
    Met kiosk(epoch);
    auto const receipt = carried_to(kiosk.centre, kiosk.parcel);
    kiosk.scan(3);
    Outbox courier(kiosk, seen.moments, [&] {
      kiosk.restore();
      kiosk.clock.advance(kLookAgain);
      (void)kiosk.sync();
    });
    must(kiosk.courier_settles(courier, receipt));
    if (!courier.struck()) return seen;
    if (courier.watch.fell) ++seen.falls;
  }
}

}  // namespace

TEST_CASE("whenever a courier's receipts come while the network's road settles, neither's word is lost") {
  for (auto const epoch : {Epoch::kSame, Epoch::kRestoredMeanwhile}) {
    auto const seen = network_meets_courier<Beside>(epoch);
    CHECK(seen.moments > 10);
    CHECK(seen.falls == 0);
    CHECK(network_meets_courier<Hasty>(epoch).falls > 0);
  }
}

TEST_CASE("whenever the network's road settles while a courier's receipts are taken, neither's word is lost") {
  for (auto const epoch : {Epoch::kSame, Epoch::kRestoredMeanwhile}) {
    auto const seen = courier_meets_network<Beside>(epoch);
    CHECK(seen.moments > 2);
    CHECK(seen.falls == 0);
    CHECK(courier_meets_network<Hasty>(epoch).falls > 0);
  }
}
