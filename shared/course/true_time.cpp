#include "shared/course/true_time.h"

#include <algorithm>
#include <iterator>

#include "shared/course/session_now.h"

namespace dga::course {
namespace {

// Some 2,200 years. Beyond it nobody's clock runs, and sums might not fit.
constexpr std::int64_t kMostMs = std::int64_t{1} << 46;

bool is_time(std::int64_t ms) { return -kMostMs < ms && ms < kMostMs; }
bool is_duration(std::uint64_t ms) { return ms < static_cast<std::uint64_t>(kMostMs); }

TrueTime settled(TimeInterval const& interval, std::int64_t wall_ms) {
  bool const believed = interval.least_ms <= wall_ms && wall_ms <= interval.most_ms;
  auto const at = believed ? wall_ms : interval.least_ms + (interval.most_ms - interval.least_ms) / 2;
  return {at, static_cast<std::uint64_t>(std::max(at - interval.least_ms, interval.most_ms - at))};
}

}  // namespace

std::optional<ClockReading> clock_reading(v1::Stamp const& stamp) {
  if (stamp.simulated() || !is_time(stamp.wall_ms()) || !is_duration(stamp.mono_ms())) return std::nullopt;
  return ClockReading{stamp.wall_ms(), stamp.boot(), stamp.mono_ms()};
}

std::optional<CentreReading> centre_reading(v1::TimeSample const& sample) {
  if (sample.mono_sent() > sample.mono_received() || !is_duration(sample.mono_received()) ||
      !is_time(sample.centre_ms()))
    return std::nullopt;
  return CentreReading{sample.mono_sent(), sample.mono_received(), sample.centre_ms()};
}

std::optional<StaffsWord> staffs_word(v1::Record const& record) {
  if (record.staff() == 0) return std::nullopt;
  auto const& control = record.session_control();
  if (control.action() == v1::SessionControl::OVERRIDE_ENDED) return StaffsWord{};
  bool const told = control.action() == v1::SessionControl::SESSION_OVERRIDE && control.told_ms() != 0;
  if (!told || !is_time(control.told_ms())) return std::nullopt;
  return StaffsWord{control.told_ms()};
}

void LineClock::add(std::uint64_t seq, ClockReading const& reading) {
  prepared_ = false;
  if (runs_.empty() || runs_.back().first.boot != reading.boot) {
    auto& run = runs_.emplace_back();
    run.first_seq = seq;
    run.first = reading;
  }
  runs_.back().last = reading;
}

void LineClock::add_sample(std::uint64_t seq, std::uint32_t boot, CentreReading const& sample) {
  prepared_ = false;
  samples_.push_back({seq, boot, sample});
}

void LineClock::add_word(std::uint64_t seq, ClockReading const& reading, StaffsWord const& word) {
  words_.insert_or_assign(seq, Word{reading, word});
}

TimeInterval LineClock::interval_of(ClockReading const& reading) const {
  return boots_.at(reading.boot).at(reading.mono_ms);
}

void LineClock::prepare() {
  boots_.clear();
  for (auto const& sample : samples_) boots_[sample.boot].add(sample.reading);
  for (auto& [boot, clock] : boots_) clock.prepare();

  std::optional<std::int64_t> least, most;
  std::optional<std::size_t> before, after;
  for (std::size_t at = 0; at < runs_.size(); ++at) {
    auto& run = runs_[at];
    run.least_ms = least;
    run.sampled_before = before;
    if (!boots_.contains(run.first.boot)) continue;
    least = std::max(least.value_or(INT64_MIN), interval_of(run.last).least_ms);
    before = at;
  }
  for (std::size_t at = runs_.size(); at-- > 0;) {
    auto& run = runs_[at];
    run.most_ms = most;
    run.sampled_after = after;
    if (!boots_.contains(run.first.boot)) continue;
    most = std::min(most.value_or(INT64_MAX), interval_of(run.first).most_ms);
    after = at;
  }
  prepared_ = true;
}

LineClock::Run const* LineClock::run_of(std::uint64_t seq) const {
  auto const next = std::upper_bound(runs_.begin(), runs_.end(), seq,
                                     [](std::uint64_t of, Run const& run) { return of < run.first_seq; });
  return next == runs_.begin() ? nullptr : &*std::prev(next);
}

TrueTime LineClock::time_of(std::uint64_t seq, ClockReading const& reading) {
  if (!prepared_) prepare();
  auto const* const run = run_of(seq);
  if (!boots_.contains(reading.boot))
    return run == nullptr ? TrueTime{reading.wall_ms, std::nullopt} : from_order(*run, seq, reading);
  auto interval = interval_of(reading);
  if (run != nullptr) {
    TimeInterval const narrower{std::max(interval.least_ms, run->least_ms.value_or(INT64_MIN)),
                                std::min(interval.most_ms, run->most_ms.value_or(INT64_MAX))};
    if (narrower.least_ms <= narrower.most_ms) interval = narrower;
  }
  return settled(interval, reading.wall_ms);
}

std::int64_t LineClock::corrected_as(ClockReading const& neighbour, std::int64_t wall_ms) const {
  return wall_ms + (settled(interval_of(neighbour), neighbour.wall_ms).at_ms - neighbour.wall_ms);
}

// By the last word before it; the stamp, where that agrees.
std::optional<std::int64_t> LineClock::told_at(std::uint64_t seq, ClockReading const& reading) const {
  auto const next = words_.upper_bound(seq);
  if (next == words_.begin()) return std::nullopt;
  auto const& [at, word] = std::prev(next)->second;
  if (at.boot != reading.boot || !word.told_ms) return std::nullopt;
  return believed(reading.wall_ms, *word.told_ms + static_cast<std::int64_t>(reading.mono_ms - at.mono_ms));
}

TrueTime LineClock::from_order(Run const& run, std::uint64_t seq, ClockReading const& reading) const {
  auto const wall_ms = reading.wall_ms;
  // No structured binding: clang lets no lambda take one.
  auto const least = run.least_ms, most = run.most_ms;
  if (least && most && *least > *most) return {wall_ms, std::nullopt};  // the centre's clock was set back meanwhile
  auto const is_possible = [&](std::int64_t at) { return (!least || at >= *least) && (!most || at <= *most); };

  auto const bound = [&](std::int64_t at) -> std::optional<std::uint64_t> {
    if (!least || !most) return std::nullopt;
    return static_cast<std::uint64_t>(std::max(at - *least, *most - at));
  };
  if (auto const told = told_at(seq, reading); told && is_possible(*told))
    return {*told, bound(*told), *told == wall_ms ? TrueTime::By::kClocks : TrueTime::By::kStaff};

  std::vector<std::int64_t> guesses;
  if (run.sampled_before) guesses.push_back(corrected_as(runs_[*run.sampled_before].last, wall_ms));
  if (run.sampled_after) guesses.push_back(corrected_as(runs_[*run.sampled_after].first, wall_ms));
  guesses.push_back(wall_ms);
  auto const found = std::find_if(guesses.begin(), guesses.end(), is_possible);
  auto const at = found != guesses.end() ? *found : least && wall_ms < *least ? *least : most.value_or(wall_ms);
  return {at, bound(at)};
}

}  // namespace dga::course
