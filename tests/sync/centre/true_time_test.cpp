// Kiosks whose clocks are wrong, and what the centre makes of them by their time samples.
#include <algorithm>
#include <random>

#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

constexpr char kList[] = "/api/v1/classes/2/attendance?format=json&at=2024-11-12T18:00:00+07:00";
constexpr std::int64_t kTwentyYears = std::int64_t{20} * 365 * 86'400'000;

// A kiosk whose wall clock differs from the house's, which is the centre's.
struct Wrong {
  House& house;
  Kiosk& kiosk;
  std::int64_t ahead_ms = 0;
  std::uint32_t boot = 1;
  std::uint64_t booted_ms = 500'000;  // the house's monotonic time then

  void add(v1::Record record) {
    record.set_seq(kiosk.head() + 1);
    record.mutable_at()->set_wall_ms(house.clock.wall_ms() + ahead_ms);
    record.mutable_at()->set_boot(boot);
    record.mutable_at()->set_mono_ms(house.clock.mono_ms() - booted_ms);
    kiosk.add_bytes(record.SerializeAsString());
  }
  void check_in(std::uint64_t participant, std::uint32_t session = 1) {
    v1::Record record;
    record.set_class_id(2);
    record.mutable_check_in()->set_participant(participant);
    record.mutable_check_in()->set_session(session);
    record.mutable_check_in()->set_method(v1::BADGE);
    add(record);
  }
  // One of the staff says which session it is, and the right time.
  void tell(std::uint32_t session = 1) {
    v1::Record record;
    record.set_class_id(2);
    record.set_staff(3);
    record.mutable_session_control()->set_session(session);
    record.mutable_session_control()->set_action(v1::SessionControl::SESSION_OVERRIDE);
    record.mutable_session_control()->set_told_ms(house.clock.wall_ms());
    add(record);
  }
  // An exchange of 40 ms that has just ended.
  void sample() {
    v1::Record record;
    auto& sample = *record.mutable_time_sample();
    sample.set_boot(boot);
    sample.set_mono_received(house.clock.mono_ms() - booted_ms);
    sample.set_mono_sent(sample.mono_received() - 40);
    sample.set_centre_ms(house.clock.wall_ms() - 20);
    add(record);
  }
  void reboot() {
    ++boot;
    booted_ms = house.clock.mono_ms() - 1'000;
  }
};

struct Ready : House {
  Ready() {
    CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(2), "application/json").status == 201);
    roster(2, 6);
    one.enrol(2, "1");
    other.enrol(2, "2");
  }
  nlohmann::json session(std::size_t person, std::size_t number = 0) const {
    return get(kList)["participants"][person]["sessions"][number];
  }
  Kiosk one{*this, 7}, other{*this, 8};
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "a kiosk that is twenty years off counts in the right session once its sample has come") {
  Wrong off{*this, one, -kTwentyYears};
  off.check_in(1);
  one.send(1, one.head());
  CHECK(session(0)["units"] == 0);  // by its own clock nobody was there
  clock.advance(std::chrono::minutes(10));
  off.sample();
  one.send(one.head(), one.head());
  auto const told = session(0);
  CHECK(told["units"] == 2);
  CHECK(told["at"].get<std::string>().starts_with("2024-11-12T07:5"));
  CHECK(told["at_by_kiosk"] == "2004-11-17T07:55:00+07:00");
  CHECK(told["within_ms"] <= 400);
  CHECK(told["note_en"].get<std::string>().find(
            "by this kiosk's clock 07:55:00 on 17/11/2004, corrected, to within 0.4 s") != std::string::npos);
  CHECK(told["note_vi"].get<std::string>().find("đã hiệu chỉnh") != std::string::npos);
  open();
  CHECK(session(0) == told);
  auto const csv = coordinator("GET", "/api/v1/classes/2/attendance?format=csv&at=2024-11-12T18:00:00+07:00").body;
  CHECK(csv.find(",2004-11-17T07:55:00+07:00,") != std::string::npos);
}

