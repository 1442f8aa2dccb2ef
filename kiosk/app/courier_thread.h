#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "kiosk/app/store_thread.h"
#include "kiosk/flow/state.h"
#include "sync/agent/transports/sticks.h"

namespace dga::app {

// The thread that waits for USB sticks and hands over to them: asks the store thread through a proxy, so that neither
// the window nor check-ins wait for a slow stick.
class CourierThread {
 public:
  struct Plan {
    std::filesystem::path folder;  // counts as a stick while it is there; empty for none
    // Called on the courier's thread when something has changed; must not wait.
    std::function<void(flow::CourierView)> changed;
  };
  // Both outlive the thread. The kiosk behind `store` is unlocked.
  CourierThread(Plan plan, StoreThread& store, base::Clock const& clock);
  ~CourierThread();
  CourierThread(CourierThread const&) = delete;
  CourierThread& operator=(CourierThread const&) = delete;

  // A person wants it now: receipts in, a parcel out. Thread: any.
  void carry();

 private:
  void run(std::stop_token stop);
  void look();
  void hand_over();
  void tell(flow::CourierView view);

  Plan plan_;
  StoreThread* store_;
  base::Clock const* clock_;
  agent::StickWatch watch_;
  flow::CourierView told_;
  std::atomic<bool> asked_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace dga::app
