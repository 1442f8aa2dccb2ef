#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "kiosk/app/store_thread.h"
#include "shared/base/mailbox.h"
#include "shared/base/random.h"
#include "sync/agent/transports/courier_page.h"

namespace dga::app {

// The phone road (protocol.md, "Roads"): makes the bundle, opens and closes the page that phones take it from, and
// settles receipts that come back by hand. It waits for the store thread and the network; its owner never does.
class PhoneThread {
 public:
  struct Plan {
    std::string centre;   // overrules the address given at enrolment; may be empty
    std::string address;  // this machine's, to serve at; empty: the likeliest on the network
    // Called on this thread and on the page's with PhoneChanged and ReceiptHanded; must not wait for either.
    std::function<void(flow::Event)> tell;
  };
  // Both outlive the thread.
  PhoneThread(Plan plan, StoreThread& store, base::Clock const& clock);
  // Closes the page, and ends.
  ~PhoneThread();
  PhoneThread(PhoneThread const&) = delete;
  PhoneThread& operator=(PhoneThread const&) = delete;

  // Thread: that of the owner. None of them waits.
  void open() { ask(Open{}); }
  void close() { ask(Close{}); }
  void settle(base::Bytes receipt) { ask(Settle{std::move(receipt)}); }

 private:
  struct Open {};
  struct Close {};
  struct Settle {
    base::Bytes receipt;
  };
  using Asked = std::variant<Open, Close, Settle>;

  void ask(Asked one);
  void run();
  void on(Open const&);
  void on(Close const&);
  void on(Settle const& settle);
  [[nodiscard]] base::Done open_page();
  [[nodiscard]] base::Result<agent::CourierSettled> settle_receipts(base::ByteView receipts);
  void tell_receipt(base::Result<agent::CourierSettled> const& settled);

  Plan plan_;
  StoreThread* store_;
  base::Clock const* clock_;
  std::unique_ptr<base::Random> random_;
  base::Mailbox<Asked> asked_;
  std::unique_ptr<agent::CourierPage> page_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace dga::app
