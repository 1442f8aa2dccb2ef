#pragma once

#include <cstdint>

#include "shared/crypto/seal.h"
#include "shared/crypto/secret.h"
#include "shared/crypto/sign.h"

namespace dga::crypto {

// A kiosk's 32 bytes from which all of its keys come (protocol.md, "Keys").
class KioskMaster {
 public:
  explicit KioskMaster(Key32 secret) : secret_(secret) {}
  [[nodiscard]] static KioskMaster generate(base::Random& random);
  [[nodiscard]] SigningKey signing() const;                      // subkey 1
  [[nodiscard]] BoxKey box() const;                              // subkey 2
  [[nodiscard]] Key32 index() const;                             // subkey 4
  [[nodiscard]] Key32 database(std::uint32_t generation) const;  // subkey 1000 + generation
  [[nodiscard]] Key32 const& secret() const { return secret_; }

 private:
  Key32 secret_;
};

// Badge tag: 0 .. 999999, for a participant's number under the class's badge key.
[[nodiscard]] std::uint32_t badge_tag(base::ByteView badge_key, std::uint64_t participant);
// How a citizen's number (12 digits) is looked up; the number itself is never stored.
[[nodiscard]] base::Digest citizen_hash(base::ByteView citizen_key, std::string_view number);

// A PIN as libsodium's Argon2id text (INTERACTIVE cost), and its check (61 ms; never on the UI thread).
[[nodiscard]] std::string hash_pin(std::string_view pin);
[[nodiscard]] bool pin_matches(std::string_view pin_hash, std::string_view pin);

}  // namespace dga::crypto
