#include "shared/crypto/sign.h"

#include <sodium.h>

#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

unsigned char const* octets(base::Bytes const& bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

base::Bytes labelled(base::ByteView label, base::ByteView message) {
  base::Bytes joined;
  joined.reserve(label.size() + message.size());
  joined.append(label).append(message);
  return joined;
}

}  // namespace

SigningKey SigningKey::from_seed(Key32 const& seed) {
  sodium_ready();
  static_assert(Key32::kSize == crypto_sign_SEEDBYTES && SigningPublic::kSize == crypto_sign_PUBLICKEYBYTES);
  SigningKey key;
  key.seed_ = seed;
  crypto_sign_seed_keypair(key.public_.data(), key.secret_.data(), seed.data());
  return key;
}

SigningKey SigningKey::generate(base::Random& random) {
  Key32 seed;
  random.fill(seed.data(), Key32::kSize);
  return from_seed(seed);
}

base::Bytes SigningKey::sign(base::ByteView label, base::ByteView message) const {
  auto const joined = labelled(label, message);
  base::Bytes signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, octets(joined), joined.size(),
                       secret_.data());
  return signature;
}

bool verify(SigningPublic const& key, base::ByteView label, base::ByteView message, base::ByteView signature) {
  sodium_ready();
  if (signature.size() != crypto_sign_BYTES) return false;
  auto const joined = labelled(label, message);
  return crypto_sign_verify_detached(reinterpret_cast<unsigned char const*>(signature.data()), octets(joined),
                                     joined.size(), key.data()) == 0;
}

}  // namespace dga::crypto
