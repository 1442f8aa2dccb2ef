#pragma once

#include "shared/base/bytes.h"
#include "shared/base/random.h"
#include "shared/crypto/secret.h"

namespace dga::crypto {

using SigningPublic = base::Fixed<32, struct SigningPublicMeaning>;

// An Ed25519 key pair. Signs a label (which ends with a zero byte) and digests, never a bare message.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey from_seed(Key32 const& seed);
  [[nodiscard]] static SigningKey generate(base::Random& random);
  [[nodiscard]] SigningPublic const& public_key() const { return public_; }
  [[nodiscard]] Key32 const& seed() const { return seed_; }
  // 64 bytes, detached, over label || message.
  [[nodiscard]] base::Bytes sign(base::ByteView label, base::ByteView message) const;

 private:
  Key32 seed_;
  Secret<64> secret_;
  SigningPublic public_;
};

[[nodiscard]] bool verify(SigningPublic const& key, base::ByteView label, base::ByteView message,
                          base::ByteView signature);

}  // namespace dga::crypto
