#include "kiosk/app/sync_thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "kiosk/app/store_outbox_proxy.h"
#include "shared/base/log.h"

namespace dga::app {
namespace {

using base::LogLevel;

// New records wait this long for company: a class that streams in makes a few batches and not hundreds.
constexpr std::chrono::milliseconds kGather{2'000};

struct Keys {
  agent::Pinned pinned;
  crypto::SigningKey signing;
  crypto::BoxKey box;
};

base::Result<Keys> keys_of(StoreThread& store) {
  return on_store_thread<Keys>(store, [](Kiosk& kiosk) -> base::Result<Keys> {
    TRY(auto pinned, agent::read_pinned(kiosk.store()));
    return Keys{std::move(pinned), kiosk.opened().signing, kiosk.opened().box};
  });
}

}  // namespace

SyncThread::SyncThread(Plan plan, StoreThread& store, base::Clock const& clock)
    : plan_(std::move(plan)), store_(&store), clock_(&clock), thread_([this](std::stop_token stop) { run(stop); }) {}

SyncThread::~SyncThread() {
  thread_.request_stop();
  nudges_.close();
}

void SyncThread::run(std::stop_token stop) {
  auto keys = keys_of(*store_);
  if (!keys) {
    base::log(LogLevel::kInfo, "sync.off", {{"code", keys.error().code}});
    return;
  }
  if (!plan_.centre.empty()) keys->pinned.address = plan_.centre;
  auto transport = plan_.make_transport(keys->pinned.address);
  if (!transport) {
    base::log(LogLevel::kError, "sync.off", {{"code", transport.error().code}, {"what", base::describe(transport.error())}});
    flow::SyncView view;
    view.problem_code = transport.error().code;
    plan_.changed(view);
    return;
  }
  StoreOutboxProxy outbox(*store_, *clock_);
  auto const random = base::system_random();
  agent::Session session({outbox, **transport, *clock_, *random, std::move(keys->pinned), std::move(keys->signing), std::move(keys->box)});
  while (!stop.stop_requested()) {
    auto const resting = session.turn(stop);
    tell(session, resting ? &*resting : nullptr);
    if (resting) rest(session, *resting, stop);
  }
}

void SyncThread::rest(agent::Session& session, agent::Rest const& rest, std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::uint64_t const now_ms = clock_->mono_ms();
    if (now_ms >= rest.until_ms) return;
    auto const nudges = nudges_.receive_for(4, std::chrono::milliseconds(rest.until_ms - now_ms), stop);
    if (std::find(nudges.begin(), nudges.end(), Nudge::kHurry) != nudges.end()) {
      session.hurry();
      return;
    }
    // While it backs off, new records change nothing.
    if (nudges.empty() || rest.why != agent::Rest::Why::kUpToDate) continue;
    auto const more = nudges_.receive_for(1, kGather, stop);
    if (!more.empty() && more.front() == Nudge::kHurry) session.hurry();
    return;
  }
}

void SyncThread::tell(agent::Session const& session, agent::Rest const* rest) {
  flow::SyncView view;
  view.phase = flow::SyncView::Phase::kSending;
  view.round_trip_ms = session.round_trip_ms();
  auto const problem = session.problem();
  if (problem) view.problem_code = problem->code;
  if (rest) {
    switch (rest->why) {
      case agent::Rest::Why::kUpToDate: view.phase = flow::SyncView::Phase::kUpToDate; break;
      case agent::Rest::Why::kStopped: view.phase = flow::SyncView::Phase::kRefused; break;
      case agent::Rest::Why::kBackOff:
        view.phase = problem && problem->fault == base::Fault::kUnreachable ? flow::SyncView::Phase::kOffline : flow::SyncView::Phase::kWaiting;
        view.next_try_ms = clock_->wall_ms() + static_cast<std::int64_t>(rest->until_ms - std::min(rest->until_ms, clock_->mono_ms()));
        break;
    }
    if (problem) base::log(LogLevel::kInfo, "sync.waits", {{"code", problem->code}});
  }
  plan_.changed(view);
}

}  // namespace dga::app
