#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sync/agent/transports/courier_site.h"

namespace dga::agent {

// How much one phone may ask of a kiosk, and for how long. Monotonic milliseconds.
struct CourierLimits {
  std::uint64_t head_ms = 10'000;    // from a connection's beginning to the end of its request's head
  std::uint64_t upload_ms = 60'000;  // and to the end of a body
  unsigned connections = 2;          // at once; who comes later waits in the system's queue
};

// The page from which a phone on the same network takes this kiosk's bundle, and to which it brings receipts back.
// There from open() to the end of its life, on one address and one port that the system chooses, a request a
// connection.
// Thread: made and ended by one; the callbacks run on a thread of the page's own.
class CourierPage {
 public:
  struct Parts {
    CourierOffer offer;
    SettleReceipts settle;                         // may wait for the store
    std::function<void(CourierNews const&)> news;  // when something has happened; must not wait long
    std::string address;                           // IPv4 of this machine, as lan_addresses() gives it
    base::Clock const& clock;                      // these outlive the page
    base::Random& random;
    CourierLimits limits = {};
  };
  // Refused "phone.address" for no IPv4 address; storage "phone.not_bound" when nothing can listen there; damaged or
  // refused as the pages' assets are.
  [[nodiscard]] static base::Result<std::unique_ptr<CourierPage>> open(Parts parts);
  virtual ~CourierPage() = default;

  [[nodiscard]] virtual std::string const& url() const = 0;    // "http://192.168.1.20:41234/0011..."
  [[nodiscard]] virtual std::uint64_t expires_ms() const = 0;  // monotonic
};

}  // namespace dga::agent
