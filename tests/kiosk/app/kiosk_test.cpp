#include "kiosk/app/kiosk.h"

#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using dga::app::Kiosk;
namespace event = dga::flow::event;
namespace v1 = dga::v1;

namespace {

v1::ClassPack pack_with_staff() {
  static std::string const kTrainer = dga::crypto::hash_pin("1357"), kCoordinator = dga::crypto::hash_pin("246810");
  auto pack = small_pack();
  auto add = [&](std::uint32_t number, v1::StaffRole role, std::string const& pin_hash) {
    auto& staff = *pack.add_staff();
    staff.set_number(number);
    staff.set_role(role);
    staff.set_pin_hash(pin_hash);
  };
  add(1, v1::TRAINER, kTrainer);
  add(2, v1::COORDINATOR, kCoordinator);
  add(3, v1::COORDINATOR, "");  // no PIN yet: the empty one opens nothing
  return pack;
}

struct Office {
  dga::support::TemporaryFolder folder;
  DoorClock clock;
  std::unique_ptr<Kiosk> kiosk;

  Office() {
    make_kiosk(folder / "kiosk", pack_with_staff(), clock);
    open();
  }
  void open() {
    kiosk.reset();
    auto opened = Kiosk::open(folder / "kiosk", kPassphrase, clock);
    REQUIRE(opened.ok());
    kiosk = std::move(opened).value();
  }
  Kiosk::PinAnswer enter(std::string const& pin) {
    auto answer = kiosk->check_pin(pin);
    REQUIRE(answer.ok());
    return *answer;
  }
  event::PinRefused refused(std::string const& pin) {
    auto const answer = enter(pin);
    REQUIRE(std::holds_alternative<event::PinRefused>(answer));
    return std::get<event::PinRefused>(answer);
  }
  std::vector<v1::KioskEvent::Kind> events() {
    std::vector<v1::KioskEvent::Kind> all;
    REQUIRE(kiosk->store()
                .replay(1,
                        [&](dga::store::StoredRecord const& stored) -> dga::base::Result<bool> {
                          v1::Record record;
                          REQUIRE(record.ParseFromString(stored.bytes));
                          if (record.has_kiosk_event()) all.push_back(record.kiosk_event().kind());
                          return true;
                        })
                .ok());
    return all;
  }
};

}  // namespace

TEST_CASE("a PIN tells whose it is, and the sign-in is on record without it") {
  Office office;
  auto const trainer = office.enter("1357");
  REQUIRE(std::holds_alternative<event::PinAccepted>(trainer));
  CHECK(std::get<event::PinAccepted>(trainer).role == v1::TRAINER);
  CHECK(std::get<event::PinAccepted>(trainer).number == 1);
  auto const coordinator = office.enter("246810");
  REQUIRE(std::holds_alternative<event::PinAccepted>(coordinator));
  CHECK(std::get<event::PinAccepted>(coordinator).number == 2);
  CHECK(office.events() == std::vector{v1::KioskEvent::STAFF_SIGNED_IN, v1::KioskEvent::STAFF_SIGNED_IN});
}

TEST_CASE("wrong PINs lock the pad across a restart, even for the right one") {
  Office office;
  for (std::uint32_t left = 4; left > 0; --left) {
    CHECK(office.refused("0000").tries_left == left);
    if (left == 3) office.open();
  }
  CHECK(office.refused("").locked_for_ms == 60'000);
  office.open();
  CHECK(office.refused("1357").locked_for_ms == 60'000);
  office.clock.wall += 10LL * 365 * 24 * 60 * 60'000;
  office.open();
  CHECK(office.refused("1357").locked_for_ms == 60'000);
  office.clock.mono += 60'000;
  CHECK(std::holds_alternative<event::PinAccepted>(office.enter("1357")));
  CHECK(office.events() == std::vector{v1::KioskEvent::PIN_LOCKED, v1::KioskEvent::STAFF_SIGNED_IN});
}

TEST_CASE("what is recorded, received and waiting is told") {
  Office office;
  auto const before = office.kiosk->counts();
  REQUIRE(before.ok());
  REQUIRE(office.kiosk->desk().serve({dga::desk::ByScan{badge(101)}}).ok());
  auto const after = office.kiosk->counts();
  REQUIRE(after.ok());
  CHECK(after->recorded == before->recorded + 1);
  CHECK(after->waiting == before->waiting + 1);
  CHECK(after->received == 0);
  CHECK_FALSE(after->last_receipt_ms.has_value());
}
