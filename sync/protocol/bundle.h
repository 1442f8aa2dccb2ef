#pragma once

#include <cstdint>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::protocol {

// A file of frames that a courier carries (protocol.md, "Roads").
enum class FrameKind : std::uint8_t {
  kSealedBatch = 1,
  kSignedBallots = 2,
  kSignedReceipt = 3,
  kSealedPack = 4,
  kSignedCertificate = 5,
  kSignedHeadQuery = 6,
};
struct Frame {
  std::uint8_t kind = 0;  // as it came: a newer writer may know kinds that we do not
  base::Bytes payload;
};

inline constexpr std::size_t kMostBundleBytes = 64 * 1024 * 1024;
inline constexpr std::size_t kMostFrameBytes = 2 * 1024 * 1024;

// Refused "bundle.too_large".
[[nodiscard]] base::Result<base::Bytes> write_bundle(std::vector<Frame> const& frames);

struct BundleContent {
  std::vector<Frame> frames;
  std::uint32_t failures = 0;  // places where reading had to find its way again
  bool cut = false;            // the end is missing
};
// Every whole frame; goes on one byte after a failed magic, gives up after `most_failures`.
// Refused "bundle.not_one" when it does not begin as a bundle.
[[nodiscard]] base::Result<BundleContent> read_bundle(base::ByteView bytes, std::uint32_t most_failures = 64);

}  // namespace dga::protocol
