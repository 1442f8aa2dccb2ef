#include "shared/store/kiosk_store.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "shared/base/random.h"
#include "shared/crypto/hash.h"
#include "tests/support/check_in.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::KioskStore;
using test::check_in;

namespace {

void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}

struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  crypto::Key32 key = test::store_key('k');
  store::LogIdentity identity = [] {
    auto random = base::seeded_random(21);
    store::LogIdentity made;
    made.device = random->draw<base::DeviceId>();
    made.salt = random->draw<base::LogSalt>();
    made.log = crypto::log_id(made.device, made.salt);
    return made;
  }();

  KioskStore create() {
    auto made = KioskStore::create(scratch.path(), key, identity, "1.2.3", clock);
    if (!made.ok()) FAIL(base::describe(made.error()));
    return std::move(made).value();
  }
  base::Result<KioskStore> open() { return KioskStore::open(scratch.path(), key); }
};

v1::Record time_sample() {
  v1::Record record;
  record.mutable_time_sample()->set_centre_ms(5);
  return record;
}
std::vector<store::StoredRecord> all(KioskStore& kiosk, std::uint64_t from = 1) {
  std::vector<store::StoredRecord> records;
  must(kiosk.replay(from, [&](store::StoredRecord const& record) -> base::Result<bool> {
    records.push_back(record);
    return true;
  }));
  return records;
}
v1::Record parsed(base::Bytes const& bytes) {
  v1::Record record;
  REQUIRE(record.ParseFromString(bytes));
  return record;
}

}  // namespace

TEST_CASE("a new kiosk's log begins with LogOpened that agrees with its identity") {
  Kiosk kiosk;
  auto made = kiosk.create();
  CHECK(made.head().seq == 1);
  auto const records = all(made);
  REQUIRE(records.size() == 1);
  auto const first = parsed(records[0].bytes);
  CHECK(first.seq() == 1);
  CHECK(first.log_opened().device_id() == kiosk.identity.device.bytes());
  CHECK(first.log_opened().log_salt() == kiosk.identity.salt.bytes());
  CHECK(first.log_opened().product_version() == "1.2.3");
  CHECK(first.at().boot() == 1);
  CHECK(first.at().wall_ms() == kiosk.clock.wall);
  CHECK(made.identity().log == kiosk.identity.log);
  CHECK_FALSE(std::filesystem::exists(kiosk.scratch / "kiosk.db.new"));
}

TEST_CASE("the vectors' records give the vectors' chain when they are appended") {
  auto const vectors = nlohmann::json::parse(test::file_content(DGA_SOURCE_DIR "/tests/vectors/protocol.json"));
  auto const hex = [](nlohmann::json const& text) { return base::from_hex(text.get<std::string>()).value(); };
  Kiosk kiosk;
  kiosk.identity.device = base::DeviceId::from(hex(vectors["device"]["device_id"])).value();
  kiosk.identity.salt = base::LogSalt::from(hex(vectors["device"]["log_salt"])).value();
  kiosk.identity.log = base::LogId::from(hex(vectors["device"]["log_id"])).value();
  auto const set_clock = [&](v1::Record const& record) {
    kiosk.clock.wall = record.at().wall_ms();
    kiosk.clock.mono = record.at().mono_ms();
    kiosk.clock.made_up = record.at().simulated();
  };
  auto const& records = vectors["chain"]["records"];
  auto const first = parsed(hex(records[0]));
  set_clock(first);
  auto made = KioskStore::create(kiosk.scratch.path(), kiosk.key, kiosk.identity, first.log_opened().product_version(),
                                 kiosk.clock)
                  .value();
  for (std::size_t i = 1; i < records.size(); ++i) {
    auto draft = parsed(hex(records[i]));
    set_clock(draft);
    draft.clear_at();
    draft.clear_seq();
    auto const stored = made.append({draft}, kiosk.clock).value();
    CHECK(base::to_hex(stored[0].bytes) == records[i]);
  }
  for (std::size_t seq = 0; seq <= records.size(); ++seq)
    CHECK(made.hash_at(seq).value().hex() == vectors["chain"]["heads"][seq]);
}

