#pragma once

#include <optional>

#include "sync/centre/context.h"
#include "sync/protocol/bundle.h"

namespace dga::centre {

// A SignedPackQuery in, a SealedPack out; nothing (304) when the kiosk has the newest. Its version rises only when what
// is in it changed. Errors: protocol::verify_pack_query's; refused "pack.not_assigned", "device.revoked",
// "device.pending", "device.rejected"; usage "packquery.malformed".
// Thread: any.
[[nodiscard]] base::Result<std::optional<base::Bytes>> answer_pack_query(Context const& context,
                                                                         base::ByteView signed_query);

struct CourierPack {
  std::uint64_t class_id = 0;
  base::Bytes sealed;
  // A frame of a courier's file takes no more than 2 MiB, some tens of thousands of people: a larger class reaches its
  // kiosk over the network alone.
  [[nodiscard]] bool fits() const { return sealed.size() <= protocol::kMostFrameBytes; }
};
// The newest pack of the class that the device serves, to be carried to it as a file: it repeats no nonce. Nothing for
// a device that is not active or serves no class. Thread: any.
[[nodiscard]] base::Result<std::optional<CourierPack>> pack_for_courier(Context const& context,
                                                                        base::DeviceId const& device);

}  // namespace dga::centre
