#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "kiosk/app/store_thread.h"
#include "kiosk/flow/state.h"
#include "shared/base/mailbox.h"
#include "sync/agent/session.h"

namespace dga::app {

// Makes the road to the centre at an address; main says which.
using MakeTransport = std::function<base::Result<std::unique_ptr<agent::Transport>>(std::string const& address)>;

// The thread that talks to the centre. It may wait, with time limits; it asks the store thread for what it needs and
// waits for that, too. Ends by itself when the kiosk is not enrolled.
class SyncThread {
 public:
  struct Plan {
    std::string centre;  // overrules the address given at enrolment; may be empty
    MakeTransport make_transport;
    // Called on the sync thread when something has changed; must not wait.
    std::function<void(flow::SyncView)> changed;
  };
  // Both outlive the thread. The kiosk behind `store` is unlocked.
  SyncThread(Plan plan, StoreThread& store, base::Clock const& clock);
  // Ends a request in flight, and the thread.
  ~SyncThread();
  SyncThread(SyncThread const&) = delete;
  SyncThread& operator=(SyncThread const&) = delete;

  // A person wants it now. Thread: any.
  void hurry() { nudge(Nudge::kHurry); }
  // Something was recorded. Thread: any.
  void something_new() { nudge(Nudge::kNewRecords); }

 private:
  enum class Nudge { kHurry, kNewRecords };
  void nudge(Nudge one) { [[maybe_unused]] bool const told = nudges_.try_send(one); }  // full: it knows already
  void run(std::stop_token stop);
  void rest(agent::Session& session, agent::Rest const& rest, std::stop_token stop);
  void tell(agent::Session const& session, agent::Rest const* rest);

  Plan plan_;
  StoreThread* store_;
  base::Clock const* clock_;
  base::Mailbox<Nudge> nudges_{4};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace dga::app