TEST_CASE("appended records have their place and stamp and follow each other") {
  Kiosk kiosk;
  auto made = kiosk.create();
  kiosk.clock.wall += 1000;
  kiosk.clock.mono += 900;
  auto const stored = made.append({check_in(17), check_in(18)}, kiosk.clock).value();
  REQUIRE(stored.size() == 2);
  CHECK(stored[0].seq == 2);
  CHECK(stored[1].seq == 3);
  CHECK(stored[1].digest == crypto::hash({stored[1].bytes}));
  CHECK(stored[1].hash == crypto::chain_next(stored[0].hash, 3, stored[1].digest));
  CHECK(made.head().seq == 3);
  CHECK(made.head().hash == stored[1].hash);
  auto const record = parsed(stored[0].bytes);
  CHECK(record.seq() == 2);
  CHECK(record.check_in().participant() == 17);
  CHECK(record.at().wall_ms() == kiosk.clock.wall);
  CHECK(record.at().mono_ms() == kiosk.clock.mono);
  CHECK_FALSE(record.at().simulated());
  CHECK(made.append({}, kiosk.clock).value().empty());
  CHECK(made.head().seq == 3);
}

TEST_CASE("what a draft says of its seq and time is not believed") {
  Kiosk kiosk;
  auto made = kiosk.create();
  auto draft = check_in(17);
  draft.set_seq(99);
  draft.mutable_at()->set_wall_ms(1);
  kiosk.clock.made_up = true;
  auto const record = parsed(made.append({draft}, kiosk.clock).value()[0].bytes);
  CHECK(record.seq() == 2);
  CHECK(record.at().wall_ms() == kiosk.clock.wall);
  CHECK(record.at().simulated());
}

TEST_CASE("the count of boots rises with every change of the boot id and is kept") {
  Kiosk kiosk;
  auto const boot_of = [&](KioskStore& made) {
    return parsed(made.append({check_in(1)}, kiosk.clock).value()[0].bytes).at().boot();
  };
  {
    auto made = kiosk.create();
    CHECK(boot_of(made) == 1);
  }
  auto made = kiosk.open().value();
  CHECK(boot_of(made) == 1);
  kiosk.clock.boot = "boot-b";
  CHECK(boot_of(made) == 2);
  CHECK(boot_of(made) == 2);
  kiosk.clock.boot = "boot-a";
  CHECK(boot_of(made) == 3);
}

TEST_CASE("a log is whole after it is opened again") {
  Kiosk kiosk;
  store::LogHead head;
  {
    auto made = kiosk.create();
    for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(made.append({check_in(i), check_in(i, 2)}, kiosk.clock).ok());
    head = made.head();
  }
  auto opened = kiosk.open().value();
  CHECK(opened.head().seq == 201);
  CHECK(opened.head().hash == head.hash);
  must(opened.check_chain(1));
  auto const records = all(opened);
  REQUIRE(records.size() == 201);
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i].seq == i + 1);
    CHECK(records[i].hash == opened.hash_at(i + 1).value());
  }
  CHECK(opened.hash_at(0).value() == crypto::chain_start(kiosk.identity.log));
  CHECK(opened.hash_at(202).error().code == "store.no_record");
}

TEST_CASE("replay starts where it is told and stops when it is told") {
  Kiosk kiosk;
  auto made = kiosk.create();
  for (int i = 0; i < 9; ++i) REQUIRE(made.append({check_in(1)}, kiosk.clock).ok());
  CHECK(all(made, 8).size() == 3);
  CHECK(all(made, 11).empty());
  CHECK(all(made, 0).size() == 10);
  int seen = 0;
  must(made.replay(1, [&](auto const&) -> base::Result<bool> { return ++seen < 4; }));
  CHECK(seen == 4);
  auto const failed = made.replay(1, [&](auto const&) -> base::Result<bool> { return base::refused("test.no", "no"); });
  CHECK(failed.error().code == "test.no");
  // Appending while reading is fine; the reader ends where the log ended when it began.
  seen = 0;
  must(made.replay(1, [&](auto const&) -> base::Result<bool> {
    ++seen;
    return made.append({check_in(2)}, kiosk.clock).ok();
  }));
  CHECK(seen == 10);
  CHECK(made.head().seq == 20);
}

