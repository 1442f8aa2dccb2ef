#include "sync/protocol/bundle.h"

#include "shared/crypto/hash.h"

namespace dga::protocol {
namespace {

constexpr base::ByteView kBundleMagic = "DGAB1\n";
constexpr base::ByteView kFrameMagic = "DGAf";
constexpr std::size_t kFrameHeaderBytes = 4 + 4 + 1;
constexpr std::size_t kFrameCheckBytes = 4;

base::Bytes check_of(std::uint8_t kind, base::ByteView payload) {
  char const kind_byte = static_cast<char>(kind);
  return crypto::hash({base::ByteView(&kind_byte, 1), payload}).bytes().substr(0, kFrameCheckBytes);
}

base::Error too_large(std::string what) {
  return base::refused("bundle.too_large", std::move(what), "divide it into several bundles");
}

// What stands at one place of a bundle.
struct Found {
  std::optional<FrameView> frame;
  std::size_t bytes = 0;       // of the whole frame, where there is one
  bool runs_past_end = false;  // begins like a frame, and the bytes end before it does
};

Found frame_at(base::ByteView rest) {
  auto const known = rest.substr(0, kFrameMagic.size());
  if (known != kFrameMagic.substr(0, known.size())) return {};
  if (rest.size() < kFrameHeaderBytes) return {std::nullopt, 0, true};
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{static_cast<std::uint8_t>(rest[4 + i])} << (8 * i);
  if (length > kMostFrameBytes) return {};
  auto const whole = kFrameHeaderBytes + length + kFrameCheckBytes;
  if (rest.size() < whole) return {std::nullopt, 0, true};
  auto const kind = static_cast<std::uint8_t>(rest[8]);
  auto const payload = rest.substr(kFrameHeaderBytes, length);
  if (rest.substr(kFrameHeaderBytes + length, kFrameCheckBytes) != check_of(kind, payload)) return {};
  return {FrameView{kind, payload, 0}, whole, false};
}

}  // namespace

base::Result<base::Bytes> write_bundle(std::vector<Frame> const& frames) {
  auto total = kBundleMagic.size();
  for (auto const& frame : frames) {
    if (frame.payload.size() > kMostFrameBytes)
      return too_large("wrote a frame of " + std::to_string(frame.payload.size()) + " bytes, where 2 MiB is the most");
    total += frame_bytes(frame.payload.size());
  }
  if (total > kMostBundleBytes)
    return too_large("wrote a bundle of " + std::to_string(total) + " bytes, where 64 MiB is the most");

  base::Bytes bytes;
  bytes.reserve(total);
  bytes += kBundleMagic;
  for (auto const& frame : frames) {
    bytes += kFrameMagic;
    bytes += base::le64(frame.payload.size()).substr(0, 4);
    bytes += static_cast<char>(frame.kind);
    bytes += frame.payload;
    bytes += check_of(frame.kind, frame.payload);
  }
  return bytes;
}

std::size_t frame_bytes(std::size_t payload_bytes) { return kFrameHeaderBytes + payload_bytes + kFrameCheckBytes; }

BundleReader::BundleReader(base::ByteView bytes, std::uint32_t most_failures)
    : bytes_(bytes), most_failures_(most_failures), at_(kBundleMagic.size()) {}

base::Result<BundleReader> BundleReader::begin(base::ByteView bytes, std::uint32_t most_failures) {
  if (bytes.size() > kMostBundleBytes)
    return too_large("read a bundle of " + std::to_string(bytes.size()) + " bytes, where 64 MiB is the most");
  if (bytes.substr(0, kBundleMagic.size()) != kBundleMagic)
    return base::refused("bundle.not_one", "read a file that does not begin as a bundle",
                         "choose a file that ends in .dgab");
  return BundleReader(bytes, most_failures);
}

std::optional<FrameView> BundleReader::next() {
  while (at_ < bytes_.size() && !gave_up()) {
    auto found = frame_at(bytes_.substr(at_));
    if (found.frame) {
      found.frame->at = at_;
      at_ += found.bytes;
      return found.frame;
    }
    auto const next = bytes_.find(kFrameMagic, at_ + 1);
    // Nothing whole follows: either the end was cut off, or what stands there is damaged.
    if (next == base::ByteView::npos && found.runs_past_end)
      cut_ = true;
    else
      ++failures_;
    at_ = next == base::ByteView::npos ? bytes_.size() : next;
  }
  return std::nullopt;
}

base::Result<BundleContent> read_bundle(base::ByteView bytes, std::uint32_t most_failures) {
  TRY(auto reader, BundleReader::begin(bytes, most_failures));
  BundleContent content;
  while (auto const frame = reader.next()) content.frames.push_back({frame->kind, base::Bytes(frame->payload)});
  content.failures = reader.failures();
  content.cut = reader.cut();
  return content;
}

}  // namespace dga::protocol
