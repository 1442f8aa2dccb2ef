#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/app/courier_thread.h"
#include "kiosk/app/phone_thread.h"
#include "kiosk/app/store_thread.h"
#include "kiosk/app/sync_thread.h"
#include "kiosk/app/touch_map.h"
#include "kiosk/flow/flow.h"
#include "kiosk/input/scan.h"
#include "kiosk/input/wedge.h"
#include "kiosk/ui/lang.h"
#include "kiosk/ui/window.h"
#include "shared/base/mailbox.h"

namespace dga::app {

// What stands between the window and the flow: events in, effects out, one frame after the other.
// Thread: the UI thread's only; the mailboxes are filled by others, who then wake the window.
class FrameLoop {
 public:
  struct Parts {
    ui::Window& window;
    ui::Lang const& vietnamese;
    ui::Lang const& english;
    base::Clock const& clock;
    StoreThread& store;
    PhoneThread& phone;
    base::Mailbox<flow::Event>& from_threads;
    base::Mailbox<input::Scan>& from_scanner;
    std::function<SyncThread*()> start_sync;        // when the kiosk is unlocked; none when offline
    std::function<CourierThread*()> start_courier;  // the same; never none
    std::filesystem::path touch_map;                // empty: none is written
  };
  FrameLoop(Parts parts, flow::State& state);
  ~FrameLoop();
  FrameLoop(FrameLoop const&) = delete;
  FrameLoop& operator=(FrameLoop const&) = delete;

  // One wait, and one frame.
  void turn();

 private:
  void key(ui::KeyStroke const& stroke);
  void happen(flow::Event const& event);
  void draw();
  void give();
  void use_characters_of(std::shared_ptr<flow::ClassView const> const& a_class);
  [[nodiscard]] std::chrono::milliseconds longest_wait() const;

  void on(flow::effect::CheckInScan& effect) { ask_.emplace_back(ask::Serve{desk::ByScan{std::move(effect.text)}}); }
  void on(flow::effect::CheckInPerson& effect) { ask_.emplace_back(ask::Serve{desk::ByName{effect.participant}}); }
  void on(flow::effect::Unlock& effect) {
    ask_.emplace_back(ask::Unlock{crypto::Passphrase(effect.passphrase)});
    effect.passphrase.assign(effect.passphrase.size(), '\0');
  }
  void on(flow::effect::CheckPin& effect) { ask_.emplace_back(ask::CheckPin{std::move(effect.pin)}); }
  void on(flow::effect::StaffSignedOut& effect) { ask_.emplace_back(ask::SignOutStaff{effect.number}); }
  void on(flow::effect::ListPresent&) { ask_.emplace_back(ask::ListPresent{}); }
  void on(flow::effect::SyncNow&) {
    if (sync_) sync_->hurry();
  }
  void on(flow::effect::CarryNow&) {
    if (courier_) courier_->carry();
  }
  void on(flow::effect::LimitData& effect) { ask_.emplace_back(ask::LimitData{effect.most_bytes}); }
  void on(flow::effect::TellTime& effect) {
    ask_.emplace_back(ask::TellTime{effect.session, effect.at_ms, effect.staff});
  }
  void on(flow::effect::BelieveClock& effect) { ask_.emplace_back(ask::BelieveClock{effect.staff}); }
  void on(flow::effect::OpenPhone&) { parts_.phone.open(); }
  void on(flow::effect::ClosePhone&) { parts_.phone.close(); }
  void on(flow::effect::SettleReceipt& effect) { parts_.phone.settle(std::move(effect.receipt)); }
  // Colour, icon and words say it, too; a loudspeaker would be another sink for this effect.
  void on(flow::effect::PlaySound&) {}

  Parts parts_;
  flow::State* state_;
  TouchMap touch_map_;
  input::Wedge wedge_;
  std::deque<Ask> ask_;               // not yet taken by the store thread
  std::deque<flow::Event> happened_;  // keys, in their order
  std::uint64_t looked_ms_ = 0;       // keys that come now were pressed after this
  std::uint64_t next_tick_ms_ = 0;
  SyncThread* sync_ = nullptr;
  CourierThread* courier_ = nullptr;
};

}  // namespace dga::app