TEST_CASE("nothing is appended when one record of several cannot be") {
  Kiosk kiosk;
  auto made = kiosk.create();
  auto huge = check_in(1);
  huge.mutable_kiosk_event()->set_detail(std::string(store::kMostRecordBytes, 'x'));
  kiosk.clock.boot = "boot-b";
  CHECK(made.append({check_in(1), huge}, kiosk.clock).error().code == "store.record_too_large");
  CHECK(made.head().seq == 1);
  CHECK(all(made).size() == 1);
  CHECK(parsed(made.append({check_in(1)}, kiosk.clock).value()[0].bytes).at().boot() == 2);
  CHECK(made.database()
            .transaction([&]() -> base::Done {
              auto const nested = made.append({check_in(1)}, kiosk.clock);
              return nested.ok() ? base::Done() : nested.error();
            })
            .error()
            .code == "store.nested");
  CHECK(made.head().seq == 2);
  must(made.check_chain(1));
}

TEST_CASE("time samples are kept but not counted as waiting") {
  Kiosk kiosk;
  auto made = kiosk.create();
  REQUIRE(made.append({time_sample(), check_in(1), time_sample(), check_in(2), check_in(3)}, kiosk.clock).ok());
  CHECK(made.waiting().value() == 4);
  must(made.put_sync_state({.received_through = 3}));
  CHECK(made.waiting().value() == 2);
  must(made.put_sync_state({.received_through = 6}));
  CHECK(made.waiting().value() == 0);
  REQUIRE(made.append({time_sample()}, kiosk.clock).ok());
  CHECK(made.waiting().value() == 0);
  REQUIRE(made.append({check_in(4)}, kiosk.clock).ok());
  CHECK(made.waiting().value() == 1);
}

