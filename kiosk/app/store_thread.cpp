#include "kiosk/app/store_thread.h"

#include <chrono>
#include <utility>

#include "shared/base/log.h"
#include "sync/agent/budget.h"

namespace dga::app {
namespace {

using base::LogLevel;

// Check-ins that may wait; beyond it a scanner is read no further.
constexpr std::size_t kMostWaiting = 4'096;
// Taken in one round, and so in one commit: at 300 bytes a record some 150 KiB.
constexpr std::size_t kMostInARound = 512;
// So long without a question, and the counts are told; so much longer, and the WAL is moved: nobody waits then.
constexpr std::chrono::milliseconds kQuiet{100};
constexpr std::chrono::milliseconds kQuieter{2'000};
// Where nothing happens at all the room on the disk and the clocks are looked at so often.
constexpr std::chrono::milliseconds kQuietest{30'000};
// Where there is no quiet the counts are told now and then all the same: they wake the sync thread.
constexpr std::uint64_t kCountsAtLeastEveryMs = 2'000;

void report(std::string_view event, base::Error const& error) {
  base::log(LogLevel::kError, event, {{"code", error.code}, {"what", base::describe(error)}});
}

}  // namespace

StoreThread::StoreThread(std::filesystem::path folder, std::unique_ptr<Kiosk> kiosk, base::Clock const& clock,
                         Deliver deliver, std::unique_ptr<store::DiskSpace> disk)
    : folder_(std::move(folder)),
      disk_(std::move(disk)),
      kiosk_(std::move(kiosk)),
      clock_(&clock),
      deliver_(std::move(deliver)),
      mailbox_(kMostWaiting) {
  thread_ = std::thread([this] { run(); });
}

StoreThread::~StoreThread() {
  mailbox_.close();
  thread_.join();
}

void StoreThread::run() {
  if (kiosk_) started();
  hand_over();
  for (;;) {
    auto asks = counts_stale_ || more_upkeep_ ? mailbox_.receive_for(kMostInARound, kQuiet)
                : wal_stale_                  ? mailbox_.receive_for(kMostInARound, kQuieter)
                : kiosk_                      ? mailbox_.receive_for(kMostInARound, kQuietest)
                                              : mailbox_.receive(kMostInARound);
    if (!asks.empty()) {
      round(std::move(asks));
      if (counts_stale_ && clock_->mono_ms() >= counted_ms_ + kCountsAtLeastEveryMs) tell_counts();
    } else if (mailbox_.closed()) {
      break;
    } else {
      quiet();
    }
    hand_over();
  }
  if (!kiosk_) return;
  if (auto done = kiosk_->record(v1::KioskEvent::STOPPED, ""); !done) report("kiosk.stop_not_recorded", done.error());
  if (auto done = kiosk_->store().database().checkpoint(); !done) report("store.checkpoint_failed", done.error());
}

void StoreThread::hand_over() {
  if (!said_.empty()) deliver_(std::exchange(said_, {}));
}

void StoreThread::started() {
  upkeep_.emplace(*kiosk_, folder_, *clock_, std::move(disk_));
  upkeep_->started();
  if (auto news = upkeep_->news()) say(std::move(*news));
  tell_limit();
  tell_clock();
}

void StoreThread::round(std::vector<Ask> asks) {
  if (upkeep_) upkeep_->before_work();
  std::vector<desk::Visit> visits;
  for (Ask& one : asks)
    if (auto* serving = std::get_if<ask::Serve>(&one)) visits.push_back(std::move(serving->visit));
  if (!visits.empty()) {
    serve(visits);
    hand_over();  // people wait for these; the others may take their time
  }
  for (Ask& one : asks) std::visit([this](auto& question) { on(question); }, one);
  if (upkeep_ && std::exchange(serving_went_well_, false)) upkeep_->after_work();
  if (auto news = upkeep_ ? upkeep_->news() : std::nullopt) say(std::move(*news));
}

void StoreThread::serve(std::vector<desk::Visit> const& visits) {
  auto outcomes =
      kiosk_ ? kiosk_->desk().serve(visits)
             : base::Result<std::vector<flow::Outcome>>(base::refused("kiosk.locked", "the kiosk is not unlocked yet"));
  if (!outcomes) {
    report("desk.failed", outcomes.error());
    if (upkeep_) upkeep_->failed(outcomes.error().code);
    for (std::size_t i = 0; i < visits.size(); ++i) say(flow::event::StoreFailed{outcomes.error().code});
    return;
  }
  for (flow::Outcome& outcome : *outcomes) say(flow::event::Settled{std::move(outcome)});
  serving_went_well_ = true;
  counts_stale_ = wal_stale_ = true;
}

void StoreThread::quiet() {
  if (!kiosk_) {
    counts_stale_ = wal_stale_ = false;
  } else if (counts_stale_) {
    tell_counts();
  } else {
    upkeep();
    tell_clock();  // somebody may have set the clock
    wal_stale_ = false;
    if (auto done = kiosk_->store().database().checkpoint(); !done) report("store.checkpoint_failed", done.error());
  }
}

void StoreThread::upkeep() {
  auto const before = kiosk_->store().head().seq;
  more_upkeep_ = upkeep_->idle();
  if (kiosk_->store().head().seq != before) counts_stale_ = true;
  if (auto news = upkeep_->news()) say(std::move(*news));
}

void StoreThread::tell_counts() {
  counts_stale_ = false;
  counted_ms_ = clock_->mono_ms();
  if (!kiosk_) return;
  if (auto counts = kiosk_->counts(); counts.ok())
    say(*counts);
  else
    report("store.count_failed", counts.error());
}

void StoreThread::on(ask::Unlock& unlock) {
  auto opened =
      kiosk_ ? base::Result<std::unique_ptr<Kiosk>>(std::move(kiosk_)) : Kiosk::open(folder_, unlock.secret, *clock_);
  unlock.secret = crypto::Passphrase("");  // wiped
  if (!opened) {
    base::log(LogLevel::kWarning, "kiosk.unlock_failed",
              {{"code", opened.error().code}, {"what", base::describe(opened.error())}});
    say(flow::event::UnlockFailed{opened.error().code});
    return;
  }
  kiosk_ = std::move(opened).value();
  if (!upkeep_) started();  // it may be asked again: a kiosk that is not enrolled stays locked
  counts_stale_ = wal_stale_ = true;
  auto const ready = kiosk_->ready();
  if (!ready && ready.error().code == "kiosk.not_enrolled") {
    say(flow::event::UnlockFailed{ready.error().code});
    return;
  }
  say(flow::event::Unlocked{kiosk_->desk().a_class(), kiosk_->name()});
}

void StoreThread::on(ask::CheckPin& check) {
  if (!kiosk_) return;
  auto answer = kiosk_->check_pin(check.pin);
  check.pin.assign(check.pin.size(), '\0');
  counts_stale_ = wal_stale_ = true;
  if (!answer) {
    report("pin.failed", answer.error());
    say(flow::event::StoreFailed{answer.error().code});
    return;
  }
  std::visit([this](auto& one) { say(std::move(one)); }, *answer);
}

void StoreThread::on(ask::SignOutStaff& sign_out) {
  if (!kiosk_) return;
  counts_stale_ = wal_stale_ = true;
  if (auto done = kiosk_->record(v1::KioskEvent::STAFF_SIGNED_OUT, "", sign_out.number); !done)
    report("staff.sign_out_not_recorded", done.error());
}

void StoreThread::on(ask::ListPresent&) {
  if (!kiosk_) return;
  auto presence = kiosk_->desk().presence();
  say(flow::event::PresentChanged{presence.in_session, std::move(presence.lines),
                                  std::move(presence.arrivals_per_5_minutes)});
}

void StoreThread::on(ask::Work& work) {
  work.work(kiosk_.get());
  counts_stale_ = wal_stale_ = true;
  if (kiosk_ && upkeep_) tell_clock();  // the centre may have said what time it is
}

void StoreThread::on(ask::LimitData& limit) {
  if (!kiosk_) return;
  auto const kept = agent::set_budget(kiosk_->store(), *clock_, limit.most_bytes);
  if (!kept) report("sync.limit_not_kept", kept.error());
  wal_stale_ = true;
  tell_limit(kept ? std::string() : kept.error().code);
}

void StoreThread::on(ask::TellTime& told) {
  if (kiosk_) told_time(kiosk_->desk().tell_time(told.session, told.at_ms, told.staff));
}

void StoreThread::on(ask::BelieveClock& again) {
  if (kiosk_) told_time(kiosk_->desk().name_no_session(again.staff));
}

void StoreThread::told_time(base::Done const& kept) {
  if (!kept) report("clock.not_told", kept.error());
  counts_stale_ = wal_stale_ = true;
  tell_clock();
  ask::ListPresent list;
  on(list);
  say(flow::event::TimeTold{kept ? std::string() : kept.error().code});
}

// By whose word it goes, where that is another one than before; carried on by the same clock it is none.
void StoreThread::tell_clock() {
  constexpr std::int64_t kOfNoWeightMs = 1'000;
  if (auto done = kiosk_->desk().look_at_clock(); !done) report("clock.not_looked_at", done.error());
  auto const now = kiosk_->desk().clock();
  auto const begins = [](flow::ClockView const& view) { return view.at_ms - static_cast<std::int64_t>(view.mono_ms); };
  auto const moved = begins(now) - begins(told_clock_);
  bool const same = now.source == told_clock_.source && now.session == told_clock_.session && moved <= kOfNoWeightMs &&
                    moved >= -kOfNoWeightMs;
  if (same) return;
  base::log(LogLevel::kInfo, "clock.believed", {{"source", std::to_string(static_cast<int>(now.source))}});
  told_clock_ = now;
  counts_stale_ = true;
  say(flow::event::ClockChanged{now});
}

// As it is kept, so that the screen never shows one that would be gone after the next start.
void StoreThread::tell_limit(std::string error_code) {
  auto const kept = agent::read_budget(kiosk_->store(), *clock_);
  if (!kept) return report("sync.limit_unknown", kept.error());
  flow::event::LimitKept told;
  told.error_code = std::move(error_code);
  if (*kept) told.budget = flow::SyncView::Budget{(*kept)->most_bytes, (*kept)->used_bytes};
  say(std::move(told));
}

void StoreThread::on(ask::TellClass&) {
  if (kiosk_) say(flow::event::ClassReplaced{kiosk_->desk().a_class()});
}

}  // namespace dga::app
