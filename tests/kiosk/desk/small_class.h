#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "kiosk/desk/desk.h"
#include "shared/crypto/keys.h"
#include "shared/store/kiosk_folder.h"
#include "shared/text/badge.h"
#include "tests/support/process.h"

namespace dga::desk_test {

inline std::string const kPassphrase = "one two three";

// 2024-11-12 in Viet Nam (UTC+7), as milliseconds UTC.
inline constexpr std::int64_t at_hour(int hour, int minute, int day = 12) {
  return 1'731'344'400'000 +
         (((day - 12) * 24 + hour) * 60 + minute) * 60'000LL;  // 1,731,344,400 s: the 12th, 00:00 +07:00
}

inline std::string const kBadgeKey(32, 'b'), kCitizenKey(32, 'c');
inline std::string const kCitizen101 = "079085001234";

inline std::string badge(std::uint64_t participant) {
  return text::write_badge({participant, crypto::badge_tag(kBadgeKey, participant)});
}
inline std::string card(std::string const& number) {
  return number + "|024567890|Nguyễn Văn An|01021980|Nam|Số 1 Lê Lợi, Quận 1, TP. Hồ Chí Minh|10052021";
}

// Two sessions on the 12th (08:00-11:30, 13:30-17:00) and one on the 13th in the morning; five people, 101 to 105.
inline v1::ClassPack small_pack(std::uint64_t version = 5) {
  v1::ClassPack pack;
  pack.set_pack_version(version);
  auto& a_class = *pack.mutable_class_();
  a_class.set_id(1);
  a_class.set_rehearsal(true);
  a_class.set_zone("Asia/Ho_Chi_Minh");
  a_class.mutable_policy()->set_opens_before_minutes(60);
  a_class.mutable_policy()->set_grace_minutes(15);
  a_class.mutable_policy()->set_late_units(2);
  a_class.mutable_policy()->set_threshold_percent(80);
  auto add = [&](std::uint32_t id, std::int64_t start_ms, std::int64_t end_ms) {
    auto& session = *a_class.add_sessions();
    session.set_id(id);
    session.set_start_ms(start_ms);
    session.set_end_ms(end_ms);
  };
  add(1, at_hour(8, 0), at_hour(11, 30));
  add(2, at_hour(13, 30), at_hour(17, 0));
  add(3, at_hour(8, 0, 13), at_hour(11, 30, 13));
  for (std::uint64_t participant = 101; participant <= 105; ++participant) {
    auto& entry = *pack.add_roster();
    entry.set_participant(participant);
    entry.set_name("Người thứ " + std::to_string(participant));
    entry.set_agency("Sở Nội vụ");
  }
  pack.mutable_roster(0)->set_citizen_hash(crypto::citizen_hash(kCitizenKey, kCitizen101).bytes());
  pack.set_badge_key(kBadgeKey);
  pack.set_citizen_key(kCitizenKey);
  return pack;
}

struct DoorClock final : base::Clock {
  std::int64_t wall = at_hour(7, 55);
  std::uint64_t mono = 1'000'000;
  std::string boot = "first boot";
  bool at_another_time = false;
  std::int64_t wall_ms() const override { return wall; }
  std::uint64_t mono_ms() const override { return mono; }
  std::string boot_id() const override { return boot; }
  bool simulated() const override { return at_another_time; }
};

// A kiosk's folder with a class in it, made as enrolment and a first pack would.
inline void make_kiosk(std::string const& folder, v1::ClassPack const& pack, base::Clock const& clock) {
  auto const random = base::system_random();
  auto made = store::create_kiosk(folder, kPassphrase, crypto::minimal_cost(), "0.1.0", clock, *random);
  REQUIRE(made.ok());
  REQUIRE(made->store.keep_pack(pack.pack_version(), pack.SerializeAsString()).ok());
}

// A desk over a real encrypted store, which can be closed and opened again.
struct Door {
  support::TemporaryFolder folder;
  DoorClock clock;
  std::optional<store::OpenKiosk> kiosk;
  std::optional<desk::Desk> desk;

  explicit Door(v1::ClassPack const& pack = small_pack()) {
    make_kiosk(folder / "kiosk", pack, clock);
    open();
  }
  ~Door() { close(); }
  void close() {
    desk.reset();
    kiosk.reset();
  }
  void open() {
    close();
    auto opened = store::open_kiosk(folder / "kiosk", kPassphrase);
    REQUIRE(opened.ok());
    kiosk.emplace(std::move(opened).value());
    auto its_desk = desk::Desk::open(kiosk->store, clock);
    REQUIRE(its_desk.ok());
    desk.emplace(std::move(its_desk).value());
  }
  flow::Outcome serve(desk::Visit visit) {
    auto outcomes = desk->serve({std::move(visit)});
    REQUIRE(outcomes.ok());
    REQUIRE(outcomes->size() == 1);
    return outcomes->front();
  }
  flow::Outcome scan(std::string const& text) { return serve(desk::ByScan{text}); }
  std::uint64_t records() const { return kiosk->store.head().seq; }
  std::vector<v1::Record> log() {
    std::vector<v1::Record> all;
    REQUIRE(kiosk->store
                .replay(1,
                        [&](store::StoredRecord const& stored) -> base::Result<bool> {
                          REQUIRE(all.emplace_back().ParseFromString(stored.bytes));
                          return true;
                        })
                .ok());
    return all;
  }
};

}  // namespace dga::desk_test
