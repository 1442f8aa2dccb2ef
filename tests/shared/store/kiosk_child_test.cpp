#include "shared/store/kiosk_child.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"
#include "shared/crypto/hash.h"
#include "shared/store/kiosk_folder.h"
#include "shared/store/kiosk_rekey.h"
#include "shared/store/kiosk_schema.h"
#include "tests/support/check_in.h"
#include "tests/support/must.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::KioskStore;
using store::LogNumber;
using test::check_in;
using test::must;

namespace {

v1::Record time_sample(std::int64_t centre_ms) {
  v1::Record record;
  record.mutable_time_sample()->set_boot(1);
  record.mutable_time_sample()->set_centre_ms(centre_ms);
  return record;
}

// A kiosk whose log has the opening, three check-ins and a time sample, and was told of a fork at record 3.
struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(31);
  crypto::Key32 key = test::store_key('k');
  std::optional<KioskStore> store;

  Kiosk() {
    store::LogIdentity identity;
    identity.device = random->draw<base::DeviceId>();
    identity.salt = random->draw<base::LogSalt>();
    identity.log = crypto::log_id(identity.device, identity.salt);
    store.emplace(must(KioskStore::create(scratch.path(), key, identity, "1.2.3", clock)));
    add({check_in(1), check_in(2), check_in(3), time_sample(7)});
    must(store->put_sync_state({.received_through = 3, .centre_epoch = 9, .fork_at = 3, .last_receipt_ms = 77}));
    must(store->keep_outbound({4, 2, "sealed"}));
  }
  void add(std::vector<v1::Record> records) { must(store->append(std::move(records), clock)); }
  void open() {
    store.reset();
    store.emplace(must(KioskStore::open(scratch.path(), key)));
  }
  void open_child() { must(store->open_child(random->draw<base::LogSalt>(), "1.3.0", clock)); }
  std::vector<v1::Record> log(LogNumber number) {
    std::vector<v1::Record> records;
    must(store->replay(number, 1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
      REQUIRE(records.emplace_back().ParseFromString(stored.bytes));
      return true;
    }));
    return records;
  }
};

}  // namespace

TEST_CASE("a child log begins with LogOpened that names where its parent ends") {
  Kiosk kiosk;
  auto const parent = kiosk.store->logs().back();
  kiosk.open_child();
  REQUIRE(kiosk.store->logs().size() == 2);
  auto const& child = kiosk.store->identity();
  CHECK(child.device == parent.identity.device);
  CHECK(child.log == crypto::log_id(child.device, child.salt));
  CHECK(child.log != parent.identity.log);
  auto const records = kiosk.log(2);
  REQUIRE(records.size() == 1);
  auto const& opened = records[0].log_opened();
  CHECK(records[0].seq() == 1);
  CHECK(records[0].at().boot() == 1);
  CHECK(opened.device_id() == child.device.bytes());
  CHECK(opened.log_salt() == child.salt.bytes());
  CHECK(opened.product_version() == "1.3.0");
  CHECK(opened.parent_log() == parent.identity.log.bytes());
  CHECK(opened.parent_seq() == 5);
  CHECK(opened.parent_hash() == parent.head.hash.bytes());
}

TEST_CASE("what is recorded after a fork goes to the child, and the parent stands as it was, also after a restart") {
  Kiosk kiosk;
  auto const parent = kiosk.store->logs().back();
  kiosk.open_child();
  kiosk.add({check_in(4)});
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    CHECK(kiosk.store->head().seq == 2);
    CHECK(kiosk.log(1).size() == 5);
    CHECK(kiosk.log(2).back().check_in().participant() == 4);
    CHECK(must(kiosk.store->hash_at(1, 5)) == parent.head.hash);
    CHECK(kiosk.store->logs().front().head.hash == parent.head.hash);
    auto const sync = must(kiosk.store->sync_state(1));
    CHECK(sync.received_through == 3);
    CHECK(sync.fork_at == 3);
    CHECK(must(kiosk.store->outbound(1))->sealed_batch == "sealed");
    CHECK_FALSE(must(kiosk.store->outbound()).has_value());
    auto const fresh = must(kiosk.store->sync_state());
    CHECK(fresh.received_through == 0);
    CHECK(fresh.fork_at == 0);
    CHECK(fresh.centre_epoch == 9);
    // Of the parent one check-in (its time sample is not counted), of the child both records.
    CHECK(must(kiosk.store->waiting(1)) == 1);
    CHECK(must(kiosk.store->waiting()) == 3);
    auto const totals = must(kiosk.store->totals());
    CHECK(totals.recorded == 7);
    CHECK(totals.received == 3);
    CHECK(totals.last_receipt_ms == 77);
    must(kiosk.store->check_chains());
    kiosk.open();
  }
}

