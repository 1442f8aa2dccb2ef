#include <filesystem>

#include "tests/sync/together/door.h"

using namespace dga;
using namespace dga::together;

// "3 of 6": what a participant is told of his own attendance, and how many are in the room, is the same at every door.
namespace {

void same_everywhere(Door& one, Door& other, std::uint64_t participant, std::uint32_t attended) {
  CAPTURE(participant);
  for (auto* door : {&one, &other}) {
    auto const outcome = door->scan(participant);
    CHECK(outcome.verdict == flow::Verdict::kAlready);
    CHECK(outcome.attended == attended);
    CHECK(outcome.n == 6);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("after both kiosks have synced, 3 of 6 is the same on both, a child log's check-ins included", Maker,
                   EVERY_CENTRE) {
  using namespace std::chrono_literals;
  Ready<Maker> house;
  Door a(house, "1", 31), b(house, "2", 32);
  a.scan(1);
  b.scan(2);
  a.sync();

  // Somebody puts a's folder back to a copy of this morning: a fork, then a child log.
  support::TemporaryFolder copy;
  a.desk.reset();
  a.kiosk.reset();
  std::filesystem::copy(a.folder(), copy / "kiosk", std::filesystem::copy_options::recursive);
  a.reopen();
  house.clock.advance(5h + 30min);  // the afternoon
  a.scan(1);
  a.sync();
  a.desk.reset();
  a.kiosk.reset();
  std::filesystem::remove_all(a.folder());
  std::filesystem::copy(copy / "kiosk", a.folder(), std::filesystem::copy_options::recursive);
  a.reopen();
  house.clock.advance(5min);
  a.scan(3);
  a.sync();
  CHECK(a.kiosk->store.logs().size() == 2);
  house.clock.advance(18h + 25min);  // the next morning: three sessions have begun
  a.scan(1);
  a.sync();
  b.sync();
  b.scan(2);
  b.sync();
  a.sync();

  same_everywhere(a, b, 1, 3);  // trunk, the branch that was put away, child log
  same_everywhere(a, b, 2, 2);
  CHECK(a.desk->count_present() == b.desk->count_present());
  CHECK(a.desk->count_present() == 2);
  a.scan(3);
  a.sync();
  b.sync();
  same_everywhere(a, b, 3, 2);
  CHECK(house.quarantined() == 0);
}

TEST_CASE("a pack that was cut or changed on its way leaves the old one, and the next sync brings it") {
  Ready<CentreOnSqlite> house;
  Door door(house, "1", 33);
  auto const before = must(door.kiosk->store.pack()).value();
  auto file = house.class_file();
  file["venue"] = "Huế";
  house.change_class(file);
  auto const seed = 5;
  auto const dice = base::seeded_random(seed);
  for (int round = 0; round < 60; ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    door.wire.change_pack = [&](base::Bytes& pack) {
      auto const at = dice->below(static_cast<std::uint32_t>(pack.size()));
      if (round % 2 == 0)
        pack.resize(at);
      else
        pack[at] = static_cast<char>(pack[at] ^ (1 << (round / 2 % 8)));
    };
    auto const outcome = door.try_to_sync();
    CHECK(outcome.problem);
    CHECK(must(door.kiosk->store.pack()).value() == before);
  }
  door.wire.change_pack = {};
  door.sync();
  CHECK(door.pack().class_().venue() == "Huế");
}

TEST_CASE("a kiosk killed as a pack arrives goes on with the old one, and asks for the new one again") {
  Ready<CentreOnSqlite> house;
  Door door(house, "1", 34);
  auto const before = must(door.kiosk->store.pack()).value();
  auto const head = door.kiosk->store.head().seq;
  auto file = house.class_file();
  file["venue"] = "Huế";
  house.change_class(file);
  // The folder as a kill leaves it. That the pack and its record are one step is shown by tests/faults/power_loss.
  support::TemporaryFolder at_the_kill;
  door.wire.change_pack = [&](base::Bytes&) {
    std::filesystem::copy(door.folder(), at_the_kill / "kiosk", std::filesystem::copy_options::recursive);
  };
  door.sync();
  CHECK(must(door.kiosk->store.pack()).value() != before);
  door.desk.reset();
  door.kiosk.reset();
  std::filesystem::remove_all(door.folder());
  std::filesystem::copy(at_the_kill / "kiosk", door.folder(), std::filesystem::copy_options::recursive);
  door.wire.change_pack = {};
  door.reopen();
  CHECK(must(door.kiosk->store.pack()).value() == before);
  CHECK(door.kiosk->store.head().seq == head);
  door.scan(1);
  door.sync();
  CHECK(door.pack().class_().venue() == "Huế");
}
