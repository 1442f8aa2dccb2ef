#include "kiosk/app/courier_thread.h"

#include <utility>

#include "kiosk/app/agent_keys.h"
#include "kiosk/app/store_outbox_proxy.h"
#include "shared/base/log.h"
#include "sync/agent/transports/folder.h"

namespace dga::app {
namespace {

using Phase = flow::CourierView::Phase;

base::Result<agent::Handover> visit(StoreThread& store, base::Clock const& clock, std::filesystem::path const& stick) {
  TRY(auto const keys, agent_keys(store));
  StoreOutboxProxy outbox(store, clock);
  auto const random = base::system_random();
  return agent::visit_folder({outbox, keys.pinned, keys.signing, keys.box, *random}, stick);
}

}  // namespace

CourierThread::CourierThread(Plan plan, StoreThread& store, base::Clock const& clock)
    : plan_(std::move(plan)),
      store_(&store),
      clock_(&clock),
      watch_(plan_.folder),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

CourierThread::~CourierThread() {
  thread_.request_stop();
  watch_.wake();
}

void CourierThread::carry() {
  asked_ = true;
  watch_.wake();
}

void CourierThread::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    look();
    if (asked_.exchange(false)) hand_over();
    watch_.wait();
  }
}

// What was said of a stick stays until it is pulled out.
void CourierThread::look() {
  bool const there = !watch_.there().empty();
  if (there && told_.phase == Phase::kNoStick) tell({Phase::kReady, 0, 0, 0, false, {}});
  if (!there && told_.phase != Phase::kNoStick) tell({});
}

void CourierThread::hand_over() {
  auto const sticks = watch_.there();
  if (sticks.empty()) return tell({});
  tell({Phase::kWriting, 0, 0, 0, false, {}});
  auto const done = visit(*store_, *clock_, sticks.front());
  if (!done.ok()) {
    base::log(base::LogLevel::kWarning, "courier.failed",
              {{"code", done.error().code}, {"what", base::describe(done.error())}});
    return tell({Phase::kFailed, 0, 0, 0, false, done.error().code});
  }
  flow::CourierView view{Phase::kDone, 0, 0, done->back.acknowledged, done->back.pack_version > 0, {}};
  if (done->parcel) {
    view.written = done->parcel->records;
    view.left = done->parcel->left;
  }
  base::log(base::LogLevel::kInfo, "courier.handed_over",
            {{"records", std::to_string(view.written)}, {"acknowledged", std::to_string(view.acknowledged)}});
  tell(std::move(view));
}

void CourierThread::tell(flow::CourierView view) {
  if (view == told_) return;
  told_ = view;
  plan_.changed(std::move(view));
}

}  // namespace dga::app
