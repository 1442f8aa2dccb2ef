// dga-kiosk: reads the options and picks the concrete classes; everything else is in the folders.
#include <iostream>
#include <memory>
#include <optional>

#include "kiosk/app/kiosk.h"
#include "kiosk/app/stop_signals.h"
#include "kiosk/app/windowed.h"
#include "kiosk/headless.h"
#include "kiosk/options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/crypto/secret_files.h"
#include "sync/agent/transports/https.h"

namespace {

using namespace dga;

int refuse(base::Error const& error) {
  std::cerr << "dga-kiosk: " << base::describe(error) << '\n';
  return base::exit_code(error.fault);
}

// Nothing when neither is given: the unlock screen asks.
base::Result<std::optional<crypto::SlotSecret>> secret_of(app::Options const& options) {
  if (options.passphrase_file) {
    TRY(auto const passphrase, crypto::passphrase_in(*options.passphrase_file));
    return std::optional<crypto::SlotSecret>(passphrase);
  }
  if (!options.credential_file) return std::optional<crypto::SlotSecret>();
  TRY(auto const credential, crypto::credential_in(*options.credential_file));
  return std::optional<crypto::SlotSecret>(credential);
}

int run_without_window(app::Options const& options, crypto::SlotSecret const& secret, base::Clock const& clock,
                       app::MakeTransport make_transport, app::StopSignals const& signals) {
  auto kiosk = app::Kiosk::open(options.data, secret, clock);
  if (!kiosk) return refuse(kiosk.error());
  if (auto ready = (*kiosk)->ready(); !ready) return refuse(ready.error());
  if (clock.simulated() && !(*kiosk)->desk().a_class()->pack.class_().rehearsal())
    std::cerr << "dga-kiosk: the clock is simulated (--at) and the class is no rehearsal: the centre will set these "
                 "check-ins "
                 "aside\n";
  return app::run_headless(options, std::move(kiosk).value(), clock, std::move(make_transport), signals);
}

}  // namespace

int main(int count, char** arguments) {
  auto read = app::read_options(count, arguments);
  if (auto const* code = std::get_if<int>(&read)) return *code;
  auto const& options = std::get<app::Options>(read);
  base::set_up_logging(options.log_format, options.log_level);
  app::StopSignals const signals;  // before any thread

  auto const secret = secret_of(options);
  if (!secret) return refuse(secret.error());
  auto const clock = options.at_ms ? base::clock_starting_at(*options.at_ms) : base::system_clock();
  agent::set_up_network_threads();
  app::MakeTransport make_transport = [](std::string const& address) { return agent::https_transport(address); };
  if (options.headless) return run_without_window(options, **secret, *clock, std::move(make_transport), signals);
  auto const ended = app::run_windowed(options, *secret, *clock, std::move(make_transport), signals);
  return ended ? 0 : refuse(ended.error());
}
