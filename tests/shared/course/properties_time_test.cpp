// Any life of a kiosk: boots, a wall clock that jumps anywhere, a monotonic clock that drifts, exchanges of any length.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "shared/course/true_time.h"
#include "tests/support/properties.h"

using namespace dga::course;

namespace {

struct Event {
  ClockReading reading;
  std::int64_t true_ms = 0;
  std::optional<CentreReading> sample;
};

std::int64_t whole_ms(std::int64_t us) { return us >= 0 ? us / 1000 : -((-us + 999) / 1000); }

rc::Gen<std::vector<Event>> any_life() {
  return rc::gen::exec([] {
    std::vector<Event> life;
    std::int64_t true_us = 1'731'373'200'000'000, offset_us = 0;
    std::uint32_t boot = 0;
    std::int64_t mono_us = 0, drift_ppm = 0;
    // Time goes by: the monotonic clock counts `us`, and true time is a little more or less.
    auto const pass = [&](std::int64_t us) {
      mono_us += us;
      true_us += us + us / 1'000'000 * drift_ppm;
    };
    auto const reading = [&] {
      return ClockReading{whole_ms(true_us + offset_us), boot, static_cast<std::uint64_t>(mono_us / 1000)};
    };
    auto const events = *rc::gen::inRange(1, 25);
    for (int at = 0; at < events; ++at) {
      if (at == 0 || *rc::gen::inRange(0, 6) == 0) {
        ++boot;
        true_us += *rc::gen::inRange<std::int64_t>(0, 40'000'000'000);
        mono_us = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
      }
      if (*rc::gen::inRange(0, 4) == 0)
        offset_us = *rc::gen::inRange<std::int64_t>(-700'000'000'000'000, 700'000'000'000'000);
      if (*rc::gen::inRange(0, 3) == 0) drift_ppm = *rc::gen::inRange<std::int64_t>(-kDriftPpm, kDriftPpm + 1);
      pass(*rc::gen::inRange<std::int64_t>(0, *rc::gen::element<std::int64_t>(2'000, 5'000'000, 9'000'000'000)));
      Event event;
      if (*rc::gen::inRange(0, 3) == 0) {
        CentreReading sample;
        sample.mono_sent_ms = reading().mono_ms;
        pass(*rc::gen::inRange<std::int64_t>(0, 20'000'000));
        sample.centre_ms = whole_ms(true_us);
        pass(*rc::gen::inRange<std::int64_t>(0, 20'000'000));
        sample.mono_received_ms = reading().mono_ms;
        event.sample = sample;
      }
      event.reading = reading();
      event.true_ms = whole_ms(true_us);
      life.push_back(event);
    }
    return life;
  });
}

// The first `samples` of a life's samples, in the order that `order` gives.
LineClock clock_of(std::vector<Event> const& life, std::vector<std::size_t> const& samples) {
  LineClock clock;
  for (std::size_t at = 0; at < life.size(); ++at) clock.add(at + 1, life[at].reading);
  for (auto const at : samples) clock.add_sample(at + 1, life[at].reading.boot, *life[at].sample);
  return clock;
}

std::vector<std::size_t> samples_of(std::vector<Event> const& life) {
  std::vector<std::size_t> samples;
  for (std::size_t at = 0; at < life.size(); ++at)
    if (life[at].sample) samples.push_back(at);
  return samples;
}

}  // namespace

TEST_CASE("the true time lies within the bound, whatever the wall clock does") {
  int bounded = 0;
  CHECK(dga::test::holds("true time within its bound", 3000, 100, [&] {
    auto const life = *any_life().as("a life");
    auto clock = clock_of(life, samples_of(life));
    for (std::size_t at = 0; at < life.size(); ++at) {
      auto const time = clock.time_of(at + 1, life[at].reading);
      if (!time.within_ms) continue;
      ++bounded;
      RC_ASSERT(static_cast<std::uint64_t>(std::abs(time.at_ms - life[at].true_ms)) <= *time.within_ms);
    }
  }));
  CHECK(bounded > 1000);
}

TEST_CASE("one more sample never widens a bound of its boot") {
  int narrowed = 0;
  CHECK(dga::test::holds("more samples never widen", 2000, 100, [&] {
    auto const life = *any_life().as("a life");
    auto const samples = samples_of(life);
    for (std::size_t known = 1; known < samples.size(); ++known) {
      std::vector<std::size_t> const before(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(known));
      std::vector<std::size_t> const after(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(known) + 1);
      auto fewer = clock_of(life, before), more = clock_of(life, after);
      for (std::size_t at = 0; at < life.size(); ++at) {
        bool const sampled = std::any_of(before.begin(), before.end(), [&](std::size_t one) {
          return life[one].reading.boot == life[at].reading.boot;
        });
        if (!sampled) continue;
        auto const wide = *fewer.time_of(at + 1, life[at].reading).within_ms;
        auto const narrow = *more.time_of(at + 1, life[at].reading).within_ms;
        RC_ASSERT(narrow <= wide);
        if (narrow < wide) ++narrowed;
      }
    }
  }));
  CHECK(narrowed > 100);
}

TEST_CASE("samples in any order, and told twice, give the same times") {
  CHECK(dga::test::holds("any order of samples", 1000, 100, [] {
    auto const life = *any_life().as("a life");
    auto samples = samples_of(life);
    auto one = clock_of(life, samples);
    for (std::size_t at = samples.size(); at > 1; --at)
      std::swap(samples[at - 1], samples[*rc::gen::inRange<std::size_t>(0, at)]);
    if (!samples.empty()) samples.push_back(samples.front());
    auto other = clock_of(life, samples);
    for (std::size_t at = 0; at < life.size(); ++at)
      RC_ASSERT(one.time_of(at + 1, life[at].reading) == other.time_of(at + 1, life[at].reading));
  }));
}

TEST_CASE("negative control: a clock that drifts twice as fast as is allowed for is seen to break the bound") {
  LineClock clock;
  clock.add(1, {0, 1, 0});
  clock.add(2, {0, 1, 1'000'000});
  clock.add_sample(1, 1, {0, 0, 5'000'000});
  auto const time = clock.time_of(2, {0, 1, 1'000'000});
  auto const drifted = 5'000'000 + 1'000'000 + 2 * kDriftPpm;
  CHECK(static_cast<std::uint64_t>(std::abs(time.at_ms - drifted)) > *time.within_ms);
}
