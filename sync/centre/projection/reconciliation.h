#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// One branch of one log; of a fork only what lies beyond it. Time samples are counted too.
struct Statement {
  base::LogId log;
  base::DeviceId device;
  std::string name;                             // the device's
  std::uint64_t recorded = 0;                   // the highest place ever signed for
  std::uint64_t accepted = 0, quarantined = 0;  // rows, counted one by one
  std::uint64_t parked = 0;                     // arrived, but what lies before them has not
  std::uint64_t waiting = 0;                    // still at the kiosk
  std::uint64_t received_through = 0;
  base::Digest head{};  // h(received_through)
  std::uint64_t fork_at = 0;
  bool closes = false;  // recorded = accepted + quarantined + parked + waiting, and no row is missing
};
[[nodiscard]] base::Result<std::vector<Statement>> reconcile(Context const& context);
[[nodiscard]] nlohmann::ordered_json reconciliation_json(std::vector<Statement> const& statements);

}  // namespace dga::centre
