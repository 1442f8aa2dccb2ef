#pragma once

#include "sync/agent/parcel.h"
#include "sync/agent/transports/courier_site.h"

namespace dga::agent {

// A parcel as the page for phones offers it.
[[nodiscard]] CourierOffer courier_offer(Parcel parcel, Pinned const& pinned);

// What came of receipts, as that page answers. An error where nothing of what was brought is for this kiosk: the reason
// that was met first, else refused "parcel.not_ours".
[[nodiscard]] base::Result<CourierSettled> courier_settled(base::Result<ParcelReceipts> const& receipts);

}  // namespace dga::agent
