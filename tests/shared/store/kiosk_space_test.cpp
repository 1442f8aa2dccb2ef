#include "shared/store/kiosk_space.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "shared/base/random.h"
#include "shared/store/wal_room.h"
#include "tests/support/quota_vfs.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::KioskStore;
using store::Space;
using store::SpaceKeeper;

namespace {

void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}

// The largest check-in that the format allows.
v1::Record largest_check_in() {
  v1::Record record;
  record.set_class_id(UINT64_MAX);
  record.set_staff(UINT32_MAX);
  record.set_pack_version(UINT64_MAX);
  auto& fact = *record.mutable_check_in();
  fact.set_participant(9'999'999'999);
  fact.set_session(UINT32_MAX);
  fact.set_method(v1::STAFF);
  fact.set_walk_in(std::string(32, 'w'));
  fact.set_unrostered(true);
  return record;
}
v1::Record check_in(std::uint64_t participant) {
  v1::Record record;
  record.set_class_id(1);
  record.set_pack_version(1'731'373'500'000);
  record.mutable_check_in()->set_participant(participant);
  record.mutable_check_in()->set_session(1);
  record.mutable_check_in()->set_method(v1::BADGE);
  return record;
}
v1::Record score() {
  v1::Record record;
  record.set_class_id(1);
  record.mutable_score()->set_group(1);
  return record;
}

struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  test::QuotaVfs disk;
  std::filesystem::path folder = scratch.path();
  crypto::Key32 key = test::store_key('k');
  std::optional<KioskStore> store;
  std::optional<SpaceKeeper> keeper;

  store::OpenOptions options() const {
    store::OpenOptions options;
    options.base_vfs = disk.name();
    return options;
  }
  void create() {
    auto random = base::seeded_random(22);
    store::LogIdentity identity;
    identity.device = random->draw<base::DeviceId>();
    identity.salt = random->draw<base::LogSalt>();
    identity.log = crypto::log_id(identity.device, identity.salt);
    auto made = KioskStore::create(folder, key, identity, "1.2.3", clock, options());
    if (!made.ok()) FAIL(base::describe(made.error()));
    take(std::move(made).value());
  }
  void take(KioskStore opened) {
    keeper.reset();
    store.emplace(std::move(opened));
    keeper.emplace(*store, folder, disk.space());
  }
  void close() {
    keeper.reset();
    store.reset();
  }
  void open() {
    close();
    auto opened = KioskStore::open(folder, key, options());
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    take(std::move(opened).value());
  }
  Space look() {
    auto space = keeper->look();
    if (!space.ok()) FAIL(base::describe(space.error()));
    return *space;
  }
  base::Done add(v1::Record record) {
    auto stored = store->append({std::move(record)}, clock);
    return stored.ok() ? base::Done() : base::Done(stored.error());
  }
  // Single check-ins, as the desk makes them, until one does not fit.
  std::uint64_t check_in_until_full(std::uint64_t most) {
    for (std::uint64_t i = 0; i < most; ++i) {
      ++clock.mono;
      auto const done = add(check_in(1 + i));
      if (done.ok()) continue;
      CHECK(done.error().code == "store.full");
      return i;
    }
    return most;
  }
  std::filesystem::path database() const { return folder / "kiosk.db"; }
  std::filesystem::path log() const { return folder / "kiosk.db-wal"; }
};

}  // namespace