TEST_CASE("the count of boots goes on in the child") {
  Kiosk kiosk;
  kiosk.clock.boot = "another";
  kiosk.open_child();
  CHECK(kiosk.log(2)[0].at().boot() == 2);
  kiosk.open();
  kiosk.add({check_in(4)});
  CHECK(kiosk.log(2)[1].at().boot() == 2);
}

TEST_CASE("a child of a child follows it") {
  Kiosk kiosk;
  kiosk.open_child();
  kiosk.add({check_in(4)});
  auto const second = kiosk.store->identity().log;
  kiosk.open_child();
  kiosk.open();
  CHECK(kiosk.log(3)[0].log_opened().parent_log() == second.bytes());
  CHECK(kiosk.log(3)[0].log_opened().parent_seq() == 2);
  must(kiosk.store->check_chains());
}

TEST_CASE("a child is opened whole or not at all") {
  Kiosk kiosk;
  auto const salt = kiosk.store->identity().salt;
  SUBCASE("a salt that was used before is refused") {
    auto const again = kiosk.store->open_child(salt, "1.3.0", kiosk.clock);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().code == "store.identity");
  }
  SUBCASE("what goes with it fails") {
    auto const failed =
        kiosk.store->open_child(kiosk.random->draw<base::LogSalt>(), "1.3.0", kiosk.clock,
                                []() -> base::Done { return base::refused("test.no", "would not have it"); });
    CHECK(failed.error().code == "test.no");
  }
  CHECK(kiosk.store->logs().size() == 1);
  kiosk.add({check_in(4)});
  kiosk.open();
  CHECK(kiosk.store->logs().size() == 1);
  CHECK(kiosk.store->head().seq == 6);
}

TEST_CASE("a parent that ends before its child says has lost its end") {
  Kiosk kiosk;
  kiosk.open_child();
  auto& database = kiosk.store->database();
  auto const last = std::to_string(store::place_of(1, 5));
  must(database.run(("DELETE FROM record WHERE place = " + last).c_str()));
  auto const checked = kiosk.store->check_chains();
  CHECK_FALSE(checked.ok());
  kiosk.store.reset();
  auto const opened = KioskStore::open(kiosk.scratch.path(), kiosk.key);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "store.chain");
}

TEST_CASE("a log that is not there is refused by its number") {
  Kiosk kiosk;
  CHECK(kiosk.store->hash_at(2, 0).error().code == "store.no_log");
  CHECK(kiosk.store->check_chain(7, 1).error().code == "store.no_log");
}

TEST_CASE("records of parent and child are wiped in order, and only what is durable of each") {
  constexpr std::int64_t kDay = 24LL * 3'600'000;
  Kiosk kiosk;  // record 5 says that the centre's clock showed 7 ms
  kiosk.open_child();
  kiosk.add({check_in(4), check_in(5), time_sample(1 * kDay), time_sample(40 * kDay)});
  auto const wipe = [&] {
    std::uint64_t sum = 0;
    for (bool more = true; more;) {
      auto const wiped = must(kiosk.store->wipe(std::nullopt, kiosk.clock));
      sum += wiped.records;
      more = wiped.more;
    }
    return sum;
  };
  must(kiosk.store->put_sync_state(2, {.received_through = 5, .durable_through = 5, .centre_epoch = 9}));
  CHECK(wipe() == 0);  // nothing of the parent is durable yet
  must(kiosk.store->put_sync_state(1, {.received_through = 5, .durable_through = 3, .centre_epoch = 9}));
  CHECK(wipe() == 2);
  must(kiosk.store->put_sync_state(1, {.received_through = 5, .durable_through = 5, .centre_epoch = 9}));
  CHECK(wipe() == 3);  // the parent's last one, and two of the child
  kiosk.open();
  must(kiosk.store->check_chains());
  CHECK(wipe() == 0);
}

TEST_CASE("a kiosk with a child log is rekeyed with both") {
  test::StoreScratch scratch;
  test::StoreClock clock;
  auto random = base::seeded_random(32);
  {
    auto kiosk =
        must(store::create_kiosk(scratch / "kiosk", "passphrase", crypto::minimal_cost(), "1.0.0", clock, *random));
    must(kiosk.store.append({check_in(1)}, clock));
    must(kiosk.store.open_child(random->draw<base::LogSalt>(), "1.0.0", clock));
    must(kiosk.store.append({check_in(2)}, clock));
  }
  auto const rekeyed =
      must(store::rekey_kiosk(scratch / "kiosk", crypto::SlotSecret(crypto::Passphrase("passphrase"))));
  CHECK(rekeyed.records == 4);
  auto kiosk = must(store::open_kiosk(scratch / "kiosk", "passphrase"));
  CHECK(kiosk.store.logs().size() == 2);
  must(kiosk.store.check_chains());
}
