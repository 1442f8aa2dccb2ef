#include "shared/crypto/hash.h"

#include <sodium.h>

#include <cassert>
#include <cstdlib>

#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {
namespace {

unsigned char const* octets(base::ByteView bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

base::Digest blake2b(base::ByteView key, std::initializer_list<base::ByteView> parts) {
  sodium_ready();
  base::Digest digest;
  static_assert(base::Digest::kSize == crypto_generichash_BYTES);
  crypto_generichash_state state;
  // Fails only for sizes outside its limits; a digest of nothing must never go on its way.
  if (crypto_generichash_init(&state, octets(key), key.size(), digest.octets.size()) != 0) std::abort();
  for (auto part : parts) crypto_generichash_update(&state, octets(part), part.size());
  crypto_generichash_final(&state, digest.data(), digest.octets.size());
  sodium_memzero(&state, sizeof state);
  return digest;
}

}  // namespace

base::Digest hash(std::initializer_list<base::ByteView> parts) { return blake2b({}, parts); }

base::Digest keyed_hash(base::ByteView key, std::initializer_list<base::ByteView> parts) {
  assert(key.size() >= crypto_generichash_KEYBYTES_MIN && key.size() <= crypto_generichash_KEYBYTES_MAX);
  return blake2b(key, parts);
}

bool same(base::ByteView a, base::ByteView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace dga::crypto
