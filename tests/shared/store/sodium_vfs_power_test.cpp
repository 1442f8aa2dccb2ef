// Power cuts and failing disks: what was acknowledged stays, what was not is gone, and nothing is half there.
#include <doctest/doctest.h>

#include "shared/crypto/chain.h"
#include "shared/store/kiosk_store.h"
#include "tests/support/store_disk_vfs.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;

namespace {

struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  test::DiskVfs disk;
  test::Disk before;
  store::LogIdentity identity;

  Kiosk() {
    auto random = base::seeded_random(9);
    identity.device = random->draw<base::DeviceId>();
    identity.salt = random->draw<base::LogSalt>();
    identity.log = crypto::log_id(identity.device, identity.salt);
    { REQUIRE(store::KioskStore::create(scratch.path(), test::store_key('k'), identity, "1", clock).ok()); }
    before["kiosk.db"] = test::file_content(scratch / "kiosk.db");
  }
  base::Result<store::KioskStore> open(store::OpenOptions options = {}) {
    options.base_vfs = disk.name();
    return store::KioskStore::open(scratch.path(), test::store_key('k'), options);
  }
};

v1::Record check_in(std::uint64_t participant) {
  v1::Record record;
  record.mutable_check_in()->set_participant(participant);
  return record;
}

// How much of the log was acknowledged when so many operations had been done.
struct Acknowledged {
  std::size_t operations;
  store::LogHead head;
};

std::vector<Acknowledged> live_a_day(Kiosk& kiosk, store::OpenOptions const& options, int commits) {
  std::vector<Acknowledged> acknowledged;
  auto opened = kiosk.open(options).value();
  acknowledged.push_back({0, opened.head()});
  for (int i = 0; i < commits; ++i) {
    std::vector<v1::Record> drafts(i % 5 == 4 ? 40 : 1, check_in(static_cast<std::uint64_t>(i)));
    REQUIRE(opened.append(std::move(drafts), kiosk.clock).ok());
    acknowledged.push_back({kiosk.disk.operations().size(), opened.head()});
    if (i % 7 == 6) must(opened.database().checkpoint());
  }
  return acknowledged;
}

struct Losses {
  int images = 0, lost = 0, damaged = 0, different = 0;
};

// Cuts the power after every operation, in every way, and looks at what comes up again.
Losses cut_power(Kiosk const& kiosk, std::vector<Acknowledged> const& acknowledged, int picks, std::uint64_t seed,
                 store::Durability durability = store::Durability::kFull) {
  Losses losses;
  test::StoreScratch images;
  auto random = base::seeded_random(seed);
  std::vector<test::PowerCut> ways{test::PowerCut::kKeepsAll, test::PowerCut::kDropsAll};
  for (int i = 0; i < picks; ++i) ways.insert(ways.end(), {test::PowerCut::kPicks, test::PowerCut::kTears});
  for (std::size_t count = 0; count <= kiosk.disk.operations().size(); ++count) {
    auto const* promised = &acknowledged.front();
    for (auto const& one : acknowledged)
      if (one.operations <= count) promised = &one;
    for (auto const way : ways) {
      ++losses.images;
      for (auto const* name : {"kiosk.db", "kiosk.db-wal"}) std::filesystem::remove(images / name);
      for (auto const& [name, content] : test::disk_after(kiosk.before, kiosk.disk.operations(), count, way, *random))
        test::put_file_content(images / name, content);
      auto opened = store::KioskStore::open(images.path(), test::store_key('k'), {.durability = durability});
      if (!opened.ok()) {
        ++losses.damaged;
        continue;
      }
      if (opened->head().seq < promised->head.seq)
        ++losses.lost;
      else if (opened->hash_at(promised->head.seq).value() != promised->head.hash || !opened->check_chain(1).ok())
        ++losses.different;
    }
  }
  return losses;
}

}  // namespace

TEST_CASE("after a power cut at any moment every acknowledged record is there") {
  Kiosk kiosk;
  auto const acknowledged = live_a_day(kiosk, {}, 60);
  auto const losses = cut_power(kiosk, acknowledged, 2, 1);
  CHECK(losses.images > 1000);
  CHECK(losses.lost == 0);
  CHECK(losses.damaged == 0);
  CHECK(losses.different == 0);
}

