#include "shared/course/true_time.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace dga::course;

namespace {

constexpr std::int64_t kEight = 1'731'373'200'000;  // 2024-11-12T08:00:00+07:00
constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kYears = 20 * 365 * 24 * kHour;

// One log of one kiosk.
struct Line {
  LineClock clock;
  std::vector<ClockReading> readings{{}};  // by seq
  std::uint64_t record(ClockReading const& reading) {
    clock.add(readings.size(), reading);
    readings.push_back(reading);
    return readings.size() - 1;
  }
  // The exchange took `took_ms`, and the record of it stands in the log.
  void sample(std::uint32_t boot, std::uint64_t mono_ms, std::int64_t centre_ms, std::uint64_t took_ms = 0) {
    auto const wall_ms = readings.back().wall_ms;
    auto const seq = record({wall_ms, boot, mono_ms + took_ms});
    clock.add_sample(seq, boot, {mono_ms, mono_ms + took_ms, centre_ms});
  }
  TrueTime at(std::uint64_t seq) { return clock.time_of(seq, readings[seq]); }
};

}  // namespace

TEST_CASE("without a sample the stamp is all there is, and it has no bound") {
  Line line;
  auto const one = line.record({kEight, 1, 500});
  CHECK(line.at(one) == TrueTime{kEight, std::nullopt});
}

TEST_CASE("a clock that is twenty years off is corrected to within the time that the exchange took, and drift") {
  Line line;
  auto const early = line.record({kEight - kYears, 1, 1'000'000});
  line.sample(1, 1'600'000, kEight + 600'000, 200);  // ten minutes later
  auto const late = line.record({kEight - kYears, 1, 2'200'000});
  // 500 ppm of ten minutes is 0.3 s; the exchange 0.2 s, half of which is in doubt.
  CHECK(std::abs(line.at(early).at_ms - kEight) <= 500);
  CHECK(*line.at(early).within_ms < 500);
  CHECK(std::abs(line.at(late).at_ms - (kEight + 1'200'000)) <= 500);
  CHECK(*line.at(late).within_ms < 500);
  CHECK(*line.at(late).within_ms > 100);
}

TEST_CASE("a stamp that nothing contradicts stands as it is, with its bound") {
  Line line;
  auto const one = line.record({kEight, 1, 1'000'000});
  line.sample(1, 1'000'000, kEight + 90, 300);
  CHECK(line.at(one).at_ms == kEight);
  CHECK(*line.at(one).within_ms < 400);
}

TEST_CASE("a second sample makes the bound narrower") {
  Line line;
  auto const one = line.record({kEight - kYears, 1, 1'000'000});
  line.sample(1, 1'010'000, kEight + 10'000, 8'000);
  auto const before = *line.at(one).within_ms;
  line.sample(1, 1'020'000, kEight + 20'000, 40);
  CHECK(*line.at(one).within_ms < before);
  CHECK(*line.at(one).within_ms < 60);
}

TEST_CASE("a boot without a sample lies between its neighbours and is corrected as they are") {
  Line line;
  line.record({kEight - kYears, 1, 1'000});
  line.sample(1, 2'000, kEight);
  auto const between = line.record({kEight - kYears + kHour, 2, 1'000});
  line.record({kEight - kYears + 2 * kHour, 3, 1'000});
  line.sample(3, 2'000, kEight + 2 * kHour);
  CHECK(std::abs(line.at(between).at_ms - (kEight + kHour)) < 2'000);
  CHECK(*line.at(between).within_ms >= static_cast<std::uint64_t>(kHour) - 2'000);
  CHECK(*line.at(between).within_ms <= static_cast<std::uint64_t>(kHour) + 2'000);
}

TEST_CASE("a boot without a sample that the other boots' clock does not fit is put within its neighbours") {
  Line line;
  line.sample(1, 2'000, kEight);  // its clock read 1970
  auto const between = line.record({5, 2, 1'000});
  line.record({kEight + kHour, 3, 1'000});
  line.sample(3, 2'000, kEight + kHour);
  auto const time = line.at(between);
  CHECK(time.at_ms >= kEight - 10);
  CHECK(time.at_ms <= kEight + kHour + 10);
  REQUIRE(time.within_ms);
}

TEST_CASE("a last boot without a sample is corrected as the one before it, and has no bound") {
  Line line;
  line.record({kEight - kYears, 1, 1'000});
  line.sample(1, 1'000, kEight);
  auto const last = line.record({kEight - kYears + kHour, 2, 1'000});
  CHECK(std::abs(line.at(last).at_ms - (kEight + kHour)) < 10);
  CHECK_FALSE(line.at(last).within_ms);
}

TEST_CASE(
    "where the centre's clock was set between two samples, both are spanned near them and a far one is not asked") {
  Line line;
  auto const early = line.record({kEight - kYears, 1, 1'000'000});
  line.sample(1, 1'001'000, kEight);
  auto const between = line.record({kEight - kYears, 1, 1'002'000});
  line.sample(1, 1'003'000, kEight + kHour);
  CHECK(std::abs(line.at(early).at_ms - kEight) < 2'000);
  CHECK(*line.at(early).within_ms < 2'000);
  CHECK(*line.at(between).within_ms > static_cast<std::uint64_t>(kHour) / 2 - 2'000);
}

TEST_CASE("simulated stamps and numbers that are no times are not read") {
  dga::v1::Stamp stamp;
  stamp.set_wall_ms(kEight);
  stamp.set_boot(3);
  stamp.set_mono_ms(7);
  REQUIRE(clock_reading(stamp));
  CHECK(clock_reading(stamp)->boot == 3);
  stamp.set_simulated(true);
  CHECK_FALSE(clock_reading(stamp));
  stamp.set_simulated(false);
  stamp.set_mono_ms(UINT64_MAX);
  CHECK_FALSE(clock_reading(stamp));
  stamp.set_mono_ms(7);
  stamp.set_wall_ms(INT64_MIN);
  CHECK_FALSE(clock_reading(stamp));

  dga::v1::TimeSample sample;
  sample.set_mono_sent(5);
  sample.set_mono_received(6);
  sample.set_centre_ms(kEight);
  CHECK(centre_reading(sample));
  sample.set_mono_received(4);
  CHECK_FALSE(centre_reading(sample));
  sample.set_mono_received(UINT64_MAX);
  CHECK_FALSE(centre_reading(sample));
  sample.set_mono_received(6);
  sample.set_centre_ms(INT64_MAX);
  CHECK_FALSE(centre_reading(sample));
}
