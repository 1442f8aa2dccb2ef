#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"
#include "shared/crypto/seal.h"

namespace dga::crypto {

// A recovery key pair as people keep it: one line of text each, which may be printed and typed again.
//   secret  "dga-recovery-secret-v1:" seed (64 hexadecimal digits) ":" check (8 digits) "\n"
//   public  "dga-recovery-public-v1:" key (64 digits) ":" check "\n"
// The check is the first 4 octets of H(the text before the last colon): a mistyped public key would make a slot that
// nobody can open.
[[nodiscard]] std::string write_recovery_secret(BoxKey const& key);
[[nodiscard]] std::string write_recovery_public(BoxPublic const& key);
// The first line of `text`. Refused "recovery.not_a_key"; it says so when the other half was given.
[[nodiscard]] base::Result<BoxKey> read_recovery_secret(std::string_view text);
[[nodiscard]] base::Result<BoxPublic> read_recovery_public(std::string_view text);

// How a slot names the key that opens it: 16 octets (slot.proto).
[[nodiscard]] base::Bytes recovery_key_id(BoxPublic const& key);

}  // namespace dga::crypto
