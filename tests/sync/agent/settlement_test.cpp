#include "sync/agent/settlement.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;

namespace {

// A kiosk of ten records of which the centre has acknowledged four.
struct Settling {
  test_agent::World world;
  store::SyncState before;
  v1::Receipt receipt;
  bool fresh = true;
  std::uint64_t batch_first_seq = 0;

  Settling() {
    world.outbox.add_many(10, 20);
    before.centre_epoch = 100;
    before.received_through = 4;
    receipt.set_device_id(world.outbox.shown.identity.device.bytes());
    receipt.set_log_id(world.outbox.shown.identity.log.bytes());
    receipt.set_centre_epoch(100);
    through(7);
  }
  void through(std::uint64_t seq) {
    receipt.set_received_through(seq);
    receipt.set_received_hash(world.outbox.hashes[seq].bytes());
  }
  base::Result<Settlement> settled() {
    ReceiptContext context{world.outbox.shown.identity, std::nullopt, fresh, batch_first_seq, 1234};
    if (auto const own = world.outbox.hash_at(receipt.received_through()); own.ok()) context.own_hash = *own;
    return settle(before, receipt, context);
  }
};

}  // namespace

TEST_CASE("a receipt for this log acknowledges up to where it says") {
  Settling kiosk;
  kiosk.receipt.set_quarantined_total(2);
  auto const settled = kiosk.settled();
  REQUIRE(settled.ok());
  CHECK(settled->acknowledged == 3);
  CHECK(settled->state.received_through == 7);
  CHECK(settled->state.quarantined_total == 2);
  CHECK(settled->state.last_receipt_ms == 1234);
}

TEST_CASE("a receipt for another log or another device acknowledges nothing") {
  Settling kiosk;
  kiosk.receipt.set_log_id(base::Bytes(16, 'x'));
  CHECK(kiosk.settled().error().code == "sync.other_log");
  Settling other;
  other.receipt.set_device_id(base::Bytes(16, 'x'));
  CHECK(other.settled().error().code == "sync.other_log");
}

TEST_CASE("a receipt with another hash than the kiosk's own acknowledges nothing") {
  Settling kiosk;
  kiosk.receipt.set_received_hash(kiosk.world.outbox.hashes[6].bytes());
  CHECK(kiosk.settled().error().code == "sync.other_branch");
  kiosk.receipt.set_received_through(11);
  CHECK(kiosk.settled().error().code == "sync.other_branch");
}

TEST_CASE("what is received never falls within an epoch") {
  Settling kiosk;
  kiosk.through(2);
  auto const settled = kiosk.settled();
  REQUIRE(settled.ok());
  CHECK(settled->state.received_through == 4);
  CHECK(settled->acknowledged == 0);
}

TEST_CASE("in a new epoch what is received may fall and an old epoch is not heard any more") {
  Settling kiosk;
  kiosk.receipt.set_centre_epoch(101);
  kiosk.through(2);
  auto const settled = kiosk.settled();
  REQUIRE(settled.ok());
  CHECK(settled->state.received_through == 2);
  CHECK(settled->state.centre_epoch == 101);
  kiosk.before = settled->state;
  kiosk.receipt.set_centre_epoch(100);
  kiosk.through(9);
  CHECK(kiosk.settled().error().code == "sync.old_epoch");
}

TEST_CASE("a fork is noted and acknowledges all the same") {
  Settling kiosk;
  kiosk.receipt.set_fork_at(6);
  auto settled = kiosk.settled();
  REQUIRE(settled.ok());
  CHECK(settled->state.fork_at == 6);
  CHECK(settled->acknowledged == 3);
  kiosk.before = settled->state;
  kiosk.receipt.set_fork_at(0);
  CHECK(kiosk.settled()->state.fork_at == 6);
}

TEST_CASE("what may be deleted is learnt only from a fresh answer to a head query") {
  Settling kiosk;
  kiosk.receipt.set_durable_through(6);
  CHECK(kiosk.settled()->state.durable_through == 6);
  kiosk.fresh = false;
  CHECK(kiosk.settled()->state.durable_through == 0);
  kiosk.fresh = true;
  kiosk.batch_first_seq = 5;
  CHECK(kiosk.settled()->state.durable_through == 0);
  kiosk.batch_first_seq = 0;
  kiosk.receipt.set_durable_through(900);
  CHECK(kiosk.settled()->state.durable_through == 7);
}

TEST_CASE("a centre that lacks what it once had gets it again") {
  Settling kiosk;
  kiosk.through(2);
  kiosk.receipt.set_want_from(3);
  kiosk.batch_first_seq = 5;
  CHECK(kiosk.settled()->state.received_through == 2);
  kiosk.fresh = false;  // a replayed receipt of another batch
  CHECK(kiosk.settled()->state.received_through == 4);
}
