#include <memory>

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::changed;
using test_agent::instead;
using test_agent::lost;
using test_agent::pack_of;
using test_agent::page;
using test_agent::PretendCentre;
using test_agent::Road;
using test_agent::World;

TEST_CASE("a time sample is written from the head's answer and goes with the batch that is cut after it") {
  World world;
  world.outbox.add_many(2, 10);
  world.outbox.shown.time_sample_due = true;
  CHECK(world.run().why == Rest::Why::kUpToDate);
  REQUIRE(world.outbox.samples.size() == 1);
  auto const& [seq, sample] = *world.outbox.samples.begin();
  CHECK(seq == 3);
  CHECK(sample.mono_received() == sample.mono_sent() + 20);
  CHECK(sample.centre_ms() > 0);
  CHECK(world.batches().size() == 1);
  CHECK(world.all_arrived());
}

TEST_CASE("a time sample alone causes no exchange") {
  World world;
  world.outbox.shown.time_sample_due = true;
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.outbox.samples.size() == 1);
  CHECK(world.batches().empty());
}

TEST_CASE("no time sample is written when none is due or the clock is made up or the answer is not fresh") {
  World not_due;
  not_due.outbox.add_many(1, 10);
  (void)not_due.run();
  CHECK(not_due.outbox.samples.empty());

  World simulated;
  simulated.outbox.shown.time_sample_due = true;
  simulated.clock.is_simulated = true;
  (void)simulated.run();
  CHECK(simulated.outbox.samples.empty());

  World stale;
  stale.outbox.shown.time_sample_due = true;
  stale.centre.next(Road::kHead, changed([](v1::Receipt& r) { r.set_nonce(base::Bytes(16, 'x')); }));
  CHECK(stale.run().why == Rest::Why::kBackOff);
  CHECK(stale.problem() == "sync.stale_answer");
  CHECK(stale.outbox.samples.empty());
}

TEST_CASE("a newer pack is applied and an older one is not") {
  World world;
  world.centre.pack = pack_of(20);
  (void)world.run();
  CHECK(world.outbox.shown.pack_version == 20);
  CHECK(world.outbox.pack == pack_of(20).SerializeAsString());

  world.centre.pack = pack_of(19);
  world.centre.send_any_pack = true;
  world.clock.advance(kLookAgain);
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.problem() == "pack.older");
  CHECK(world.outbox.shown.pack_version == 20);

  world.centre.pack = pack_of(21);
  world.clock.advance(kLookAgain);
  (void)world.run();
  CHECK(world.outbox.shown.pack_version == 21);
  CHECK(world.problem().empty());
}

TEST_CASE("a pack that does not come keeps no record from going") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.next(Road::kPacks, instead(Reply{403, "application/json", "{}", {}}));
  CHECK(world.run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
  CHECK(world.problem() == "sync.forbidden");
}

TEST_CASE("a batch for a key that the centre lost is sealed anew with the key that the pack brings") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.box = crypto::BoxKey::generate(*world.random);
  world.centre.box_key_id = 2;
  v1::TrustList list;
  list.set_version(5);
  auto* const key = list.add_keys();
  key->set_id(2);
  key->set_use(v1::CENTRE_BOX);
  key->set_public_key(world.centre.box.public_key().bytes());
  CHECK(world.run().why == Rest::Why::kBackOff);  // no pack yet: the same key again is a problem
  CHECK(world.problem() == "sync.reseal");

  auto pack = pack_of(9);
  pack.set_trust_list(protocol::sign_trust_list(list, world.centre.root));
  world.centre.pack = pack;
  CHECK(world.wait_and_run().why == Rest::Why::kUpToDate);
  CHECK(world.all_arrived());
}

TEST_CASE("a refusal that answers another batch throws nothing away") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) {
                      r.set_refused(v1::RESEAL);
                      r.set_nonce(base::Bytes(16, 'x'));
                    }));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.stale_answer");
  (void)world.wait_and_run();
  CHECK(world.batches()[0] == world.batches()[1]);
}

TEST_CASE("a version that the centre does not read keeps the batch as it is") {
  World world;
  world.outbox.add_many(2, 10);
  world.centre.next(Road::kBatches, changed([](v1::Receipt& r) { r.set_refused(v1::VERSION); }));
  CHECK(world.run().why == Rest::Why::kBackOff);
  CHECK(world.problem() == "sync.version");
  CHECK(world.outbox.kept.has_value());
}
