#include "kiosk/app/sync_thread.h"

#include <algorithm>
#include <utility>

#include "kiosk/app/agent_keys.h"
#include "kiosk/app/store_outbox_proxy.h"
#include "shared/base/log.h"

namespace dga::app {
namespace {

using base::LogLevel;
using Phase = flow::SyncView::Phase;

}  // namespace

// All that the agent stands on. Stays until the owner goes, who may nudge it until then.
struct SyncThread::Running {
  Running(SyncThread& owner, AgentKeys keys, std::unique_ptr<agent::Transport> its_transport)
      : outbox(*owner.store_, *owner.clock_),
        transport(std::move(its_transport)),
        random(base::system_random()),
        agent({outbox, *transport, *owner.clock_, *random, std::move(keys.pinned), std::move(keys.signing),
               std::move(keys.box)},
              [&owner](agent::Progress const& progress) { owner.tell(progress); }) {}

  StoreOutboxProxy outbox;
  std::unique_ptr<agent::Transport> transport;
  std::unique_ptr<base::Random> random;
  agent::SyncThread agent;
};

SyncThread::SyncThread(Plan plan, StoreThread& store, base::Clock const& clock)
    : plan_(std::move(plan)), store_(&store), clock_(&clock), thread_([this](std::stop_token stop) { run(stop); }) {}

SyncThread::~SyncThread() = default;

void SyncThread::recorded(std::uint64_t records) {
  // The agent's own records come round, too; only what is new is worth a look.
  if (records > std::exchange(recorded_, records)) nudge(agent::SyncThread::Nudge::kRecorded);
}

void SyncThread::nudge(agent::SyncThread::Nudge why) {
  if (agent::SyncThread* agent = agent_) agent->nudge(why);
}

void SyncThread::off(base::Error const& error) {
  base::log(LogLevel::kWarning, "sync.off", {{"code", error.code}, {"what", base::describe(error)}});
  flow::SyncView view;
  view.phase = Phase::kRefused;
  view.problem_code = error.code;
  plan_.changed(std::move(view));
}

void SyncThread::run(std::stop_token stop) {
  auto keys = agent_keys(*store_);
  if (!keys) return off(keys.error());
  if (!plan_.centre.empty()) keys->pinned.address = plan_.centre;
  auto transport = plan_.make_transport(keys->pinned.address);
  if (!transport) return off(transport.error());
  running_ = std::make_unique<Running>(*this, std::move(*keys), std::move(transport).value());
  agent_ = &running_->agent;
  running_->agent.run(stop);
}

void SyncThread::tell(agent::Progress const& progress) {
  flow::SyncView view;
  view.round_trip_ms = progress.round_trip_ms;
  view.problem_code = progress.problem;
  switch (progress.phase) {
    case agent::Progress::Phase::kSending: view.phase = Phase::kSending; break;
    case agent::Progress::Phase::kUpToDate: view.phase = Phase::kUpToDate; break;
    case agent::Progress::Phase::kWaiting:
      // What cannot be reached comes back by itself; a centre that refuses needs somebody.
      view.phase = progress.problem.empty()                      ? Phase::kWaiting
                   : progress.fault == base::Fault::kUnreachable ? Phase::kOffline
                                                                 : Phase::kRefused;
      if (!progress.problem.empty()) base::log(LogLevel::kInfo, "sync.waits", {{"code", progress.problem}});
      break;
  }
  if (progress.pace) view.pace = flow::SyncView::Pace{progress.pace->records_per_second, progress.pace->seconds_left};
  view.forecast_bytes = progress.forecast.bytes;
  view.forecast_pack_bytes = progress.forecast.pack_bytes;
  if (progress.budget) view.budget = flow::SyncView::Budget{progress.budget->most_bytes, progress.budget->used_bytes};
  if (progress.next_try_ms)
    view.next_try_ms =
        clock_->wall_ms() +
        static_cast<std::int64_t>(*progress.next_try_ms - std::min(*progress.next_try_ms, clock_->mono_ms()));
  plan_.changed(std::move(view));
}

}  // namespace dga::app
