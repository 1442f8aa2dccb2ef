#include "shared/crypto/escrow.h"

#include <sodium.h>

#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {

Key32 escrowed_secret(BoxKey const& key) {
  sodium_ready();
  Key32 secret;
  BoxPublic ignored;
  crypto_box_seed_keypair(ignored.data(), secret.data(), key.seed().data());
  return secret;
}

}  // namespace dga::crypto
