#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "shared/crypto/secret.h"
#include "shared/store/sodium_vfs/format.h"

namespace dga::sodium_vfs {

// XChaCha20-Poly1305 under one key, with a fresh random nonce for every piece sealed.
// Associated data, 16 octets: "dgavfs1" || kind || LE64(number).
// Thread: any; a mutex guards the drawn nonces and OpenSSL's contexts, since SQLite may come from any thread that named
// this VFS.
class Cipher {
 public:
  // Who does the work; the octets are the same. libsodium derives the subkey (HChaCha20) in both, OpenSSL's
  // ChaCha20-Poly1305 is the quicker one for a page. Where it refuses its service libsodium takes over.
  enum class Worker { kQuickest, kSodium };

  explicit Cipher(crypto::Key32 const& key, Worker worker = Worker::kQuickest);
  ~Cipher();
  Cipher(Cipher const&) = delete;
  Cipher& operator=(Cipher const&) = delete;
  // A key that nobody else has and that goes with this object: for temporary files.
  [[nodiscard]] static crypto::Key32 passing_key();

  // `sealed` takes `size` octets (it may be `plain` itself), `nonce` 24, `tag` 16.
  void seal(Kind kind, std::uint64_t number, std::uint8_t const* plain, std::size_t size, std::uint8_t* sealed,
            std::uint8_t* nonce, std::uint8_t* tag);
  // False, and `plain` zeroed, when not exactly this was sealed under this key as this kind and number.
  [[nodiscard]] bool open(Kind kind, std::uint64_t number, std::uint8_t const* sealed, std::size_t size,
                          std::uint8_t const* nonce, std::uint8_t const* tag, std::uint8_t* plain) const;
  // Whether a page was sealed under this key as that number in another version of the format: 2 .. 9.
  [[nodiscard]] bool is_of_version(char version, std::uint64_t number, std::uint8_t const* page) const;

 private:
  // 24 random octets cost a system call, as much as sealing 300: so they are drawn 32 at a time.
  static constexpr std::size_t kDrawnAtOnce = 32;
  void draw_nonce(std::uint8_t* nonce);

  struct Quick;  // cipher.cpp: OpenSSL's contexts

  crypto::Key32 const key_;
  mutable std::mutex mutex_;
  std::unique_ptr<Quick> const quick_;  // none: libsodium alone
  std::array<std::uint8_t, kDrawnAtOnce * kNonceBytes> drawn_{};
  std::size_t used_ = kDrawnAtOnce;
};

}  // namespace dga::sodium_vfs
