#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// One branch of one log; of a fork only what lies beyond it. Time samples are counted too.
struct Statement {
  base::LogId log;
  base::DeviceId device;
  std::string name;                             // the device's
  std::int64_t last_heard_ms = 0;               // from the device, on any of its logs; 0: never
  std::optional<std::uint32_t> branch;          // nothing: a fork of which nothing has arrived
  std::optional<std::uint32_t> parent;          // the branch that it left at fork_at
  std::uint64_t recorded = 0;                   // the highest place ever signed for
  std::uint64_t accepted = 0, quarantined = 0;  // rows, counted one by one
  std::uint64_t parked = 0;                     // arrived, but what lies before them has not
  std::uint64_t waiting = 0;                    // still at the kiosk
  std::uint64_t parked_bytes = 0;               // of the whole device, of kMostParkedBytes at most
  std::uint64_t wanted_from = 0;                // where something is parked: the first record that is missing before it
  std::uint64_t received_through = 0;
  base::Digest head{};  // h(received_through)
  std::uint64_t fork_at = 0;
  bool closes = false;  // recorded = accepted + quarantined + parked + waiting, and no row is missing
};
[[nodiscard]] base::Result<std::vector<Statement>> reconcile(Context const& context);
[[nodiscard]] nlohmann::ordered_json reconciliation_json(std::vector<Statement> const& statements);

}  // namespace dga::centre