TEST_CASE_FIXTURE(Ready,
                  "whom a kiosk without any sample let in by the staff's word counts by it, until a sample says more") {
  Wrong off{*this, one, -kTwentyYears};
  off.tell();
  clock.advance(std::chrono::minutes(5));
  off.check_in(1);
  off.reboot();  // the power was cut before it had synced, and its clock begins anew
  off.ahead_ms -= 5 * 60'000;
  off.check_in(2);
  one.send_all();
  auto const told = session(0);
  CHECK(told["units"] == 2);
  CHECK(told["at"] == "2024-11-12T08:00:00+07:00");
  CHECK(told["at_by_kiosk"] == "2004-11-17T08:00:00+07:00");
  CHECK(told["within_ms"].is_null());
  CHECK(told["note_vi"].get<std::string>().find("theo giờ cán bộ nhập") != std::string::npos);
  CHECK(session(1)["units"] == 0);  // of the next boot nobody said anything
  off.sample();
  auto const sent = one.head();
  one.send(sent, sent);
  CHECK(session(0)["units"] == 2);
  CHECK(session(0)["at"] == "2024-11-12T08:00:00+07:00");
  CHECK(session(1)["units"] == 2);
  open();
  CHECK(session(0)["units"] == 2);
}

TEST_CASE_FIXTURE(Ready, "a clock that nothing contradicts is shown as it is, without a word about it") {
  Wrong right{*this, one, 0};
  right.sample();
  right.check_in(1);
  one.send_all();
  auto const told = session(0);
  CHECK(told["at"] == "2024-11-12T07:55:00+07:00");
  CHECK_FALSE(told.contains("at_by_kiosk"));
  CHECK_FALSE(told.contains("note_vi"));
}

TEST_CASE("two kiosks' check-ins of one person are merged by true time, the same in any order of arrival") {
  std::string first_list;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Ready house;
    Wrong fast{house, house.one, 40 * 60'000}, slow{house, house.other, -kTwentyYears};
    std::vector<std::pair<Kiosk*, base::Bytes>> batches;
    std::map<Kiosk*, std::uint64_t> cut;
    auto const send_later = [&](Kiosk& kiosk) {
      batches.emplace_back(&kiosk, kiosk.batch(cut[&kiosk] + 1, kiosk.head()));
      cut[&kiosk] = kiosk.head();
    };
    fast.check_in(1);  // 07:55, by its clock 08:35: late there
    send_later(house.one);
    house.clock.advance(std::chrono::minutes(5));
    slow.check_in(1);
    slow.check_in(2);
    send_later(house.other);
    house.clock.advance(std::chrono::minutes(5));
    fast.check_in(2);
    fast.check_in(3);
    send_later(house.one);
    fast.sample();
    send_later(house.one);
    slow.sample();
    send_later(house.other);
    house.clock.advance(std::chrono::minutes(9));
    slow.check_in(3);
    slow.check_in(4);  // 08:14
    send_later(house.other);
    fast.sample();
    send_later(house.one);

    std::mt19937 random(seed);
    std::shuffle(batches.begin(), batches.end(), random);
    for (auto const& [kiosk, batch] : batches) {
      kiosk->receipt_of(kiosk->post(batch));
      (void)house.get(kList);  // so that each later one finds a book to change
    }
    auto const list = house.coordinator("GET", kList).body;
    house.open();
    CHECK(house.coordinator("GET", kList).body == list);
    if (first_list.empty()) first_list = list;
    CHECK(list == first_list);
    auto const people = nlohmann::json::parse(list)["participants"];
    auto const at = [&](std::size_t person) { return people[person]["sessions"][0]["at"].get<std::string>(); };
    CHECK(at(0).substr(11, 5) >= "07:54");
    CHECK(at(0).substr(11, 5) <= "07:55");
    CHECK(people[0]["sessions"][0]["late"] == false);
    CHECK(people[0]["sessions"][0]["at_by_kiosk"] == "2024-11-12T08:35:00+07:00");
    CHECK(people[1]["sessions"][0]["at_by_kiosk"].get<std::string>().starts_with("2004-11-17T08:00"));
    CHECK(people[2]["sessions"][0]["at_by_kiosk"].get<std::string>().starts_with("2024-11-12T08:45"));
    CHECK(people[3]["sessions"][0]["late"] == false);
    CHECK(people[3]["units"] == 2);
  }
}

