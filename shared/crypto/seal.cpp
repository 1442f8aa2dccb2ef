#include "shared/crypto/seal.h"

#include <sodium.h>

#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

unsigned char const* octets(base::ByteView bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

}  // namespace

BoxKey BoxKey::from_seed(Key32 const& seed) {
  sodium_ready();
  static_assert(Key32::kSize == crypto_box_SEEDBYTES && Key32::kSize == crypto_box_SECRETKEYBYTES);
  BoxKey key;
  key.seed_ = seed;
  crypto_box_seed_keypair(key.public_.data(), key.secret_.data(), seed.data());
  return key;
}

BoxKey BoxKey::generate(base::Random& random) {
  Key32 seed;
  random.fill(seed.data(), Key32::kSize);
  return from_seed(seed);
}

base::Result<base::Bytes> BoxKey::open(base::ByteView sealed) const {
  auto const refuse = [] {
    return base::damaged("crypto.box",
                         "could not open a sealed box: it is for another key, or it was changed on the way",
                         "Ask the sender to make it again for this key");
  };
  if (sealed.size() < crypto_box_SEALBYTES) return refuse();
  base::Bytes plain(sealed.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(reinterpret_cast<unsigned char*>(plain.data()), octets(sealed), sealed.size(),
                           public_.data(), secret_.data()) != 0)
    return refuse();
  return plain;
}

base::Bytes seal(BoxPublic const& key, base::ByteView plain) {
  sodium_ready();
  base::Bytes sealed(plain.size() + crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()), octets(plain), plain.size(), key.data()) != 0)
    sealed.clear();
  return sealed;
}

}  // namespace dga::crypto
