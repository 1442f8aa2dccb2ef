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
  // The staff say what time it is.
  std::uint64_t word(ClockReading const& reading, std::optional<std::int64_t> told_ms) {
    auto const seq = record(reading);
    clock.add_word(seq, reading, {told_ms});
    return seq;
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

TEST_CASE("in a boot without samples what follows the staff's word goes by it, and what came before does not") {
  Line line;
  auto const early = line.record({kEight - kYears, 1, 1'000});
  line.word({kEight - kYears, 1, 2'000}, kEight);
  auto const after = line.record({kEight - kYears + 60'000, 1, 62'000});
  line.word({kEight - kYears + 120'000, 1, 122'000}, std::nullopt);
  auto const taken_back = line.record({kEight - kYears + 180'000, 1, 182'000});
  auto const next_boot = line.record({kEight - kYears, 2, 1'000});
  CHECK(line.at(early) == TrueTime{kEight - kYears, std::nullopt});
  CHECK(line.at(after) == TrueTime{kEight + 60'000, std::nullopt, TrueTime::By::kStaff});
  CHECK(line.at(taken_back).at_ms == kEight - kYears + 180'000);
  CHECK(line.at(next_boot).at_ms == kEight - kYears);
}

TEST_CASE("the staff's word changes nothing where the clock says the same, a sample says more, or order forbids it") {
  Line agrees;
  agrees.word({kEight, 1, 1'000}, kEight + 119'000);
  auto const right = agrees.record({kEight + 1, 1, 1'001});
  CHECK(agrees.at(right) == TrueTime{kEight + 1, std::nullopt});

  Line mended;  // the boot before was 20 years off, and somebody has set the clock since
  mended.record({kEight - kYears, 1, 1'000});
  mended.sample(1, 1'000, kEight);
  auto const doubted = mended.record({kEight + kHour, 2, 1'000});
  CHECK(mended.at(doubted).at_ms != kEight + kHour);
  mended.word({kEight + kHour, 2, 2'000}, kEight + kHour);
  auto const stands = mended.record({kEight + kHour, 2, 3'000});
  CHECK(mended.at(stands) == TrueTime{kEight + kHour, std::nullopt});

  Line sampled;
  sampled.word({kEight - kYears, 1, 1'000}, kEight + 5 * kHour);
  auto const one = sampled.record({kEight - kYears, 1, 2'000});
  sampled.sample(1, 3'000, kEight);
  CHECK(std::abs(sampled.at(one).at_ms - kEight) <= 1'001);
  CHECK(sampled.at(one).by == TrueTime::By::kClocks);

  Line between;
  between.sample(1, 2'000, kEight);
  between.word({5, 2, 1'000}, kEight + 5 * kHour);
  auto const late = between.record({5, 2, 2'000});
  between.record({kEight + kHour, 3, 1'000});
  between.sample(3, 2'000, kEight + kHour);
  CHECK(between.at(late).at_ms <= kEight + kHour + 10);
  CHECK(between.at(late).by == TrueTime::By::kClocks);
}

TEST_CASE("a word on the time is read from what one of the staff said, and from nothing else") {
  dga::v1::Record record;
  auto& control = *record.mutable_session_control();
  control.set_session(1);
  control.set_action(dga::v1::SessionControl::SESSION_OVERRIDE);
  control.set_told_ms(kEight);
  CHECK_FALSE(staffs_word(record));  // nobody's
  record.set_staff(2);
  REQUIRE(staffs_word(record));
  CHECK(staffs_word(record)->told_ms == kEight);
  control.set_told_ms(INT64_MAX);
  CHECK_FALSE(staffs_word(record));
  control.clear_told_ms();
  CHECK_FALSE(staffs_word(record));
  control.set_action(dga::v1::SessionControl::OVERRIDE_ENDED);
  REQUIRE(staffs_word(record));
  CHECK_FALSE(staffs_word(record)->told_ms);
  control.set_action(dga::v1::SessionControl::FEEDBACK_OPEN);
  CHECK_FALSE(staffs_word(record));
}
