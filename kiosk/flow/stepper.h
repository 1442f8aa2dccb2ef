#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/flow/flow.h"
#include "kiosk/flow/state.h"

namespace dga::flow {

// One step of the flow: a method for each event, so that a forgotten one does not compile. Private to this folder.
class Stepper {
 public:
  Stepper(State& state, Instant now) : state_(state), now_(now) {}
  [[nodiscard]] std::vector<Effect> take_effects() { return std::move(effects_); }

  // flow.cpp: time, the look, answers from other threads.
  void on(event::Tick const&);
  void on(event::ToggleLanguage const&);
  void on(event::ToggleTheme const&);
  void on(event::ToggleLargeText const&);
  void on(event::StoreFailed const&);
  void on(event::Unlocked const&);
  void on(event::UnlockFailed const&);
  void on(event::ClassReplaced const&);
  void on(event::SyncChanged const&);
  void on(event::CountsChanged const&);
  void on(event::SpaceChanged const&);
  void on(event::PresentChanged const&);
  void on(event::Back const&);
  void on(event::Tapped const&);

  // check_in.cpp: scans, people found by name, results.
  void on(event::Scanned const&);
  void on(event::FindMyName const&);
  void on(event::PersonChosen const&);
  void on(event::Confirmed const&);
  void on(event::Declined const&);
  void on(event::Settled const&);

  // typing.cpp: the keyboard, wherever something is typed.
  void on(event::KeyTyped const&);
  void on(event::KeyErase const&);
  void on(event::KeyShift const&);
  void on(event::KeyDigits const&);
  void on(event::KeyTelex const&);
  void on(event::NextPage const&);
  void on(event::PreviousPage const&);
  void on(event::Submit const&);

  // staff.cpp
  void on(event::OpenStaff const&);
  void on(event::PinAccepted const&);
  void on(event::PinRefused const&);
  void on(event::StaffPageChosen const&);
  void on(event::SyncNow const&);
  void on(event::CarryNow const&);
  void on(event::CourierChanged const&);
  void on(event::LimitChosen const&);
  void on(event::LimitKept const&);
  void on(event::SessionStepped const&);
  void on(event::TimeStepped const&);
  void on(event::SessionTold const&);
  void on(event::ClockBelieved const&);
  void on(event::TimeTold const&);
  void on(event::ClockChanged const&);
  void on(event::SignOut const&);

  // phone.cpp
  void on(event::NewPhoneCode const&);
  void on(event::PhoneChanged const&);
  void on(event::ReceiptHanded const&);
  // The page for phones is there while its screen is, and no longer. `before`: as the step found it.
  void follow_phone_screen(bool shown_before);

  // "Still there?" goes away when someone is.
  void uncover_still_there();

 private:
  template <typename OneEffect>
  void cause(OneEffect one) {
    effects_.emplace_back(std::in_place_type<OneEffect>, std::move(one));
  }
  void show(Screen next);
  void go_home();
  void finish_result();
  void show_next_result();
  void give_scans_to_the_store();
  void search(screen::FindName& find);
  void stay_or_wipe();
  void sign_out(screen::Staff const& staff);
  void show_staff(screen::Staff staff);
  void suggest(screen::Staff& staff, std::uint32_t session) const;
  void know_the_session();

  State& state_;
  Instant now_;
  std::vector<Effect> effects_;
};

// Whether the screen with the code for phones is there, be it under a participant's result or a question.
[[nodiscard]] bool shows_phone(State const& state);

// Overwrites what was typed before it is let go.
void forget(std::string& typed);
void forget(Screen& screen);

}  // namespace dga::flow
