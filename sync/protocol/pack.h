#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "shared/base/result.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "shared/records/pack.pb.h"
#include "sync/protocol/pack_wire.pb.h"

namespace dga::protocol {

inline constexpr std::uint32_t kPackVersion = 1;
inline constexpr std::size_t kMostPackBytes = 64 * 1024 * 1024;  // plain; 100,000 people are some 10 MB

// The bytes of a SealedPack for one kiosk. REQUIRES: the pack serialises to at most kMostPackBytes.
// `nonce`: the query's, or empty for a pack that travels by file.
[[nodiscard]] base::Bytes seal_pack(v1::ClassPack const& pack, base::DeviceId const& device,
                                    crypto::BoxPublic const& kiosk, std::uint32_t key_id, base::ByteView nonce,
                                    crypto::SigningKey const& centre);

struct OpenedPack {
  v1::PackHeader header;
  v1::ClassPack pack;
  base::Bytes plain;  // the serialised ClassPack, as it came
};
// Checks the signature, that it is for `device`, opens and reads it. `nonce`: what the query carried; nothing when it
// came by file. Refused "pack.malformed", "pack.bad_signature", "pack.other_device", "pack.other_answer" (nonce),
// "pack.version"; damaged "pack.damaged".
[[nodiscard]] base::Result<OpenedPack> open_pack(base::ByteView sealed_pack, crypto::SigningPublic const& centre,
                                                 base::DeviceId const& device, crypto::BoxKey const& kiosk,
                                                 std::optional<base::RequestNonce> nonce);

[[nodiscard]] base::Bytes sign_pack_query(v1::PackQuery const& query, crypto::SigningKey const& device);
// Usage "packquery.malformed"; refused "packquery.unknown_device", "packquery.wrong_ids", "packquery.bad_signature".
[[nodiscard]] base::Result<v1::PackQuery> verify_pack_query(
    base::ByteView signed_query,
    std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> const& device_key);

}  // namespace dga::protocol
