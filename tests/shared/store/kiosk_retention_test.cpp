#include "shared/store/kiosk_retention.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "shared/base/random.h"
#include "shared/crypto/hash.h"
#include "shared/store/kiosk_space.h"
#include "shared/store/kiosk_store.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::KioskStore;
using store::TimeMark;

namespace {

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
constexpr std::int64_t kStart = 1'731'373'500'000;

void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}

struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  crypto::Key32 key = test::store_key('k');
  std::optional<KioskStore> store;

  Kiosk() {
    auto random = base::seeded_random(23);
    store::LogIdentity identity;
    identity.device = random->draw<base::DeviceId>();
    identity.salt = random->draw<base::LogSalt>();
    identity.log = crypto::log_id(identity.device, identity.salt);
    auto made = KioskStore::create(scratch.path(), key, identity, "1.2.3", clock);
    if (!made.ok()) FAIL(base::describe(made.error()));
    store.emplace(std::move(made).value());
  }
  void open() {
    store.reset();
    auto opened = KioskStore::open(scratch.path(), key);
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    store.emplace(std::move(opened).value());
  }
  void add(v1::Record record) {
    auto const stored = store->append({std::move(record)}, clock);
    if (!stored.ok()) FAIL(base::describe(stored.error()));
  }
  void walk_in(std::string const& name) {
    v1::Record record;
    record.set_class_id(1);
    record.mutable_walk_in()->set_name(name);
    add(std::move(record));
  }
  // What the centre's clock says, as a time sample brings it.
  void centre_says(std::int64_t centre_ms) {
    v1::Record record;
    auto& sample = *record.mutable_time_sample();
    sample.set_boot(1);
    sample.set_mono_sent(clock.mono);
    sample.set_mono_received(clock.mono);
    sample.set_centre_ms(centre_ms);
    add(std::move(record));
  }
  void durable(std::uint64_t through) {
    must(store->put_sync_state({.received_through = store->head().seq, .durable_through = through}));
  }
  std::uint64_t wipe(std::optional<store::RecordPlace> needed_from = std::nullopt) {
    std::uint64_t sum = 0;
    for (bool more = true; more;) {
      auto const wiped = store->wipe(needed_from, clock);
      if (!wiped.ok()) FAIL(base::describe(wiped.error()));
      sum += wiped->records;
      more = wiped->more;
    }
    return sum;
  }
  std::vector<store::StoredRecord> all() {
    std::vector<store::StoredRecord> records;
    must(store->replay(1, [&](store::StoredRecord const& record) -> base::Result<bool> {
      records.push_back(record);
      return true;
    }));
    return records;
  }
  std::vector<std::string> wiped_events() {
    std::vector<std::string> details;
    for (auto const& stored : all()) {
      v1::Record record;
      REQUIRE(record.ParseFromString(stored.bytes));
      if (record.kiosk_event().kind() == v1::KioskEvent::WIPED) details.push_back(record.kiosk_event().detail());
    }
    return details;
  }
  // All that the files hold, opened: pages of the database and frames of its log, whether they count or not.
  bool holds(std::string const& secret) {
    sqlite3_file *database = nullptr, *log = nullptr;
    auto* const handle = store->database().handle();
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &database);
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    return file_holds(database, 0, 4096, secret) || file_holds(log, 32, 4120, secret);
  }
  static bool file_holds(sqlite3_file* file, std::int64_t from, int piece, std::string const& secret) {
    if (!file || !file->pMethods) return false;
    sqlite3_int64 bytes = 0;
    REQUIRE(file->pMethods->xFileSize(file, &bytes) == SQLITE_OK);
    std::string content(static_cast<std::size_t>(piece), '\0');
    for (sqlite3_int64 at = from; at + piece <= bytes; at += piece) {
      if (file->pMethods->xRead(file, content.data(), piece, at) != SQLITE_OK) continue;  // opens for nobody
      if (content.find(secret) != std::string::npos) return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE("what is durable and was kept for 30 days is wiped, and the chain still verifies") {
  Kiosk kiosk;
  kiosk.centre_says(kStart);
  for (int i = 0; i < 20; ++i) kiosk.walk_in("Old Name");
  kiosk.centre_says(kStart + kHour * 13);
  kiosk.walk_in("New Name");
  kiosk.centre_says(kStart + 31 * kDay);
  auto const head = kiosk.store->head();
  auto const before = kiosk.all();
  kiosk.durable(head.seq);
  CHECK(kiosk.wipe() == 20);
  auto const after = kiosk.all();
  REQUIRE(after.size() == before.size() + 1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].erased == (i >= 2 && i < 22));
    CHECK(after[i].digest == before[i].digest);
    CHECK(after[i].hash == before[i].hash);
  }
  CHECK(kiosk.wiped_events() == std::vector<std::string>{"20 records"});
  must(kiosk.store->check_chain(1));
  CHECK(kiosk.wipe() == 0);
  kiosk.open();
  must(kiosk.store->check_chain(1));
  CHECK(kiosk.store->wiped_at_ms().value() == kiosk.clock.wall);
}

