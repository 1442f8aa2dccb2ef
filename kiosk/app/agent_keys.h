#pragma once

#include "kiosk/app/store_thread.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "sync/agent/pinned.h"

namespace dga::app {

// What the kiosk speaks to its centre with.
struct AgentKeys {
  agent::Pinned pinned;
  crypto::SigningKey signing;
  crypto::BoxKey box;
};
// As on_store_thread; refused "kiosk.not_enrolled". Thread: any but the UI's and the store thread.
[[nodiscard]] base::Result<AgentKeys> agent_keys(StoreThread& store);

}  // namespace dga::app
