#include "shared/course/local_time.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"

using namespace dga;

namespace {
constexpr char kVietnam[] = "Asia/Ho_Chi_Minh";
constexpr std::int64_t kMorning = 1'731'372'900'000;  // 2024-11-12T07:55:00+07:00
}  // namespace

TEST_CASE("an instant is read with its offset") {
  for (auto text : {"2024-11-12T07:55:00+07:00", "2024-11-12T00:55:00Z", "2024-11-12t00:55:00.000z",
                    "2024-11-11T19:55:00-05:00", "2024-11-12T06:25:00+05:30", "2024-11-12 07:55:00+07:00"}) {
    CAPTURE(text);
    auto const read = course::read_instant(text);
    REQUIRE(read.ok());
    CHECK(*read == kMorning);
  }
  CHECK(*course::read_instant("1970-01-01T00:00:00.1239Z") == 123);
  CHECK(*course::read_instant("1969-12-31T23:59:59Z") == -1000);
  CHECK(*course::read_instant("2024-02-29T00:00:00Z") > 0);
}

TEST_CASE("what is no instant is refused") {
  for (auto text : {"", "2024-11-12", "2024-11-12T07:55:00", "2024-11-12T07:55+07:00", "2024-13-12T07:55:00Z",
                    "2023-02-29T07:55:00Z", "2024-11-12T24:00:00Z", "2024-11-12T07:60:00Z", "2024-11-12T07:55:60Z",
                    "2024-11-12T07:55:00+24:00", "2024-11-12T07:55:00+07:00x", "2024-11-12T07:55:00.Z", "12/11/2024",
                    "2024-11-12T07:55:00+0700", "tomorrow", "-2024-11-12T07:55:00Z"}) {
    CAPTURE(text);
    auto const read = course::read_instant(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == "time.invalid");
    CHECK(read.error().fault == base::Fault::kUsage);
  }
}

TEST_CASE("an instant is written in a zone and comes back") {
  CHECK(course::write_instant(kMorning, kVietnam) == "2024-11-12T07:55:00+07:00");
  CHECK(course::write_instant(kMorning, "America/New_York") == "2024-11-11T19:55:00-05:00");
  CHECK(course::write_instant(kMorning, "UTC") == "2024-11-12T00:55:00+00:00");
  CHECK(course::write_instant(-1, "UTC") == "1969-12-31T23:59:59+00:00");
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    auto const ms = static_cast<std::int64_t>(random->below(4'000'000'000)) * 1000;
    for (auto zone : {kVietnam, "Europe/Zurich", "America/St_Johns"}) {
      auto const back = course::read_instant(course::write_instant(ms, zone));
      REQUIRE(back.ok());
      CHECK(*back == ms);
    }
  }
}

TEST_CASE("hours and days are the zone's own") {
  CHECK(course::clock_time(kMorning, kVietnam) == "07:55");
  CHECK(course::calendar_day(kMorning, kVietnam) == "12/11/2024");
  CHECK(course::iso_day(kMorning, kVietnam) == "2024-11-12");
  CHECK(course::iso_day(kMorning, "America/New_York") == "2024-11-11");
  CHECK(course::hour_of(kMorning, kVietnam) == 7);
  CHECK(course::hour_of(kMorning, "UTC") == 0);
}

TEST_CASE("zones are known by their names and an unknown one is read as UTC") {
  CHECK(course::is_zone(kVietnam));
  CHECK(course::is_zone("Europe/Zurich"));
  for (auto name : {"", "Asia/Nowhere", "../../etc/passwd", "+07:00"}) CHECK_FALSE(course::is_zone(name));
  CHECK(course::write_instant(kMorning, "Asia/Nowhere") == "2024-11-12T00:55:00+00:00");
}

TEST_CASE("days are counted and hours kept over a change of clocks") {
  CHECK(*course::days_between("2024-11-12", "2026-11-22") == 740);
  CHECK(*course::days_between("2024-03-01", "2024-02-28") == -2);
  CHECK_FALSE(course::days_between("2024-11-12", "22/11/2026").ok());
  CHECK_FALSE(course::days_between("2024-11-31", "2024-12-01").ok());
  CHECK_FALSE(course::days_between("2024-11-12", "2024-11-12 ").ok());
  // Zurich leaves summer time in the night to 2024-10-27.
  auto const saturday = *course::read_instant("2024-10-26T08:00:00+02:00");
  CHECK(course::write_instant(course::same_hour_after(saturday, 1, "Europe/Zurich"), "Europe/Zurich") ==
        "2024-10-27T08:00:00+01:00");
  CHECK(course::same_hour_after(saturday, -1, kVietnam) == saturday - 86'400'000);
}