TEST_CASE("nothing that the centre may lose is wiped, whatever any clock says") {
  Kiosk kiosk;
  kiosk.centre_says(kStart);
  for (int i = 0; i < 20; ++i) kiosk.walk_in("Old Name");
  kiosk.centre_says(kStart + kDay);
  kiosk.centre_says(kStart + 20 * 365 * kDay);
  for (std::int64_t const wall : {kStart - 20 * 365 * kDay, kStart, kStart + 20 * 365 * kDay}) {
    kiosk.clock.wall = wall;
    CHECK(kiosk.wipe() == 0);
  }
  kiosk.durable(12);
  CHECK(kiosk.wipe() == 10);  // 3 to 12: the first two are the opening and a sample
  // A centre that was restored lets durable_through fall.
  kiosk.durable(0);
  CHECK(kiosk.wipe() == 0);
  for (auto const& record : kiosk.all()) CHECK(record.erased == (record.seq >= 3 && record.seq <= 12));
}

TEST_CASE("the kiosk's wall clock wipes nothing early and keeps nothing longer") {
  for (std::int64_t const off : {-20 * 365 * kDay, std::int64_t{0}, 20 * 365 * kDay}) {
    CAPTURE(off);
    Kiosk kiosk;
    kiosk.clock.wall = kStart + off;
    kiosk.centre_says(kStart);
    kiosk.walk_in("A Name");
    kiosk.centre_says(kStart + 13 * kHour);
    kiosk.clock.wall -= 2 * off;
    kiosk.durable(kiosk.store->head().seq);
    kiosk.centre_says(kStart + 29 * kDay);
    CHECK(kiosk.wipe() == 0);
    kiosk.clock.wall += 5 * off;
    kiosk.centre_says(kStart + 31 * kDay);
    CHECK(kiosk.wipe() == 1);
  }
}

TEST_CASE("a kiosk that the centre does not hear from goes on counting by its monotonic clock") {
  Kiosk kiosk;
  kiosk.centre_says(kStart);
  kiosk.walk_in("A Name");
  kiosk.centre_says(kStart + 13 * kHour);
  kiosk.durable(kiosk.store->head().seq);
  CHECK(kiosk.wipe() == 0);
  kiosk.clock.mono += static_cast<std::uint64_t>(31 * kDay);
  SUBCASE("in the same boot") { CHECK(kiosk.wipe() == 1); }
  SUBCASE("after a boot it does not know how long it was off") {
    kiosk.clock.boot = "boot-b";
    CHECK(kiosk.wipe() == 0);
  }
}

TEST_CASE("what the desk still needs is kept") {
  Kiosk kiosk;
  kiosk.centre_says(kStart);
  for (int i = 0; i < 10; ++i) kiosk.walk_in("A Name");
  kiosk.centre_says(kStart + kDay);
  kiosk.centre_says(kStart + 40 * kDay);
  kiosk.durable(kiosk.store->head().seq);
  CHECK(kiosk.wipe(store::RecordPlace{1, 1}) == 0);
  CHECK(kiosk.wipe(store::RecordPlace{1, 6}) == 3);
  CHECK(kiosk.wipe(store::RecordPlace{2, 1}) == 7);
}