TEST_CASE("power cuts one after another lose nothing acknowledged and are not taken for damage") {
  // Each life starts from what the last power cut left: torn tails, frames of earlier lives, a half-done checkpoint.
  Kiosk kiosk;
  auto random = base::seeded_random(4);
  store::LogHead promised{0, {}};
  for (int life = 0; life < 150; ++life) {
    CAPTURE(life);
    std::vector<Acknowledged> acknowledged;
    kiosk.disk.forget();
    {
      auto opened = kiosk.open({.cache_bytes = 8 * 4096});
      if (!opened.ok()) FAIL(base::describe(opened.error()));
      REQUIRE(opened->head().seq >= promised.seq);
      if (promised.seq > 0) REQUIRE(opened->hash_at(promised.seq).value() == promised.hash);
      must(opened->check_chain(promised.seq));
      acknowledged.push_back({0, opened->head()});
      for (std::uint64_t commits = random->below(8); commits > 0; --commits) {
        auto draft = check_in(commits);
        if (random->below(4) == 0) draft.mutable_kiosk_event()->set_detail(std::string(20'000, 'x'));
        REQUIRE(opened->append(std::vector<v1::Record>(1 + random->below(6), draft), kiosk.clock).ok());
        acknowledged.push_back({kiosk.disk.operations().size(), opened->head()});
        if (random->below(10) == 0) must(opened->database().checkpoint());
      }
    }
    auto const how = random->below(2) ? test::PowerCut::kPicks : test::PowerCut::kTears;
    auto const count = random->below(kiosk.disk.operations().size() + 1);
    for (auto const& one : acknowledged)
      if (one.operations <= count) promised = one.head;
    kiosk.before = test::disk_after(kiosk.before, kiosk.disk.operations(), count, how, *random);
    for (auto const* name : {"kiosk.db", "kiosk.db-wal"}) std::filesystem::remove(kiosk.scratch / name);
    for (auto const& [name, content] : kiosk.before) test::put_file_content(kiosk.scratch / name, content);
  }
  CHECK(promised.seq > 300);
}

TEST_CASE("the same power cuts find losses where commits are not synced") {
  Kiosk kiosk;
  auto const acknowledged = live_a_day(kiosk, {.durability = store::Durability::kNormal}, 20);
  auto const losses = cut_power(kiosk, acknowledged, 1, 2, store::Durability::kNormal);
  CHECK(losses.lost > 0);
  CHECK(losses.different == 0);
}

TEST_CASE("an operation that fails loses nothing acknowledged and the store goes on afterwards") {
  struct Case {
    int result;
    std::uint64_t times;
  };
  for (auto const& [result, times] : {Case{SQLITE_FULL, UINT64_MAX},
                                      {SQLITE_FULL, 1},
                                      {SQLITE_IOERR_WRITE, 1},
                                      {SQLITE_IOERR_WRITE, UINT64_MAX},
                                      {SQLITE_IOERR_FSYNC, 1}}) {
    CAPTURE(result);
    CAPTURE(times);
    for (std::uint64_t after = 0;; ++after) {
      Kiosk kiosk;
      auto opened = kiosk.open().value();
      kiosk.disk.fail(after, result, times);
      bool refused = false;
      for (int i = 0; i < 12; ++i) {
        auto const before = opened.head();
        auto const stored = opened.append(std::vector<v1::Record>(i % 5 == 4 ? 40 : 1, check_in(1)), kiosk.clock);
        if (!stored.ok()) {
          refused = true;
          auto const expected = result == SQLITE_FULL
                                    ? stored.error().code == "store.full" || stored.error().code == "store.failed"
                                    : stored.error().code == "store.failed";
          CHECK(expected);
          CHECK(opened.head().seq == before.seq);
        }
        if (i % 4 == 3 && !opened.database().checkpoint().ok()) refused = true;
      }
      bool const reached = kiosk.disk.failed();
      kiosk.disk.mend();
      if (reached && times == UINT64_MAX) CHECK(refused);
      REQUIRE(opened.append({check_in(2)}, kiosk.clock).ok());
      auto const head = opened.head();
      must(opened.check_chain(1));
      test::StoreScratch crashed;
      test::copy_database(kiosk.scratch / "kiosk.db", crashed / "kiosk.db");
      auto again = store::KioskStore::open(crashed.path(), test::store_key('k'));
      if (!again.ok()) FAIL(base::describe(again.error()));
      CHECK(again->head().hash == head.hash);
      must(again->check_chain(1));
      CHECK(test::is_whole(again->database()));
      if (!reached) break;
    }
  }
}

TEST_CASE("a full disk is told as full") {
  Kiosk kiosk;
  auto opened = kiosk.open().value();
  REQUIRE(opened.append({check_in(1)}, kiosk.clock).ok());
  kiosk.disk.fail(0, SQLITE_FULL);
  auto const stored = opened.append({check_in(1)}, kiosk.clock);
  REQUIRE_FALSE(stored.ok());
  CHECK(stored.error().code == "store.full");
  kiosk.disk.mend();
  CHECK(opened.append({check_in(1)}, kiosk.clock).value()[0].seq == 3);
}
