#pragma once

#include "shared/base/bytes.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/secret.h"

namespace dga::crypto {

using BoxPublic = base::Fixed<32, struct BoxPublicMeaning>;

// An X25519 key pair that opens sealed boxes.
class BoxKey {
 public:
  // As crypto_box_seed_keypair does it.
  [[nodiscard]] static BoxKey from_seed(Key32 const& seed);
  [[nodiscard]] static BoxKey generate(base::Random& random);
  [[nodiscard]] BoxPublic const& public_key() const { return public_; }
  [[nodiscard]] Key32 const& seed() const { return seed_; }
  // Damaged ("crypto.box") when it was sealed to another key or changed on the way.
  [[nodiscard]] base::Result<base::Bytes> open(base::ByteView sealed) const;

 private:
  Key32 seed_, secret_;
  BoxPublic public_;
};

// crypto_box_seal: 48 bytes longer than `plain`; only the holder of the key can open it.
// Empty for a public key of small order (all zeros, say): no key pair has one, a hostile device may still name it.
[[nodiscard]] base::Bytes seal(BoxPublic const& key, base::ByteView plain);

}  // namespace dga::crypto
