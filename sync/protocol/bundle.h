#pragma once

#include <cstdint>
#include <optional>
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

// A frame where it stands: `payload` looks into the bundle's bytes.
struct FrameView {
  std::uint8_t kind = 0;
  base::ByteView payload;
  std::size_t at = 0;  // of its magic, from the bundle's first byte
};

// Where damage stops a reader for good (protocol.md, "Roads").
inline constexpr std::uint32_t kMostBundleFailures = 64;

// Gives a bundle's whole frames one after another, and keeps nothing of them. After a failed magic it goes on one byte
// further, and gives up after `most_failures`.
class BundleReader {
 public:
  // `bytes` outlive the reader and what it gives. Refused "bundle.not_one" when they do not begin as a bundle,
  // "bundle.too_large".
  [[nodiscard]] static base::Result<BundleReader> begin(base::ByteView bytes,
                                                        std::uint32_t most_failures = kMostBundleFailures);
  // Nothing at the end, whatever kind of end it is.
  [[nodiscard]] std::optional<FrameView> next();
  // So far: places where reading had to find its way again.
  [[nodiscard]] std::uint32_t failures() const { return failures_; }
  // After the last frame: the end is missing.
  [[nodiscard]] bool cut() const { return cut_; }
  // After the last frame: so much was damaged that the rest was not looked at.
  [[nodiscard]] bool gave_up() const { return failures_ >= most_failures_; }

 private:
  BundleReader(base::ByteView bytes, std::uint32_t most_failures);

  base::ByteView bytes_;
  std::uint32_t most_failures_;
  std::size_t at_;
  std::uint32_t failures_ = 0;
  bool cut_ = false;
};

struct BundleContent {
  std::vector<Frame> frames;
  std::uint32_t failures = 0;  // places where reading had to find its way again
  bool cut = false;            // the end is missing
};
// All that a BundleReader gives, copied. The reader's errors.
[[nodiscard]] base::Result<BundleContent> read_bundle(base::ByteView bytes,
                                                      std::uint32_t most_failures = kMostBundleFailures);
// How much of a bundle a frame with such a payload takes.
[[nodiscard]] std::size_t frame_bytes(std::size_t payload_bytes);

}  // namespace dga::protocol
