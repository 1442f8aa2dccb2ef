#pragma once

#include <memory>

#include "kiosk/app/kiosk.h"
#include "kiosk/app/stop_signals.h"
#include "kiosk/app/sync_thread.h"
#include "kiosk/options.h"
#include "shared/base/clock.h"

namespace dga::app {

// A door with a scanner and no screen: scans come in on standard input (or --scanner pipe:PATH), one a line; one JSON
// object a line goes out, in order, after its record is durable. Ends at the end of the input, at SIGTERM or SIGINT and
// when nobody reads its output any more, after answering all that was read. Gives the exit code.
[[nodiscard]] int run_headless(Options const& options, std::unique_ptr<Kiosk> kiosk, base::Clock const& clock,
                               MakeTransport make_transport, StopSignals const& signals);

}  // namespace dga::app
