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
// Longer than a kiosk keeps what is durable at the centre.
constexpr std::uint64_t kMonthMs = std::uint64_t{31} * 24 * 3'600'000;

}  // namespace

World::World(Template const& begin, Plan const& plan, Telling telling)
    : begin_(begin), plan_(plan), telling_(telling), dice_(plan.seed, kWorldPart) {
  centre_ = std::make_unique<SimulatedCentre>(*this, kCentrePart);
  network_ = std::make_unique<Network>(*this, kNetworkPart);
  courier_ = std::make_unique<Courier>(*this, kCourierPart);
  for (std::size_t i = 0; i < plan.kiosks; ++i)
    kiosks_.push_back(std::make_unique<SimulatedKiosk>(*this, std::to_string(i + 1), begin.kiosks[i].master,
                                                       begin.kiosks[i].disk, kKioskPart + i,
                                                       i < plan.unconnected ? Reach::kCouriersOnly : Reach::kNetwork));
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

void World::draw_day(std::uint64_t most_records) {
  for (auto const& kiosk : kiosks_) {
    auto* const who = kiosk.get();
    for (std::uint64_t left = dice_.between(1, most_records); left > 0;) {
      auto const facts = std::min<std::uint64_t>(left, dice_.between(1, 6));
      left -= facts;
      later(dice_.between(0, kSpanMs), [who, facts] { who->record(facts); });
    }
    if (who->reach() == Reach::kCouriersOnly)
      for (auto calls = dice_.between(0, 3); calls > 0; --calls)
        later(dice_.between(0, kSpanMs), [this, who] { courier_->call_at(*who); });
  }
}

// A copy, and word of it to the centre a while later, unless somebody forgets that.
void World::draw_backup(std::uint64_t within_ms) {
  later(dice_.between(0, within_ms), [this] {
    auto const number = centre_->back_up();
    if (dice_.chance(800)) later(dice_.between(0, 10 * 60'000), [this, number] { centre_->note_backup(number); });
  });
}

void World::enrol_another() {
  if (kiosks_.size() >= kMostKiosks + kMostClones) return;
  auto const name = std::to_string(kiosks_.size() + 1);
  auto const& enrolled = newcomers_.emplace_back(centre_->enrol(name));
  kiosks_.push_back(
      std::make_unique<SimulatedKiosk>(*this, name, enrolled.master, enrolled.disk, kKioskPart + kiosks_.size()));
  auto* const who = kiosks_.back().get();
  for (auto bursts = dice_.between(1, 4); bursts > 0; --bursts)
    later(dice_.between(0, kSpanMs / 2), [who, facts = dice_.between(1, 5)] { who->record(facts); });
}

void World::clone(SimulatedKiosk& kiosk) {
  if (kiosks_.size() >= kMostKiosks + kMostClones || !kiosk.running() || kiosk.doomed()) return;
  tell("kiosk {}: cloned", kiosk.name());
  ledger_.copied(kiosk.device());
  kiosks_.push_back(std::make_unique<SimulatedKiosk>(*this, kiosk.name() + "'", kiosk.master(), kiosk.content(),
                                                     kKioskPart + kiosks_.size(), kiosk.reach()));
  auto* const clone = kiosks_.back().get();
  for (auto bursts = dice_.between(0, 4); bursts > 0; --bursts)
    later(dice_.between(0, kSpanMs / 2), [clone, facts = dice_.between(1, 5)] { clone->record(facts); });
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
  at_some_time(plan_.clones, [=, this] { clone(*somebody()); });
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
  for (auto backups = plan_.backups; backups > 0; --backups) draw_backup(kSpanMs);
  at_some_time(plan_.newcomers, [this] { enrol_another(); });
}

// Nobody comes, and the machines have no power; then there is one more day. Kiosks may forget what is a month old.
void World::a_month_passes() {
  draw_backup(1);
  live_until(now() + 15 * 60'000);
  tell("a month passes");
  for (auto const& kiosk : kiosks_) kiosk->switch_off();
  time_.now_ms += kMonthMs;
  for (auto const& kiosk : kiosks_) kiosk->start();
  draw_day(plan_.records / 2 + 1);
  draw_backup(kSpanMs);
  if (dice_.chance(500)) later(dice_.between(kSpanMs / 10, kSpanMs), [this] { centre_->restore(); });
  if (dice_.chance(200)) {  // from a copy that was made before anything was wiped
    auto* const who = kiosks_[dice_.place_in(kiosks_.size())].get();
    later(dice_.between(kSpanMs / 10, kSpanMs), [who] { who->restore_folder(); });
  }
  live_until(now() + kSpanMs + kSpanMs / 4);
}

void World::live_until(std::uint64_t end_ms) {
  while (now() < end_ms && !events_.empty() && events_.begin()->first.first < end_ms) run_next();
  time_.now_ms = std::max(time_.now_ms, end_ms);
}

void World::live() {
  draw_day(plan_.records);
  draw_disasters();
  live_until(kSpanMs + kSpanMs / 2);
  if (plan_.months > 0) a_month_passes();
  settle();
}

// Every machine runs, the network is good, couriers lose nothing, and it goes on until there is nothing left to do.
// Twice: what one kiosk brings may change what another is told.
void World::settle() {
  settling_ = true;
  tell("the dust settles");
  centre_->start();
  for (auto const& kiosk : kiosks_) kiosk->start();
  for (int round = 0; round < 2; ++round) {
    settle_over_network();
    settle_by_couriers();
    centre_->assign_again();
  }
}

void World::settle_over_network() {
  auto const until = now() + kSettlesWithinMs;
  std::vector<SimulatedKiosk*> connected;
  for (auto const& kiosk : kiosks_)
    if (kiosk->reach() == Reach::kNetwork) connected.push_back(kiosk.get());
  for (auto* kiosk : connected) kiosk->sync_now();
  auto const all_rest = [&] {
    return std::all_of(connected.begin(), connected.end(), [](auto const* kiosk) { return kiosk->at_rest(); });
  };
  while (!all_rest() && now() < until && !events_.empty()) run_next();
  for (auto const* kiosk : connected) {
    if (kiosk->at_rest()) continue;
    auto const problem = kiosk->problem();
    violated("settles", fmt::format("kiosk {} is not done: {}", kiosk->name(),
                                    problem ? problem->code + ": " + problem->what : "no problem told"));
  }
}

void World::settle_by_couriers() {
  for (auto const& kiosk : kiosks_)
    if (kiosk->reach() == Reach::kCouriersOnly && !courier_->carry_all(*kiosk))
      violated("carried", fmt::format("couriers came to kiosk {} again and again, and something still waits there",
                                      kiosk->name()));
}

}  // namespace dga::simulator
