#pragma once

#include "shared/crypto/seal.h"

namespace dga::crypto {

// The 32 bytes that other implementations of X25519 take as the private key. For escrow only: what works with boxes
// here keeps the seed.
[[nodiscard]] Key32 escrowed_secret(BoxKey const& key);

}  // namespace dga::crypto