TEST_CASE("wiping goes in steps, each with its record, and goes on after a restart") {
  Kiosk kiosk;
  kiosk.centre_says(kStart);
  for (int i = 0; i < 1'234; ++i) kiosk.walk_in("A Name");
  kiosk.centre_says(kStart + kDay);
  kiosk.centre_says(kStart + 40 * kDay);
  kiosk.durable(kiosk.store->head().seq);
  auto const first = kiosk.store->wipe(std::nullopt, kiosk.clock);
  REQUIRE(first.ok());
  CHECK(first->records == 498);
  CHECK(first->more);
  kiosk.open();
  CHECK(kiosk.wipe() == 1'234 - 498);
  CHECK(kiosk.wiped_events() == std::vector<std::string>{"498 records", "500 records", "236 records"});
  must(kiosk.store->check_chain(1));
}

namespace {

void wipe_and_search(std::uint64_t seed) {
  CAPTURE(seed);
  auto random = base::seeded_random(seed);
  Kiosk kiosk;
  must(kiosk.store->make_room());
  std::string const secret = "Secret Name";
  kiosk.centre_says(kStart);
  // Rows of all sizes, so that pages are emptied unevenly and merged.
  for (int i = 0; i < 600; ++i) kiosk.walk_in(secret + std::string(random->below(1'500), 'x'));
  kiosk.centre_says(kStart + kDay);
  kiosk.centre_says(kStart + 40 * kDay);
  kiosk.durable(kiosk.store->head().seq);
  REQUIRE(kiosk.holds(secret));
  CHECK(kiosk.wipe() == 600);
  CHECK(kiosk.holds(secret));  // the log still has old frames: the search does find
  auto const frames = kiosk.store->room().value().log_frames;
  CHECK(kiosk.store->scrub_due().value());
  kiosk.store.reset();
  kiosk.store = KioskStore::open(kiosk.scratch.path(), kiosk.key).value();
  CHECK(kiosk.store->scrub_due().value());  // whatever happened in between
  must(kiosk.store->scrub_log());
  CHECK_FALSE(kiosk.store->scrub_due().value());
  CHECK_FALSE(kiosk.holds(secret));
  CHECK(kiosk.store->room().value().log_frames == frames);  // and its room is still there
  // What comes next is as durable as ever, though the log was overwritten under an open database.
  kiosk.walk_in("Next Name");
  auto const head = kiosk.store->head();
  auto const copy = kiosk.scratch / "copy";
  std::filesystem::create_directory(copy);
  test::copy_database(kiosk.scratch / "kiosk.db", copy / "kiosk.db");
  auto const opened = KioskStore::open(copy, kiosk.key);
  REQUIRE(opened.ok());
  CHECK(opened->head().hash == head.hash);
}

}  // namespace

TEST_CASE("nothing of what was wiped is left in any page or frame") {
  for (std::uint64_t seed = 91; seed < 97; ++seed) wipe_and_search(seed);
}

TEST_CASE("a power cut between wiping and overwriting the log leaves a log that reads as whole") {
  Kiosk kiosk;
  must(kiosk.store->make_room());
  for (int i = 0; i < 50; ++i) kiosk.walk_in("A Name");
  auto const head = kiosk.store->head();
  must(kiosk.store->scrub_log());
  auto const copy = kiosk.scratch / "copy";
  std::filesystem::create_directory(copy);
  test::copy_database(kiosk.scratch / "kiosk.db", copy / "kiosk.db");
  auto const opened = KioskStore::open(copy, kiosk.key);
  REQUIRE(opened.ok());
  CHECK(opened->head().hash == head.hash);
}

TEST_CASE("a mark stands every 12 hours, and what is old enough needs one only") {
  std::vector<TimeMark> marks;
  std::uint64_t seq = 1;
  for (std::int64_t at = 0; at <= 60 * kDay; at += kHour / 6) {
    store::add_time_mark(marks, {++seq, kStart + at, 1, 0});
    CHECK(marks.size() <= 63);
    auto const through = store::kept_long_enough(marks, kStart + at);
    // Wiped by the time it is 30 days old, and not before 29.
    auto const age = [&](std::uint64_t record) { return at - static_cast<std::int64_t>(record - 1) * (kHour / 6); };
    if (at > 30 * kDay) CHECK(age(through + 1) <= 30 * kDay);
    if (through > 0) CHECK(age(through) >= 29 * kDay);
  }
}

TEST_CASE("a time that the centre takes back is forgotten") {
  std::vector<TimeMark> marks;
  store::add_time_mark(marks, {10, kStart, 1, 0});
  store::add_time_mark(marks, {20, kStart + 20 * 365 * kDay, 1, 0});
  store::add_time_mark(marks, {30, kStart + kDay, 1, 0});
  REQUIRE(marks.size() == 2);
  CHECK(marks[0].position == 10);
  CHECK(marks[1].position == 30);
  CHECK(store::kept_long_enough(marks, kStart + 30 * kDay) == 9);
}

TEST_CASE("marks are a setting, and a damaged one wipes nothing") {
  std::vector<TimeMark> const marks{{1, -5, 2, 3}, {UINT64_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX}};
  auto const read = store::read_time_marks(store::write_time_marks(marks));
  REQUIRE(read.size() == 2);
  CHECK(read[1].position == UINT64_MAX);
  CHECK(read[1].centre_ms == INT64_MAX);
  CHECK(read[0].centre_ms == -5);
  for (auto const* text : {"", "x", "1 2 3", "1 2 3 x", "99999999999999999999 1 1 1"})
    CHECK(store::kept_long_enough(store::read_time_marks(text), kStart) == 0);
}
