#pragma once

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::protocol {

// zstd as protocol.md has it: one frame, content size present, no dictionary, windowLog <= 20, nothing after it.
[[nodiscard]] base::Bytes compress(base::ByteView plain);
// Damaged "compression.damaged" unless it is such a frame of exactly `plain_bytes`; allocates no more than that.
[[nodiscard]] base::Result<base::Bytes> decompress(base::ByteView frame, std::size_t plain_bytes);

}  // namespace dga::protocol
