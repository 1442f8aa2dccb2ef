#include "sync/protocol/bundle.h"

#include <optional>

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
  std::optional<Frame> frame;
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
  return {Frame{kind, base::Bytes(payload)}, whole, false};
}

}  // namespace

base::Result<base::Bytes> write_bundle(std::vector<Frame> const& frames) {
  auto total = kBundleMagic.size();
  for (auto const& frame : frames) {
    if (frame.payload.size() > kMostFrameBytes)
      return too_large("wrote a frame of " + std::to_string(frame.payload.size()) + " bytes, where 2 MiB is the most");
    total += kFrameHeaderBytes + frame.payload.size() + kFrameCheckBytes;
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

base::Result<BundleContent> read_bundle(base::ByteView bytes, std::uint32_t most_failures) {
  if (bytes.size() > kMostBundleBytes)
    return too_large("read a bundle of " + std::to_string(bytes.size()) + " bytes, where 64 MiB is the most");
  if (bytes.substr(0, kBundleMagic.size()) != kBundleMagic)
    return base::refused("bundle.not_one", "read a file that does not begin as a bundle",
                         "choose a file that ends in .dgab");

  BundleContent content;
  auto at = kBundleMagic.size();
  while (at < bytes.size() && content.failures < most_failures) {
    auto found = frame_at(bytes.substr(at));
    if (found.frame) {
      content.frames.push_back(std::move(*found.frame));
      at += found.bytes;
      continue;
    }
    auto const next = bytes.find(kFrameMagic, at + 1);
    // Nothing whole follows: either the end was cut off, or what stands there is damaged.
    if (next == base::ByteView::npos && found.runs_past_end) {
      content.cut = true;
      break;
    }
    ++content.failures;
    if (next == base::ByteView::npos) break;
    at = next;
  }
  return content;
}

}  // namespace dga::protocol
