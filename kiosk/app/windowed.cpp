#include "kiosk/app/windowed.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "kiosk/app/frame_loop.h"
#include "kiosk/input/pipe_scanner.h"
#include "kiosk/screens/screens.h"
#include "shared/base/assets.h"
#include "shared/base/log.h"
#include "shared/store/kiosk_folder.h"

namespace dga::app {
namespace {

constexpr std::size_t kMostEvents = 8'192;  // more than the store thread can have in flight, and its other news
constexpr std::size_t kMostScans = 64;      // between the pipe and the flow; a full box holds the pipe back

// Wakes the window when somebody asks the program to stop.
class StopWatch {
 public:
  StopWatch(StopSignals const& signals, ui::Window const& window)
      : ended_(::eventfd(0, EFD_CLOEXEC)), thread_([this, &signals, &window] { watch(signals, window); }) {}
  ~StopWatch() {
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(ended_, &one, sizeof one);
    thread_.join();
    ::close(ended_);
  }
  StopWatch(StopWatch const&) = delete;
  StopWatch& operator=(StopWatch const&) = delete;
  [[nodiscard]] bool stop_asked() const { return stop_asked_; }

 private:
  void watch(StopSignals const& signals, ui::Window const& window) {
    std::array<pollfd, 2> waiting{pollfd{signals.descriptor(), POLLIN, 0}, pollfd{ended_, POLLIN, 0}};
    while (::poll(waiting.data(), waiting.size(), -1) >= 0 || errno == EINTR) {
      if (waiting[1].revents != 0) return;
      if (waiting[0].revents == 0 || !signals.take()) continue;
      stop_asked_ = true;
      window.wake();
    }
  }

  int ended_;
  std::atomic<bool> stop_asked_ = false;
  std::thread thread_;  // last: it uses all of the above
};

flow::State first_state(Options const& options, bool unlocks_itself, base::Clock const& clock) {
  flow::State state;
  state.usual = options.look;
  state.language = options.look.language;
  state.theme = options.look.theme;
  state.large_text = options.look.large_text;
  state.simulated_clock = clock.simulated();
  state.wall_ms = clock.wall_ms();
  state.mono_ms = state.last_touch_ms = clock.mono_ms();
  flow::screen::Unlock unlock;
  unlock.checking = unlocks_itself;
  state.screen = std::move(unlock);
  return state;
}

ui::WindowOptions window_options(Options const& options) {
  ui::WindowOptions window;
  window.fullscreen = options.fullscreen;
  window.width = options.width;
  window.height = options.height;
  if (options.panel_mm) window.panel = ui::Millimetres{options.panel_mm->first, options.panel_mm->second};
  return window;
}

}  // namespace

base::Done run_windowed(Options const& options, std::optional<crypto::SlotSecret> const& secret,
                        base::Clock const& clock, MakeTransport make_transport, StopSignals const& signals) {
  TRY(auto const words, base::asset("lang"));
  TRY(auto const vietnamese, ui::Lang::load(words, "vi", screens::words()));
  TRY(auto const english, ui::Lang::load(words, "en", screens::words()));
  TRY(auto window, ui::Window::open(window_options(options), clock));
  StopWatch const stop(signals, window);

  base::Mailbox<flow::Event> from_threads(kMostEvents);
  base::Mailbox<input::Scan> from_scanner(kMostScans);
  auto tell = [&](flow::Event event) {
    if (!from_threads.try_send(event)) base::log(base::LogLevel::kError, "window.event_lost");
    window.wake();
  };
  StoreThread store(options.data, nullptr, clock, [&](std::vector<flow::Event> events) {
    for (flow::Event& event : events) tell(std::move(event));
  });
  PhoneThread phone({options.centre, options.phone_address, tell}, store, clock);
  std::optional<SyncThread> sync;
  auto start_sync = [&]() -> SyncThread* {
    if (options.offline) return nullptr;
    if (!sync)
      sync.emplace(SyncThread::Plan{options.centre, make_transport,
                                    [&](flow::SyncView view) { tell(flow::event::SyncChanged{std::move(view)}); }},
                   store, clock);
    return &*sync;
  };
  std::optional<CourierThread> courier;
  auto start_courier = [&] {
    if (!courier)
      courier.emplace(
          CourierThread::Plan{options.courier_folder,
                              [&](flow::CourierView view) { tell(flow::event::CourierChanged{std::move(view)}); }},
          store, clock);
    return &*courier;
  };
  std::unique_ptr<input::Scanner> scanner;
  if (options.scanner_pipe) {
    TRY(scanner, input::open_pipe_scanner(*options.scanner_pipe, [&](input::Scan scan) {
          bool const taken = from_scanner.send(std::move(scan));
          window.wake();
          return taken;
        }));
  }

  flow::State state = first_state(options, secret.has_value(), clock);
  // Nobody should type a passphrase for a kiosk that is none.
  if (!store::is_kiosk(options.data))
    static_cast<void>(
        flow::step(state, flow::event::UnlockFailed{"kiosk.not_found"}, {clock.wall_ms(), clock.mono_ms()}));
  else if (secret && !store.ask(ask::Unlock{*secret}))
    return base::refused("kiosk.stopping", "the kiosk is being stopped");
  FrameLoop loop({window, vietnamese, english, clock, store, phone, from_threads, from_scanner, start_sync,
                  start_courier, options.touch_map},
                 state);
  while (!window.close_requested() && !stop.stop_asked()) loop.turn();
  from_scanner.close();  // a scanner that waits for room must not wait for ever
  scanner.reset();
  return {};
}

}  // namespace dga::app
