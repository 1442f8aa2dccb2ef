#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/chain.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "sync/protocol/batch.pb.h"

namespace dga::protocol {

inline constexpr std::uint32_t kBatchVersion = 1;
inline constexpr std::size_t kMostPlainBytes = 1024 * 1024;      // protocol.md, "A batch"
inline constexpr std::size_t kMostBatchBytes = 2 * 1024 * 1024;  // refused by size before anything is read

// A stretch of one log, ready to be sealed.
struct Stretch {
  base::DeviceId device;
  base::LogId log;
  base::LogSalt salt;
  std::uint64_t first_seq = 0;
  std::vector<base::Bytes> records;  // record bytes as written, in order, those erased since left out
  std::vector<std::pair<std::uint64_t, base::Digest>> erased;  // seq and H(record bytes) of each erased one
  base::Digest prev_hash, head_hash;                           // h(first_seq - 1), h(last)
  std::uint64_t log_head_seq = 0;
  base::Digest log_head_hash;
};

// zstd, seal, sign: the bytes of a SealedBatch. Refused "batch.too_large" over kMostPlainBytes.
[[nodiscard]] base::Result<base::Bytes> seal_batch(Stretch const& stretch, std::uint32_t centre_key_id,
                                                   crypto::BoxPublic const& centre_box,
                                                   crypto::SigningKey const& device, base::Random& random);

// What the header claims, nothing of it checked: for the refusal of a batch that does not verify.
// Usage "batch.too_large", "batch.malformed".
[[nodiscard]] base::Result<v1::BatchHeader> read_batch_header(base::ByteView sealed_batch);

// A batch whose form, ids and signature hold; still sealed. The order of checks is protocol.md's.
struct VerifiedBatch {
  v1::BatchHeader header;
  base::DeviceId device;
  base::LogId log;
  base::Digest prev_hash, head_hash;
  base::RequestNonce nonce;
  base::Bytes sealed;
};
// Reads size, form, that device_id, log_salt and log_id agree with each other and with `device_key`, the version and
// the signature. Errors: usage "batch.too_large", "batch.malformed"; refused "batch.wrong_ids", "batch.bad_signature",
// "batch.version" (only after the signature held).
// `device_key` is looked up by the device id that the header claims; nothing for an unknown device gives refused
// "batch.unknown_device".
using DeviceKeyLookup = std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)>;
[[nodiscard]] base::Result<VerifiedBatch> verify_batch(base::ByteView sealed_batch, DeviceKeyLookup const& device_key);

// One place of the chain, as a batch brings it.
struct ChainedRecord {
  std::uint64_t seq = 0;
  std::optional<base::Bytes> bytes;  // nothing where it was erased and only its digest came
  base::Digest digest;               // H(record bytes)
  base::Digest hash;                 // h(seq)
};
// Opens, decompresses (never beyond plain_bytes), checks the chain from prev_hash to head_hash.
// Damaged "batch.box", "batch.compression", "batch.chain"; refused "batch.malformed".
[[nodiscard]] base::Result<std::vector<ChainedRecord>> open_batch(VerifiedBatch const& batch,
                                                                  crypto::BoxKey const& centre_box);

}  // namespace dga::protocol