TEST_CASE("sync state and the batch on its way survive a restart") {
  Kiosk kiosk;
  {
    auto made = kiosk.create();
    CHECK(made.sync_state().value().received_through == 0);
    CHECK_FALSE(made.outbound().value().has_value());
    REQUIRE(made.append(std::vector<v1::Record>(10, check_in(1)), kiosk.clock).ok());
    must(made.put_sync_state({11, 9, 1'731'373'500, 4, 2, true, 1'731'373'500'123}));
    must(made.keep_outbound({12, 30, base::Bytes("sealed\0batch", 12)}));
  }
  auto made = kiosk.open().value();
  auto const state = made.sync_state().value();
  CHECK(state.received_through == 11);
  CHECK(state.durable_through == 9);
  CHECK(state.centre_epoch == 1'731'373'500);
  CHECK(state.fork_at == 4);
  CHECK(state.quarantined_total == 2);
  CHECK(state.revoked);
  CHECK(state.last_receipt_ms == 1'731'373'500'123);
  auto const batch = made.outbound().value().value();
  CHECK(batch.first_seq == 12);
  CHECK(batch.count == 30);
  CHECK(batch.sealed_batch == base::Bytes("sealed\0batch", 12));
  must(made.keep_outbound({13, 1, "another"}));
  CHECK(made.outbound().value()->sealed_batch == "another");
  must(made.drop_outbound());
  CHECK_FALSE(made.outbound().value().has_value());
}

TEST_CASE("only a newer pack replaces the one that is kept") {
  Kiosk kiosk;
  auto made = kiosk.create();
  CHECK_FALSE(made.pack().value().has_value());
  must(made.keep_pack(100, "first"));
  CHECK(made.keep_pack(100, "same").error().code == "pack.older");
  CHECK(made.keep_pack(99, "older").error().code == "pack.older");
  CHECK(made.pack().value() == "first");
  must(made.keep_pack(101, "second"));
  CHECK(made.pack().value() == "second");
}

TEST_CASE("settings are small named values") {
  Kiosk kiosk;
  auto made = kiosk.create();
  CHECK_FALSE(made.setting("kiosk.name").value().has_value());
  must(made.put_setting("kiosk.name", "Cửa A"));
  must(made.put_setting("pin.tries", ""));
  must(made.put_setting("kiosk.name", "Cửa B"));
  CHECK(made.setting("kiosk.name").value() == "Cửa B");
  CHECK(made.setting("pin.tries").value() == "");
}

TEST_CASE("what a program cannot know is refused when the store is opened") {
  Kiosk kiosk;
  { kiosk.create(); }
  {
    auto database = store::Database::open(kiosk.scratch / "kiosk.db", kiosk.key, {}).value();
    must(database.run("PRAGMA user_version=9999"));
  }
  CHECK(kiosk.open().error().code == "store.too_new");
  {
    auto database = store::Database::open(kiosk.scratch / "kiosk.db", kiosk.key, {}).value();
    must(database.run("PRAGMA user_version=1; PRAGMA application_id=5"));
  }
  CHECK(kiosk.open().error().code == "store.not_ours");
}

TEST_CASE("a log that does not chain is found damaged when it is opened") {
  // What AEAD cannot see: rows changed by somebody who has the key, or an old page put back.
  for (std::string const change :
       {"UPDATE record SET bytes = (SELECT bytes FROM record WHERE (place & 1023) = 50) WHERE (place & 1023) = 51",
        "UPDATE record SET digest = zeroblob(32) WHERE (place & 1023) = 60",
        "UPDATE record SET hash = zeroblob(32) WHERE (place & 1023) = 71",
        "UPDATE record SET hash = x'00' WHERE (place & 1023) = 71", "DELETE FROM record WHERE (place & 1023) = 55",
        "DELETE FROM record", "DELETE FROM log", "UPDATE log SET log_salt = zeroblob(16)"}) {
    CAPTURE(change);
    Kiosk kiosk;
    {
      auto made = kiosk.create();
      for (int i = 0; i < 70; ++i) REQUIRE(made.append({check_in(static_cast<std::uint64_t>(i))}, kiosk.clock).ok());
      must(made.database().run("PRAGMA foreign_keys=OFF"));
      must(made.database().run(change.c_str()));
    }
    auto const opened = kiosk.open();
    bool const noticed =
        !opened.ok() && opened.error().code == "store.chain" && opened.error().fault == base::Fault::kDamaged;
    CHECK(noticed);
  }
}

TEST_CASE("an erased record keeps its place in the chain") {
  Kiosk kiosk;
  {
    auto made = kiosk.create();
    for (int i = 0; i < 5; ++i) REQUIRE(made.append({check_in(1)}, kiosk.clock).ok());
    must(made.database().run("UPDATE record SET bytes = NULL WHERE place & 1"));
  }
  auto made = kiosk.open().value();
  must(made.check_chain(1));
  auto const records = all(made);
  CHECK(records[2].erased);
  CHECK(records[2].bytes.empty());
  CHECK_FALSE(records[3].erased);
}

TEST_CASE("a kiosk's store is made once and leaves nothing when it cannot be made") {
  Kiosk kiosk;
  auto wrong = kiosk.identity;
  wrong.log.octets[0] ^= 1;
  CHECK_FALSE(KioskStore::create(kiosk.scratch.path(), kiosk.key, wrong, "1", kiosk.clock).ok());
  CHECK(std::filesystem::is_empty(kiosk.scratch.path()));
  test::put_file_content(kiosk.scratch / "kiosk.db.new", "what a crash left");
  { kiosk.create(); }
  CHECK_FALSE(std::filesystem::exists(kiosk.scratch / "kiosk.db.new"));
  CHECK(KioskStore::create(kiosk.scratch.path(), kiosk.key, kiosk.identity, "1", kiosk.clock).error().code ==
        "store.exists");
  CHECK(kiosk.open().ok());
  CHECK(KioskStore::open(kiosk.scratch / "elsewhere", kiosk.key).error().code == "store.not_found");
}
