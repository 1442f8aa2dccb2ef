#include "tools/simulator/world.h"

#include <algorithm>
#include <cstdio>

#include "tools/simulator/centre.h"
#include "tools/simulator/courier.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/must.h"
#include "tools/simulator/network.h"

namespace dga::simulator {
namespace {

// Dice of the parts; kiosks have 100 and up.
constexpr std::uint64_t kWorldPart = 2, kCentrePart = 3, kNetworkPart = 4, kCourierPart = 6, kKioskPart = 100;

constexpr std::int64_t kHourMs = 3'600'000;
// With a good network everything has gone within two hours: the longest wait is five minutes, or what an answer from
// before asked for.
constexpr std::uint64_t kSettlesWithinMs = 4 * 3'600'000;
constexpr std::size_t kMostClones = 2;

}  // namespace

World::World(Template const& begin, Plan const& plan, Telling telling)
    : begin_(begin), plan_(plan), telling_(telling), dice_(plan.seed, kWorldPart) {
  centre_ = std::make_unique<SimulatedCentre>(*this, kCentrePart);
  network_ = std::make_unique<Network>(*this, kNetworkPart);
  courier_ = std::make_unique<Courier>(*this, kCourierPart);
  for (std::size_t i = 0; i < plan.kiosks; ++i)
    kiosks_.push_back(std::make_unique<SimulatedKiosk>(*this, std::to_string(i + 1), begin.kiosks[i].master,
                                                       begin.kiosks[i].disk, kKioskPart + i));
}
World::~World() = default;

void World::later(std::uint64_t in_ms, std::function<void()> what) {
  events_.emplace(std::pair(now() + in_ms, scheduled_++), std::move(what));
}

void World::run_next() {
  auto const next = events_.begin();
  time_.now_ms = std::max(time_.now_ms, next->first.first);
  auto const what = std::move(next->second);
  events_.erase(next);
  what();
}

void World::pass(std::uint64_t ms) {
  auto const until = now() + ms;
  while (!events_.empty() && events_.begin()->first.first <= until) run_next();
  time_.now_ms = std::max(time_.now_ms, until);
}

void World::say(std::string const& line) const {
  std::printf("%4llu:%02llu.%03llu  %s\n", static_cast<unsigned long long>(now() / 60'000),
              static_cast<unsigned long long>(now() / 1000 % 60), static_cast<unsigned long long>(now() % 1000),
              line.c_str());
}

void World::draw_days() {
  for (auto const& kiosk : kiosks_) {
    auto* const who = kiosk.get();
    for (std::uint64_t left = dice_.between(1, plan_.records); left > 0;) {
      auto const facts = std::min<std::uint64_t>(left, dice_.between(1, 6));
      left -= facts;
      later(dice_.between(0, kSpanMs), [who, facts] { who->record(facts); });
    }
  }
}

void World::draw_disasters() {
  auto const at_some_time = [this](std::uint32_t most, auto what) {
    for (auto times = most; times > 0; --times) later(dice_.between(kSpanMs / 10, kSpanMs), what);
  };
  auto const somebody = [this] { return kiosks_[dice_.place_in(kiosks_.size())].get(); };
  at_some_time(plan_.kiosk_restores, [=, this] {
    auto* const who = somebody();
    who->copy_folder();
    later(dice_.between(0, kSpanMs / 2), [who] { who->restore_folder(); });
  });
  at_some_time(plan_.centre_restores, [this] {
    if (centre_->running()) centre_->back_up();
    later(dice_.between(0, kSpanMs / 2), [this] { centre_->restore(); });
  });
  at_some_time(plan_.clones, [=, this] {
    auto* const who = somebody();
    if (kiosks_.size() >= kMostKiosks + kMostClones || !who->running() || who->doomed()) return;
    tell("kiosk {}: cloned", who->name());
    kiosks_.push_back(std::make_unique<SimulatedKiosk>(*this, who->name() + "'", who->master(), who->content(),
                                                       kKioskPart + kiosks_.size()));
    auto* const clone = kiosks_.back().get();
    for (auto bursts = dice_.between(0, 4); bursts > 0; --bursts)
      later(dice_.between(0, kSpanMs / 2), [clone, facts = dice_.between(1, 5)] { clone->record(facts); });
  });
  at_some_time(plan_.outages, [this] { network_->go_down(dice_.between(60'000, kSpanMs / 2)); });
  at_some_time(plan_.parcels, [=, this] { courier_->call_at(*somebody()); });
  at_some_time(plan_.revocations, [=, this] { centre_->revoke(somebody()->device()); });
  at_some_time(plan_.roster_changes, [this] { centre_->import_roster(kPeople + 1, centre_->people() + 1); });
  at_some_time(plan_.clock_jumps, [=, this] {
    auto const by_ms = (static_cast<std::int64_t>(dice_.between(0, 200'000)) - 100'000) * kHourMs / 100;
    auto* const who = somebody();
    tell("kiosk {}: its clock jumps by {} ms", who->name(), by_ms);
    who->clock().jump(by_ms);
  });
}

void World::live() {
  draw_days();
  draw_disasters();
  auto const end = kSpanMs + kSpanMs / 2;
  while (now() < end && !events_.empty() && events_.begin()->first.first < end) run_next();
  time_.now_ms = std::max(time_.now_ms, end);
  settle();
}

// The network is good, every machine runs, and every kiosk asks until there is nothing left to do. Twice: what one of
// them brings may change what another is told.
void World::settle() {
  settling_ = true;
  tell("the dust settles");
  centre_->start();
  for (auto const& kiosk : kiosks_) kiosk->start();
  for (int round = 0; round < 2; ++round) {
    auto const until = now() + kSettlesWithinMs;
    for (auto const& kiosk : kiosks_) kiosk->sync_now();
    auto const all_rest = [this] {
      return std::all_of(kiosks_.begin(), kiosks_.end(), [](auto const& kiosk) { return kiosk->at_rest(); });
    };
    while (!all_rest() && now() < until && !events_.empty()) run_next();
    for (auto const& kiosk : kiosks_) {
      if (kiosk->at_rest()) continue;
      auto const problem = kiosk->problem();
      violated("settles", fmt::format("kiosk {} is not done: {}", kiosk->name(),
                                      problem ? problem->code + ": " + problem->what : "no problem told"));
    }
  }
}

}  // namespace dga::simulator
