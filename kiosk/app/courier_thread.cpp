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

// What people should know of what the stick brought, besides what was taken.
std::string receipts_problem(agent::Handover const& done) {
  if (done.back.problem) return done.back.problem->code;
  bool const whole = done.files_not_read == 0 && done.back.damages == 0 && !done.back.cut;
  return whole ? "" : "courier.not_read";
}

flow::CourierView phase(Phase phase) {
  flow::CourierView view;
  view.phase = phase;
  return view;
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
  if (there && told_.phase == Phase::kNoStick) tell(phase(Phase::kReady));
  if (!there && told_.phase != Phase::kNoStick) tell({});
}

void CourierThread::hand_over() {
  auto const sticks = watch_.there();
  if (sticks.empty()) return tell({});
  tell(phase(Phase::kWriting));
  auto const done = visit(*store_, *clock_, sticks.front());
  if (!done.ok()) {
    base::log(base::LogLevel::kWarning, "courier.failed",
              {{"code", done.error().code}, {"what", base::describe(done.error())}});
    auto failed = phase(Phase::kFailed);
    failed.problem_code = done.error().code;
    return tell(std::move(failed));
  }
  auto view = phase(Phase::kDone);
  view.acknowledged = done->back.acknowledged;
  view.new_class = done->back.pack_version > 0;
  view.receipts_problem = receipts_problem(*done);
  if (done->parcel) {
    view.written = done->parcel->records;
    view.left = done->parcel->left;
  }
  base::log(base::LogLevel::kInfo, "courier.handed_over",
            {{"records", std::to_string(view.written)},
             {"acknowledged", std::to_string(view.acknowledged)},
             {"not_taken", view.receipts_problem}});
  tell(std::move(view));
}

void CourierThread::tell(flow::CourierView view) {
  if (view == told_) return;
  told_ = view;
  plan_.changed(std::move(view));
}

}  // namespace dga::app
