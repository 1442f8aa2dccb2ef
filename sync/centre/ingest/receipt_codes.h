#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/centre/context.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::centre {

// More logs than one courier carries; what is beyond them is in the file all the same.
inline constexpr std::size_t kMostReceiptCodes = 64;

// One log's newest receipt of a bundle, as people read it and as a scanner does.
struct ReceiptCode {
  v1::Receipt receipt;  // as it was signed before, its quarantine list included
  std::string kiosk;    // the device's name; empty where it is not known
  // The first record that the device has signed for, or that waits for it in a parked batch, and that is not here;
  // 0 where nothing is missing. (A receipt's want_from is one more than received_through even where all is here.)
  std::uint64_t missing_from = 0;
  std::string digits;  // protocol.md, "QR": without the quarantine list, with at most two boxes
};

// Signs the receipts of a bundle anew in their short form. It says nothing that this centre has not signed already, so
// it asks nobody who they are; frames that are no receipts of this centre's are left out. In the order in which their
// logs first stand in the bundle. Refused or damaged as read_bundle says; the store's errors.
[[nodiscard]] base::Result<std::vector<ReceiptCode>> receipt_codes(Context const& context, base::ByteView bundle);

}  // namespace dga::centre
