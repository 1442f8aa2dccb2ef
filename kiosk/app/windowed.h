#pragma once

#include <optional>
#include <string>

#include "kiosk/app/stop_signals.h"
#include "kiosk/app/sync_thread.h"
#include "kiosk/options.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"

namespace dga::app {

// The kiosk with a window, until it is closed or asked to stop. Without a secret the unlock screen asks.
// This is the UI thread: it waits for events only, never for a disk, a network or a lock that is held for long.
// The errors of the window, the words and the scanner's pipe; those of the database are shown on the screen.
[[nodiscard]] base::Done run_windowed(Options const& options, std::optional<crypto::SlotSecret> const& secret,
                                      base::Clock const& clock, MakeTransport make_transport,
                                      StopSignals const& signals);

}  // namespace dga::app
