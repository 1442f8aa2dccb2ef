#include "shared/store/sodium_vfs/cipher.h"

#include <openssl/evp.h>
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
AssociatedData associated_data(Kind kind, std::uint64_t number, char version = kFormatVersion) {
  AssociatedData data{
      'd', 'g', 'a', 'v', 'f', 's', static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(kind)};
  for (std::size_t i = 0; i < 8; ++i) data[8 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  return data;
}

// XChaCha20 is ChaCha20 under a key made of the nonce's first 16 octets, with the rest as its nonce (draft-irtf-cfrg-
// xchacha, 2.2).
struct Derived {
  crypto::Key32 key;
  std::array<std::uint8_t, 12> nonce{};

  Derived(crypto::Key32 const& whole, std::uint8_t const* long_nonce) {
    static_assert(crypto_core_hchacha20_OUTPUTBYTES == crypto::Key32::kSize && crypto_core_hchacha20_INPUTBYTES == 16);
    crypto_core_hchacha20(key.data(), long_nonce, whole.data(), nullptr);
    std::memcpy(nonce.data() + 4, long_nonce + 16, 8);
  }
};

}  // namespace

// One context for each direction, set to the algorithm once: a new key and nonce for it then allocate nothing.
struct Cipher::Quick {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> sealing{EVP_CIPHER_CTX_new()}, opening{EVP_CIPHER_CTX_new()};

  // Nothing where this OpenSSL has no ChaCha20-Poly1305 (a FIPS provider has none).
  static std::unique_ptr<Quick> make() {
    auto made = std::make_unique<Quick>();
    bool const ready =
        made->sealing && made->opening &&
        EVP_EncryptInit_ex(made->sealing.get(), EVP_chacha20_poly1305(), nullptr, nullptr, nullptr) == 1 &&
        EVP_DecryptInit_ex(made->opening.get(), EVP_chacha20_poly1305(), nullptr, nullptr, nullptr) == 1;
    return ready ? std::move(made) : nullptr;
  }

  bool seal(Derived const& with, AssociatedData const& about, std::uint8_t const* plain, int size, std::uint8_t* sealed,
            std::uint8_t* tag) {
    auto* const context = sealing.get();
    int done = 0;
    return EVP_EncryptInit_ex(context, nullptr, nullptr, with.key.data(), with.nonce.data()) == 1 &&
           EVP_EncryptUpdate(context, nullptr, &done, about.data(), static_cast<int>(about.size())) == 1 &&
           EVP_EncryptUpdate(context, sealed, &done, plain, size) == 1 && done == size &&
           EVP_EncryptFinal_ex(context, sealed + size, &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes), tag) == 1;
  }

  enum class Opened { kGood, kForged, kUnable };
  Opened open(Derived const& with, AssociatedData const& about, std::uint8_t const* sealed, int size,
              std::uint8_t const* tag, std::uint8_t* plain) {
    auto* const context = opening.get();
    std::array<std::uint8_t, kTagBytes> expected;
    std::memcpy(expected.data(), tag, expected.size());
    int done = 0;
    if (EVP_DecryptInit_ex(context, nullptr, nullptr, with.key.data(), with.nonce.data()) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes), expected.data()) != 1 ||
        EVP_DecryptUpdate(context, nullptr, &done, about.data(), static_cast<int>(about.size())) != 1)
      return Opened::kUnable;  // nothing was written yet: `plain` may be `sealed`
    if (EVP_DecryptUpdate(context, plain, &done, sealed, size) == 1 && done == size &&
        EVP_DecryptFinal_ex(context, plain + size, &done) == 1)
      return Opened::kGood;
    std::memset(plain, 0, static_cast<std::size_t>(size));  // OpenSSL decrypts before it knows
    return Opened::kForged;
  }
};

Cipher::Cipher(crypto::Key32 const& key, Worker worker)
    : key_(key), quick_(worker == Worker::kQuickest ? Quick::make() : nullptr) {
  if (sodium_init() < 0) std::abort();  // without libsodium nothing may be written
}
Cipher::~Cipher() = default;

crypto::Key32 Cipher::passing_key() {
  if (sodium_init() < 0) std::abort();
  crypto::Key32 key;
  randombytes_buf(key.data(), crypto::Key32::kSize);
  return key;
}

void Cipher::draw_nonce(std::uint8_t* nonce) {
  if (used_ == kDrawnAtOnce) {
    randombytes_buf(drawn_.data(), drawn_.size());
    used_ = 0;
  }
  std::memcpy(nonce, drawn_.data() + used_ * kNonceBytes, kNonceBytes);
  ++used_;
}

void Cipher::seal(Kind kind, std::uint64_t number, std::uint8_t const* plain, std::size_t size, std::uint8_t* sealed,
                  std::uint8_t* nonce, std::uint8_t* tag) {
  auto const about = associated_data(kind, number);
  std::lock_guard lock(mutex_);
  draw_nonce(nonce);
  if (quick_ && plain != sealed &&
      quick_->seal(Derived(key_, nonce), about, plain, static_cast<int>(size), sealed, tag))
    return;
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(sealed, tag, nullptr, plain, size, about.data(), about.size(),
                                                      nullptr, nonce, key_.data());
}

bool Cipher::open(Kind kind, std::uint64_t number, std::uint8_t const* sealed, std::size_t size,
                  std::uint8_t const* nonce, std::uint8_t const* tag, std::uint8_t* plain) const {
  auto const about = associated_data(kind, number);
  if (quick_) {
    std::lock_guard lock(mutex_);
    auto const opened = quick_->open(Derived(key_, nonce), about, sealed, static_cast<int>(size), tag, plain);
    if (opened != Quick::Opened::kUnable) return opened == Quick::Opened::kGood;
  }
  return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(plain, nullptr, sealed, size, tag, about.data(),
                                                             about.size(), nonce, key_.data()) == 0;
}

bool Cipher::is_of_version(char version, std::uint64_t number, std::uint8_t const* page) const {
  auto const about = associated_data(Kind::kPage, number, version);
  std::array<std::uint8_t, kUsableBytes> plain;
  auto const* const nonce = page + kUsableBytes;
  return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(plain.data(), nullptr, page, kUsableBytes,
                                                             nonce + kNonceBytes, about.data(), about.size(), nonce,
                                                             key_.data()) == 0;
}

}  // namespace dga::sodium_vfs
