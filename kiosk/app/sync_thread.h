#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "kiosk/app/store_thread.h"
#include "kiosk/flow/state.h"
#include "sync/agent/thread.h"

namespace dga::app {

// Makes the road to the centre at an address; main says which.
using MakeTransport = std::function<base::Result<std::unique_ptr<agent::Transport>>(std::string const& address)>;

// The thread that talks to the centre: the agent over a proxy of the kiosk's store. It may wait, with time limits, and
// waits for the store thread, too. Ends by itself when the kiosk is not enrolled or revoked.
class SyncThread {
 public:
  struct Plan {
    std::string centre;  // overrules the address given at enrolment; may be empty
    MakeTransport make_transport;
    // Called on the sync thread when something has changed; must not wait. The counts are not filled in.
    std::function<void(flow::SyncView)> changed;
  };
  // Both outlive the thread. The kiosk behind `store` is unlocked.
  SyncThread(Plan plan, StoreThread& store, base::Clock const& clock);
  // Ends a request in flight, and the thread.
  ~SyncThread();
  SyncThread(SyncThread const&) = delete;
  SyncThread& operator=(SyncThread const&) = delete;

  // A person wants it now. Thread: that of the owner.
  void hurry() { nudge(agent::SyncThread::Nudge::kAsked); }
  // The log has so many records by now. Thread: that of the owner.
  void recorded(std::uint64_t records);

 private:
  void run(std::stop_token stop);
  void nudge(agent::SyncThread::Nudge why);
  void tell(agent::Progress const& progress);
  void off(base::Error const& error);

  Plan plan_;
  StoreThread* store_;
  base::Clock const* clock_;
  std::uint64_t recorded_ = 0;
  struct Running;
  std::unique_ptr<Running> running_;                 // made by the thread, let go with the owner
  std::atomic<agent::SyncThread*> agent_ = nullptr;  // once it is made
  std::jthread thread_;                              // last: it uses all of the above
};

}  // namespace dga::app