TEST_CASE("on a disk without one free byte 5,000 check-ins fit, each a commit, and are there when it is opened again") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.disk.leave(0);
  auto const space = kiosk.look();
  CHECK(space.level == Space::Level::kReserve);
  CHECK(space.check_ins_left >= store::kCheckInsAtLeast);
  auto const before = kiosk.store->head().seq;
  REQUIRE(kiosk.check_in_until_full(5'000) == 5'000);
  auto const head = kiosk.store->head();
  CHECK(head.seq == before + 5'000);
  kiosk.open();
  CHECK(kiosk.store->head().seq == head.seq);
  CHECK(kiosk.store->head().hash == head.hash);
  must(kiosk.store->check_chain(1));
  CHECK(kiosk.disk.free() == 0);
}

TEST_CASE("without the reserve a full disk takes no check-in, and loses none that was acknowledged") {
  Kiosk kiosk;
  kiosk.create();
  REQUIRE(kiosk.check_in_until_full(10) == 10);
  kiosk.disk.leave(0);
  CHECK(kiosk.look().check_ins_left == 0);
  CHECK(kiosk.look().level == Space::Level::kFull);
  CHECK(kiosk.check_in_until_full(5'000) < 100);
  auto const head = kiosk.store->head();
  kiosk.disk.leave(1'000'000);
  kiosk.open();
  CHECK(kiosk.store->head().hash == head.hash);
}

TEST_CASE("what is said to fit does fit: the largest check-ins there are, to the last one") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.disk.leave(0);
  auto const promised = kiosk.look().check_ins_left;
  for (std::uint64_t i = 0; i < promised; ++i) {
    kiosk.clock.wall = INT64_MAX - static_cast<std::int64_t>(promised - i);
    kiosk.clock.mono = UINT64_MAX - (promised - i);
    auto const done = kiosk.add(largest_check_in());
    if (!done.ok()) FAIL("check-in ", i, " of ", promised, ": ", base::describe(done.error()));
    if (i % 500 == 0) CHECK(kiosk.look().check_ins_left + i >= promised);
  }
  CHECK(kiosk.look().check_ins_left < promised / 2);
}

TEST_CASE("a batch on its way and sync's state find room beside 5,000 check-ins") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.disk.leave(0);
  for (std::uint64_t i = 0; i < 5; ++i) {
    must(kiosk.store->keep_outbound({1 + i, 1, std::string(256 * 1024 - i, 'b')}));
    must(kiosk.store->put_sync_state({.received_through = i}));
    CHECK(kiosk.check_in_until_full(1'000) == 1'000);
    if (i < 4) must(kiosk.store->drop_outbound());
  }
  kiosk.open();
  CHECK(kiosk.store->outbound().value()->sealed_batch.size() == 256 * 1024 - 4);
}

TEST_CASE("a reserve that does not fit is not made, and the store goes on as before") {
  for (std::uint64_t room = 0; room <= 6'000'000; room += 250'000) {
    CAPTURE(room);
    Kiosk kiosk;
    kiosk.create();
    REQUIRE(kiosk.check_in_until_full(50) == 50);
    kiosk.disk.leave(room);
    auto const made = kiosk.store->make_room();
    if (!made.ok()) CHECK(made.error().code == "store.full");
    CHECK(kiosk.check_in_until_full(20) == 20 * (room > 0));
    auto const head = kiosk.store->head();
    if (made.ok()) {
      kiosk.disk.leave(0);
      CHECK(kiosk.check_in_until_full(5'000) == 5'000);
    }
    kiosk.disk.leave(10'000'000);
    must(kiosk.store->make_room());
    kiosk.open();
    must(kiosk.store->check_chain(1));
    CHECK(kiosk.store->head().seq >= head.seq);
  }
}

TEST_CASE("the reserve lives through closing, through a kill, and through a long rush") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.open();
  CHECK(kiosk.look().check_ins_left >= store::kCheckInsAtLeast);
  for (int rush = 0; rush < 20; ++rush) {
    REQUIRE(kiosk.check_in_until_full(300) == 300);
    must(kiosk.keeper->tend());  // nothing, or the reserve anew
    CHECK(kiosk.look().check_ins_left >= store::kCheckInsAtLeast);
  }
  // A kill: the files as they are now, opened elsewhere.
  Kiosk other;
  other.folder = kiosk.scratch / "copy";
  std::filesystem::create_directory(other.folder);
  test::copy_database(kiosk.database(), other.database());
  other.open();
  CHECK(other.store->head().hash == kiosk.store->head().hash);
  other.disk.leave(0);
  CHECK(other.check_in_until_full(5'000) == 5'000);
}

TEST_CASE("after a clean close kiosk.db is all there is: it can be copied alone, and an older copy put back") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  REQUIRE(kiosk.check_in_until_full(30) == 30);
  auto const early = kiosk.store->head();
  kiosk.close();
  REQUIRE(std::filesystem::exists(kiosk.log()));  // it keeps its room
  auto const early_copy = test::file_content(kiosk.database());
  kiosk.open();
  CHECK(kiosk.store->head().hash == early.hash);
  REQUIRE(kiosk.check_in_until_full(300) == 300);
  auto const late = kiosk.store->head();
  kiosk.close();
  SUBCASE("a copy of kiosk.db without its log is whole") {
    std::filesystem::remove(kiosk.log());
    kiosk.open();
    CHECK(kiosk.store->head().hash == late.hash);
  }
  SUBCASE("the pages of a newer day do not get into an older copy") {
    test::put_file_content(kiosk.database(), early_copy);
    kiosk.open();
    CHECK(kiosk.store->head().hash == early.hash);
    must(kiosk.store->check_chain(1));
    REQUIRE(kiosk.check_in_until_full(10) == 10);
  }
}

TEST_CASE("a store that never had a reserve leaves no log behind") {
  Kiosk kiosk;
  kiosk.create();
  REQUIRE(kiosk.check_in_until_full(30) == 30);
  kiosk.close();
  CHECK_FALSE(std::filesystem::exists(kiosk.log()));
}

TEST_CASE("feedback is refused where check-ins still go, and taken again when there is room") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  auto self = score();
  self.mutable_self_assessment()->set_participant(1);
  CHECK(kiosk.look().level == Space::Level::kPlenty);
  must(kiosk.add(score()));
  for (auto const& [free_bytes, level] : {std::pair{store::kLowBytes - 1, Space::Level::kLow},
                                          {store::kGoneBytes - 1, Space::Level::kReserve},
                                          {std::uint64_t{0}, Space::Level::kReserve}}) {
    CAPTURE(free_bytes);
    kiosk.disk.leave(free_bytes);
    CHECK(kiosk.look().level == level);
    auto const head = kiosk.store->head().seq;
    for (auto const& one : {score(), self}) {
      auto const done = kiosk.add(one);
      REQUIRE_FALSE(done.ok());
      CHECK(done.error().code == "store.shedding");
    }
    auto const mixed = kiosk.store->append({check_in(1), score()}, kiosk.clock);
    CHECK_FALSE(mixed.ok());
    CHECK(kiosk.store->head().seq == head);
    v1::Record walk_in, departure, consent, voided;
    walk_in.mutable_walk_in()->set_name("A");
    departure.mutable_departure()->set_participant(1);
    consent.mutable_consent()->set_participant(1);
    voided.mutable_void_()->set_seq(2);
    for (auto const& one : {check_in(2), walk_in, departure, consent, voided}) must(kiosk.add(one));
  }
  kiosk.disk.leave(store::kLowBytes + 1);
  CHECK(kiosk.look().level == Space::Level::kLow);  // a little more is no reason to believe
  kiosk.disk.leave(2 * store::kLowBytes);
  CHECK(kiosk.look().level == Space::Level::kPlenty);
  must(kiosk.add(score()));
}

TEST_CASE("a full store says so, keeps all that waits, and comes back when there is room") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.disk.leave(0);
  auto const fitted = kiosk.check_in_until_full(100'000);
  INFO("check-ins in the reserve: ", fitted);
  CHECK(fitted >= 5'000);
  CHECK(fitted < 100'000);
  auto const head = kiosk.store->head();
  kiosk.keeper->was_full();
  auto space = kiosk.look();
  CHECK(space.level == Space::Level::kFull);
  CHECK(space.check_ins_left == 0);
  must(kiosk.keeper->tend());  // no room: nothing is done
  CHECK(kiosk.look().level == Space::Level::kFull);
  CHECK(kiosk.store->head().hash == head.hash);
  CHECK(kiosk.store->waiting().value() == head.seq);

  kiosk.disk.leave(2 * store::kLowBytes);
  must(kiosk.keeper->tend());
  space = kiosk.look();
  CHECK(space.level == Space::Level::kPlenty);
  CHECK(space.check_ins_left >= store::kCheckInsAtLeast);
  kiosk.disk.leave(0);
  CHECK(kiosk.check_in_until_full(5'000) == 5'000);
  kiosk.open();
  must(kiosk.store->check_chain(1));
}

TEST_CASE("a kiosk that was opened on a full disk records into its reserve") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  kiosk.close();
  kiosk.disk.leave(0);
  for (int i = 0; i < 5; ++i) {
    kiosk.open();
    REQUIRE(kiosk.check_in_until_full(1'000) == 1'000);
  }
}

TEST_CASE("a pack that would eat the room for check-ins waits for better days, a small change does not") {
  Kiosk kiosk;
  kiosk.create();
  must(kiosk.keeper->tend());
  must(kiosk.store->keep_pack(1, std::string(100'000, 'p')));
  must(kiosk.keeper->tend());
  kiosk.disk.leave(0);
  static_cast<void>(kiosk.look());
  auto const large = kiosk.store->keep_pack(2, std::string(500'000, 'q'));
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == "store.shedding");
  CHECK(kiosk.store->pack_version().value() == 1);
  must(kiosk.store->keep_pack(3, std::string(120'000, 'r')));
}

TEST_CASE("the system's own word on a disk is taken") {
  test::StoreScratch scratch;
  auto const disk = store::system_disk_space();
  auto const free_bytes = disk->free_bytes(scratch.path());
  REQUIRE(free_bytes.ok());
  CHECK(*free_bytes > 0);
  CHECK_FALSE(disk->free_bytes(scratch / "nowhere").ok());
}

TEST_CASE("on a real file system that is full to the last block 5,000 check-ins fit") {
  test::StoreScratch scratch;
  auto const small = scratch / "small";
  std::filesystem::create_directory(small);
  if (::geteuid() != 0 || ::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=12m") != 0) {
    MESSAGE("skipped: mounting a small disk needs the administrator's rights");
    return;
  }
  {
    Kiosk kiosk;
    kiosk.folder = small;
    kiosk.create();
    must(kiosk.keeper->tend());
    {
      std::ofstream greedy(small / "greedy", std::ios::binary);
      std::string const block(4096, 'g');
      while (greedy.write(block.data(), 4096).flush()) {}
    }
    auto const disk = store::system_disk_space();
    REQUIRE(disk->free_bytes(small).value() == 0);
    CHECK(kiosk.check_in_until_full(5'000) == 5'000);
    kiosk.open();
    must(kiosk.store->check_chain(1));
    CHECK(kiosk.store->head().seq == 5'001);
  }
  CHECK(::umount(small.c_str()) == 0);
}
