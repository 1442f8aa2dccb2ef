#include <chrono>
#include <filesystem>

#include "sync/agent/parcel.h"
#include "tests/sync/together/door.h"

using namespace dga;
using namespace dga::together;

TEST_CASE_TEMPLATE("who is let in after a fork by the staff's word alone counts at the centre", Maker, EVERY_CENTRE) {
  using namespace std::chrono_literals;
  Ready<Maker> house;
  Door door(house, "1", 41);
  door.scan(1);
  door.sync();

  // Somebody puts the folder back to a copy from before the last batch, on a computer whose battery is empty.
  support::TemporaryFolder copy;
  door.desk.reset();
  door.kiosk.reset();
  std::filesystem::copy(door.folder(), copy / "kiosk", std::filesystem::copy_options::recursive);
  door.reopen();
  door.scan(2);
  door.sync();
  door.desk.reset();
  door.kiosk.reset();
  std::filesystem::remove_all(door.folder());
  std::filesystem::copy(copy / "kiosk", door.folder(), std::filesystem::copy_options::recursive);
  door.clock.boot = "a boot without the centre";
  door.clock.ahead_ms = -24 * std::chrono::milliseconds(365 * 24h).count();
  door.wire.cut = true;
  door.reopen();
  must(door.desk->tell_time(1, house.clock.wall_ms(), 2));
  REQUIRE(door.scan(3).verdict == flow::Verdict::kCheckedIn);

  // A courier brings the word of the fork; the child is opened, and the centre is not heard.
  auto const pinned = must(agent::read_pinned(door.kiosk->store));
  agent::StoreOutbox outbox(door.kiosk->store, door.clock);
  auto const random = base::seeded_random(42);
  auto const parcel = must(agent::make_parcel(outbox, pinned, door.kiosk->signing, *random));
  auto const back = house.device("/api/v1/bundles", parcel.bytes);
  REQUIRE(back.status == 200);
  must(agent::settle_parcel(outbox, pinned, door.kiosk->box, back.body));
  CHECK(door.try_to_sync().problem);
  REQUIRE(door.kiosk->store.logs().size() == 2);
  house.clock.advance(5min);
  CHECK(door.scan(4).verdict == flow::Verdict::kCheckedIn);

  // Weeks of a dead battery are nothing the centre could put right without the staff's word.
  door.clock.boot = "a boot with the centre";
  door.clock.ahead_ms = 0;
  door.wire.cut = false;
  house.clock.advance(24h);
  door.reopen();
  door.sync();
  CHECK(house.quarantined() == 0);
  CHECK(house.units(3, 0) == 2);
  CHECK(house.units(4, 0) == 2);
}
