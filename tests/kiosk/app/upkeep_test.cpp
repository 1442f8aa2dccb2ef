#include "kiosk/app/upkeep.h"

#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using dga::app::Kiosk;
using dga::app::Upkeep;
using Level = dga::flow::SpaceView::Level;
namespace store = dga::store;
namespace v1 = dga::v1;

namespace {

constexpr std::int64_t kDay = 24LL * 3'600'000;

// A disk that says what the test says.
struct ToldSpace final : store::DiskSpace {
  std::uint64_t* free;
  explicit ToldSpace(std::uint64_t& free_bytes) : free(&free_bytes) {}
  dga::base::Result<std::uint64_t> free_bytes(std::filesystem::path const&) override { return *free; }
};

struct House {
  dga::support::TemporaryFolder folder;
  DoorClock clock;
  std::uint64_t free_bytes = 1ULL << 40;
  std::unique_ptr<Kiosk> kiosk;
  std::optional<Upkeep> upkeep;

  House() {
    make_kiosk(folder / "kiosk", small_pack(), clock);
    start();
  }
  void start() {
    upkeep.reset();
    kiosk.reset();
    auto opened = Kiosk::open(folder / "kiosk", kPassphrase, clock);
    REQUIRE(opened.ok());
    kiosk = std::move(opened).value();
    upkeep.emplace(*kiosk, folder / "kiosk", clock, std::make_unique<ToldSpace>(free_bytes));
    upkeep->started();
  }
  Level level() {
    static_cast<void>(upkeep->idle());
    auto const news = upkeep->news();
    return news ? (last = news->space).level : last.level;
  }
  dga::flow::SpaceView last;
  std::vector<std::pair<v1::KioskEvent::Kind, std::string>> events() {
    std::vector<std::pair<v1::KioskEvent::Kind, std::string>> all;
    REQUIRE(kiosk->store()
                .replay(1,
                        [&](store::StoredRecord const& stored) -> dga::base::Result<bool> {
                          v1::Record record;
                          REQUIRE(record.ParseFromString(stored.bytes));
                          if (record.has_kiosk_event())
                            all.emplace_back(record.kiosk_event().kind(), record.kiosk_event().detail());
                          return true;
                        })
                .ok());
    return all;
  }
  std::size_t count(v1::KioskEvent::Kind kind) {
    std::size_t n = 0;
    for (auto const& [one, detail] : events()) n += one == kind;
    return n;
  }
  void centre_says(std::int64_t centre_ms) {
    v1::Record record;
    record.mutable_time_sample()->set_centre_ms(centre_ms);
    REQUIRE(kiosk->store().append({record}, clock).ok());
  }
};

}  // namespace

TEST_CASE("a kiosk that starts makes its reserve and says how much fits") {
  House house;
  auto const news = house.upkeep->news();
  REQUIRE(news);
  CHECK(news->space.level == Level::kPlenty);
  CHECK(news->space.check_ins_left >= 5'000);
  CHECK_FALSE(house.upkeep->news());  // nothing new
  CHECK(house.kiosk->store().room().value().log_frames >= store::kReserveFrames);
}

TEST_CASE("every change to a disk that is nearly full is recorded once") {
  House house;
  CHECK(house.level() == Level::kPlenty);
  house.free_bytes = store::kLowBytes - 1;
  CHECK(house.level() == Level::kLow);
  CHECK(house.level() == Level::kLow);
  house.free_bytes = 0;
  CHECK(house.level() == Level::kReserve);
  CHECK(house.last.check_ins_left >= 5'000);
  CHECK(house.count(v1::KioskEvent::DISK_LOW) == 1);
  house.free_bytes = 1ULL << 40;
  CHECK(house.level() == Level::kPlenty);
  house.free_bytes = 1;
  CHECK(house.level() == Level::kReserve);
  CHECK(house.count(v1::KioskEvent::DISK_LOW) == 2);
}

TEST_CASE("a check-in that did not fit is told at once, and the next is tried when the reserve is found whole") {
  House house;
  house.free_bytes = 0;
  house.upkeep->failed("store.busy");  // another matter
  CHECK(house.upkeep->news()->space.level == Level::kReserve);
  house.upkeep->failed("store.full");
  auto const news = house.upkeep->news();
  REQUIRE(news);
  CHECK(news->space.level == Level::kFull);
  CHECK(news->space.check_ins_left == 0);
  CHECK(house.level() == Level::kReserve);
  house.free_bytes = 1ULL << 40;
  CHECK(house.level() == Level::kPlenty);
}

TEST_CASE("a clock that jumps is on record before what was stamped with the new time") {
  House house;
  CHECK(house.count(v1::KioskEvent::CLOCK_JUMPED) == 0);
  house.clock.wall += 20 * 365 * kDay;
  house.upkeep->before_work();
  house.upkeep->before_work();
  house.clock.wall -= 1'000;
  house.upkeep->before_work();
  auto const events = house.events();
  CHECK(house.count(v1::KioskEvent::CLOCK_JUMPED) == 1);
  CHECK(events.back().second == "630720000000 ms");
  // Back again while the program is off, in another boot.
  house.clock.wall -= 20 * 365 * kDay;
  house.clock.boot = "second boot";
  house.clock.mono = 1'000;
  house.start();
  auto const after = house.events();
  REQUIRE(house.count(v1::KioskEvent::CLOCK_JUMPED) == 2);
  CHECK(after[after.size() - 2].first == v1::KioskEvent::CLOCK_JUMPED);
  CHECK(after[after.size() - 2].second.starts_with("-"));
  CHECK(after.back().first == v1::KioskEvent::STARTED);
}

TEST_CASE("old records are wiped at quiet moments, and what the desk needs is not") {
  House house;
  house.centre_says(house.clock.wall);
  REQUIRE(house.kiosk->desk().serve({dga::desk::ByScan{badge(101)}}).ok());
  house.centre_says(house.clock.wall + 13 * 3'600'000);
  auto const head = house.kiosk->store().head().seq;
  REQUIRE(house.kiosk->store().put_sync_state({.received_through = head, .durable_through = head}).ok());
  CHECK_FALSE(house.upkeep->idle());
  CHECK(house.count(v1::KioskEvent::WIPED) == 0);
  // The class goes on by the centre's clock, and no pack knows of the check-in: it stays, however old it is.
  auto later = small_pack(6);
  later.mutable_class_()->mutable_sessions(2)->set_end_ms(house.clock.wall + 100 * kDay);
  REQUIRE(house.kiosk->store().keep_pack(6, later.SerializeAsString()).ok());
  REQUIRE(house.kiosk->desk().reload_pack().ok());
  house.centre_says(house.clock.wall + 40 * kDay);
  while (house.upkeep->idle()) {}
  CHECK(house.count(v1::KioskEvent::WIPED) == 0);
  // The class is over.
  house.centre_says(house.clock.wall + 101 * kDay);
  while (house.upkeep->idle()) {}
  auto const events = house.events();
  CHECK(house.count(v1::KioskEvent::WIPED) == 1);
  CHECK(events.back().second == "1 records");
  REQUIRE(house.upkeep->news());
}
