#include "shared/store/sodium_vfs/cipher.h"

#include <sodium.h>

#include <cstdlib>
#include <cstring>

namespace dga::sodium_vfs {
namespace {

static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(crypto::Key32::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Sixteen octets are one block of Poly1305.
using AssociatedData = std::array<std::uint8_t, 16>;
AssociatedData associated_data(Kind kind, std::uint64_t number) {
  AssociatedData data{'d', 'g', 'a', 'v', 'f', 's', '1', static_cast<std::uint8_t>(kind)};
  for (std::size_t i = 0; i < 8; ++i) data[8 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  return data;
}

}  // namespace

Cipher::Cipher(crypto::Key32 const& key) : key_(key) {
  if (sodium_init() < 0) std::abort();  // without libsodium nothing may be written
}

crypto::Key32 Cipher::passing_key() {
  if (sodium_init() < 0) std::abort();
  crypto::Key32 key;
  randombytes_buf(key.data(), crypto::Key32::kSize);
  return key;
}

void Cipher::draw_nonce(std::uint8_t* nonce) {
  std::lock_guard lock(mutex_);
  if (used_ == kDrawnAtOnce) {
    randombytes_buf(drawn_.data(), drawn_.size());
    used_ = 0;
  }
  std::memcpy(nonce, drawn_.data() + used_ * kNonceBytes, kNonceBytes);
  ++used_;
}

void Cipher::seal(Kind kind, std::uint64_t number, std::uint8_t const* plain, std::size_t size, std::uint8_t* sealed,
                  std::uint8_t* nonce, std::uint8_t* tag) {
  draw_nonce(nonce);
  auto const about = associated_data(kind, number);
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(sealed, tag, nullptr, plain, size, about.data(), about.size(),
                                                      nullptr, nonce, key_.data());
}

bool Cipher::open(Kind kind, std::uint64_t number, std::uint8_t const* sealed, std::size_t size,
                  std::uint8_t const* nonce, std::uint8_t const* tag, std::uint8_t* plain) const {
  auto const about = associated_data(kind, number);
  return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(plain, nullptr, sealed, size, tag, about.data(),
                                                             about.size(), nonce, key_.data()) == 0;
}

}  // namespace dga::sodium_vfs
