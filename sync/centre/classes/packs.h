#pragma once

#include <optional>

#include "sync/centre/context.h"

namespace dga::centre {

// A SignedPackQuery in, a SealedPack out; nothing (304) when the kiosk has the newest. Its version rises only when what
// is in it changed. Errors: protocol::verify_pack_query's; refused "pack.not_assigned", "device.revoked",
// "device.pending", "device.rejected"; usage "packquery.malformed".
// Thread: any.
[[nodiscard]] base::Result<std::optional<base::Bytes>> answer_pack_query(Context const& context,
                                                                         base::ByteView signed_query);

}  // namespace dga::centre
