#pragma once

#include <limits>
#include <optional>
#include <string_view>

#include "shared/base/bytes.h"
#include "shared/crypto/hash.h"

// What every message of the wire has in common. Private to this folder.
namespace dga::protocol {

// Every label belongs to one use and ends with one zero byte (protocol.md, "Keys").
namespace label {
using namespace std::string_view_literals;
inline constexpr auto kBatch = "dga-batch-v1\0"sv;
inline constexpr auto kReceipt = "dga-receipt-v1\0"sv;
inline constexpr auto kHead = "dga-head-v1\0"sv;
inline constexpr auto kPack = "dga-pack-v1\0"sv;
inline constexpr auto kPackQuery = "dga-packquery-v1\0"sv;
inline constexpr auto kDeviceCertificate = "dga-devicecert-v1\0"sv;
inline constexpr auto kDeviceKeys = "dga-devicekeys-v1\0"sv;
inline constexpr auto kTrust = "dga-trust-v1\0"sv;
inline constexpr auto kCode = "dga-code-v1\0"sv;
inline constexpr auto kEnrol = "dga-enrol-v1\0"sv;
inline constexpr auto kEnrolled = "dga-enrolled-v1\0"sv;
inline constexpr auto kEnrolReply = "dga-enrolreply-v1\0"sv;
inline constexpr auto kComparison = "dga-sas-v1\0"sv;
}  // namespace label

// A message of at most `most` bytes; nothing when it is longer or cannot be read.
template <typename Message>
[[nodiscard]] std::optional<Message> parse(base::ByteView bytes, std::size_t most) {
  Message message;
  if (bytes.size() > most || bytes.size() > std::size_t{std::numeric_limits<int>::max()}) return std::nullopt;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

// What is signed after the label: the digests, one after another.
[[nodiscard]] inline base::Bytes digests(base::ByteView first) { return crypto::hash({first}).bytes(); }
[[nodiscard]] inline base::Bytes digests(base::ByteView first, base::ByteView second) {
  return crypto::hash({first}).bytes() + crypto::hash({second}).bytes();
}

}  // namespace dga::protocol
