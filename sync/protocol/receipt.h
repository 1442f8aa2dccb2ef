#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "shared/base/result.h"
#include "shared/crypto/sign.h"
#include "sync/protocol/receipt.pb.h"

namespace dga::protocol {

inline constexpr std::uint32_t kReceiptVersion = 1;

[[nodiscard]] base::Bytes sign_receipt(v1::Receipt const& receipt, crypto::SigningKey const& centre);
// Refused "receipt.malformed", "receipt.bad_signature", "receipt.version".
[[nodiscard]] base::Result<v1::Receipt> verify_receipt(base::ByteView signed_receipt,
                                                       crypto::SigningPublic const& centre);

// A question for a receipt, without sending anything.
[[nodiscard]] base::Bytes sign_head_query(v1::HeadQuery const& query, crypto::SigningKey const& device);
// Usage "head.malformed"; refused "head.wrong_ids", "head.unknown_device", "head.bad_signature".
[[nodiscard]] base::Result<v1::HeadQuery> verify_head_query(
    base::ByteView signed_query,
    std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> const& device_key);

// The places that a head query names: head, head-1, -2, -4, ... and 0.
[[nodiscard]] std::vector<std::uint64_t> head_query_places(std::uint64_t head_seq);

}  // namespace dga::protocol
