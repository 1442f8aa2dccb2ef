#pragma once

#include "shared/base/random.h"
#include "shared/crypto/chain.h"
#include "shared/crypto/keys.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"

namespace dga::fuzz {

// A kiosk and its centre, the same in every run.
struct Parties {
  Parties();
  crypto::KioskMaster master;
  crypto::SigningKey device;
  crypto::BoxKey device_box;
  crypto::SigningKey centre;
  crypto::BoxKey centre_box;
  crypto::SigningKey root;
  base::LogSalt salt;
  base::DeviceId device_id;
  base::LogId log;
};
// Made at the first call: key pairs take longer than most inputs.
[[nodiscard]] Parties const& parties();

// 32 bytes that are no secret.
[[nodiscard]] crypto::Key32 known_key(char letter);

}  // namespace dga::fuzz
