#include "kiosk/app/agent_keys.h"

#include "kiosk/app/store_outbox_proxy.h"

namespace dga::app {

base::Result<AgentKeys> agent_keys(StoreThread& store) {
  return on_store_thread<AgentKeys>(store, [](Kiosk& kiosk) -> base::Result<AgentKeys> {
    TRY(auto pinned, agent::read_pinned(kiosk.store()));
    return AgentKeys{std::move(pinned), kiosk.opened().signing, kiosk.opened().box};
  });
}

}  // namespace dga::app