TEST_CASE_FIXTURE(Ready, "a boot without a sample is corrected by its neighbours, with the bound that order gives") {
  Wrong off{*this, one, -kTwentyYears};
  off.sample();
  clock.advance(std::chrono::minutes(4));
  off.reboot();
  off.check_in(1);  // 07:59
  clock.advance(std::chrono::minutes(4));
  off.reboot();
  off.sample();
  one.send_all();
  auto const told = session(0);
  CHECK(told["units"] == 2);
  CHECK(told["at"].get<std::string>().starts_with("2024-11-12T07:5"));
  CHECK(told["within_ms"] > 200'000);
  CHECK(told["within_ms"] < 300'000);
  CHECK(told["note_en"].get<std::string>().ends_with("to within 5 min"));
}

TEST_CASE_FIXTURE(Ready, "a copy's sample does not speak for the other branch") {
  Wrong off{*this, one, -kTwentyYears};
  off.check_in(1);
  auto copy = one;
  Wrong copied{*this, copy, -kTwentyYears, 2};
  off.reboot();
  off.check_in(2);
  copied.check_in(3);
  copied.sample();
  one.send_all();
  copy.send_all();
  CHECK(session(2)["units"] == 2);
  CHECK(session(1)["units"] == 0);
  // What both copies inherited was recorded in a boot that neither has a sample of: before the copy's.
  off.sample();
  one.send_all();
  CHECK(session(1)["units"] == 2);
}

TEST_CASE("what was recorded before a fork has one time, whichever copy's branch comes first") {
  std::string lists[2];
  for (bool const copy_first : {false, true}) {
    CAPTURE(copy_first);
    Ready house;
    Wrong off{house, house.one, -kTwentyYears};
    off.check_in(1);
    house.clock.advance(std::chrono::minutes(3));
    off.check_in(2);
    auto copy = house.one;
    Wrong copied{house, copy, -kTwentyYears};
    off.sample();
    off.check_in(3);
    // The copy knows less: it hears the centre hours later, and its clock may have drifted meanwhile.
    house.clock.advance(std::chrono::hours(5));
    copied.sample();
    auto second = copy;
    Wrong again{house, second, -kTwentyYears};
    again.check_in(4, 2);
    copied.check_in(5, 2);

    std::vector<Kiosk*> order{&house.one, &copy, &second};
    if (copy_first) std::reverse(order.begin(), order.end());
    for (auto* kiosk : order) {
      kiosk->send_all();
      (void)house.get(kList);
    }
    lists[copy_first ? 1 : 0] = house.coordinator("GET", kList).body;
    house.open();
    CHECK(house.coordinator("GET", kList).body == lists[copy_first ? 1 : 0]);
  }
  CHECK(lists[0] == lists[1]);
  auto const first = nlohmann::json::parse(lists[0])["participants"][0]["sessions"][0];
  CHECK(first["within_ms"] < 1'000);  // by the nearer sample, wherever it arrived
}

TEST_CASE_FIXTURE(Ready, "a pack tells other kiosks' check-ins by true time") {
  Wrong off{*this, one, -kTwentyYears};
  off.check_in(1);
  off.sample();
  one.send_all();
  auto const pack = other.pack(2);
  REQUIRE(pack.facts_size() == 1);
  CHECK(std::abs(pack.facts(0).at_ms() - support::kDemoMorning) < 100);
}
