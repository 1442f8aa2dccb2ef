#include "kiosk/flow/flow.h"

#include <algorithm>
#include <utility>

#include "kiosk/flow/stepper.h"

namespace dga::flow {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;  // clang 14, which builds the fuzzers, cannot tell by itself

// Whether a person made it: a finger, a key or a scan, and no clock or other thread.
bool by_a_person(Event const& event) {
  return std::visit(Overloaded{
                        [](event::Tick const&) { return false; },
                        [](event::Settled const&) { return false; },
                        [](event::StoreFailed const&) { return false; },
                        [](event::Unlocked const&) { return false; },
                        [](event::UnlockFailed const&) { return false; },
                        [](event::ClassReplaced const&) { return false; },
                        [](event::SyncChanged const&) { return false; },
                        [](event::CountsChanged const&) { return false; },
                        [](event::SpaceChanged const&) { return false; },
                        [](event::PinAccepted const&) { return false; },
                        [](event::PinRefused const&) { return false; },
                        [](event::PresentChanged const&) { return false; },
                        [](event::CourierChanged const&) { return false; },
                        [](event::PhoneChanged const&) { return false; },
                        [](event::ReceiptHanded const&) { return false; },
                        [](event::LimitKept const&) { return false; },
                        [](event::ClockChanged const&) { return false; },
                        [](event::TimeTold const&) { return false; },
                        // A courier's: whoever stands at the screen must not notice.
                        [](event::Scanned const& scanned) { return !receipt_in(scanned.text); },
                        [](auto const&) { return true; },
                    },
                    event);
}

// People go on scanning while somebody of the staff is signed in, and tap their results away: that is no sign of the
// staff's, whose screen must close when nobody touches it.
bool by_a_participant_at_the_staffs_screen(State const& state, Event const& event) {
  auto const is_staffs = [](Screen const& screen) { return std::holds_alternative<screen::Staff>(screen); };
  if (!is_staffs(state.screen) && !(state.covered && is_staffs(*state.covered))) return false;
  return std::holds_alternative<event::Scanned>(event) || std::holds_alternative<screen::Result>(state.screen) ||
         std::holds_alternative<screen::Waiting>(state.screen);
}

course::SessionNow session_of(State const& state) {
  auto const named = state.clock.session;
  return course::session_now(state.a_class->timetable, state.wall_ms, named != 0 ? std::optional(named) : std::nullopt);
}

Look look_of(State const& state) { return {state.language, state.theme, state.large_text}; }

// Screens on which something of a person stands that the next one must not find.
bool asks_whether_still_there(Screen const& screen) {
  return std::holds_alternative<screen::FindName>(screen) || std::holds_alternative<screen::IsThisYou>(screen) ||
         std::holds_alternative<screen::Pin>(screen) || std::holds_alternative<screen::Staff>(screen);
}

// When whoever is at the screen will be asked; much later at a phone, and while a stick is written: its owner has
// nothing to touch. Not never: a stick may hang, and who left would stay signed in.
std::optional<std::uint64_t> idle_at(State const& state) {
  if (!asks_whether_still_there(state.screen)) return std::nullopt;
  auto const* staff = std::get_if<screen::Staff>(&state.screen);
  bool const at_phone = staff && staff->page == screen::StaffPage::kPhone;
  bool const at_stick = staff && staff->page == screen::StaffPage::kCourier;
  bool const waits = at_phone || (at_stick && state.courier.phase == CourierView::Phase::kWriting);
  return state.last_touch_ms + (waits ? kIdleAtPhoneMs : kIdleMs);
}

// When someone who left without a word is taken to be gone, on a screen that asks nobody.
std::optional<std::uint64_t> quietly_forgotten_at(State const& state) {
  std::uint64_t const at = state.last_touch_ms + kIdleMs + kStillThereMs;
  if (std::holds_alternative<screen::Home>(state.screen) && !(look_of(state) == state.usual)) return at;
  if (auto const* unlock = std::get_if<screen::Unlock>(&state.screen); unlock && !unlock->typed.empty()) return at;
  return std::nullopt;
}

OutOfServiceReason reason_of(std::string_view code) {
  if (code == "store.full") return OutOfServiceReason::kDiskFull;
  if (code == "store.held") return OutOfServiceReason::kStoreHeld;
  if (code == "kiosk.not_found" || code == "kiosk.not_enrolled") return OutOfServiceReason::kNotEnrolled;
  if (code == "kiosk.no_pack") return OutOfServiceReason::kNoPack;
  for (std::string_view damaged :
       {"store.damaged", "store.chain", "store.not_ours", "store.wrong_key", "slots.damaged", "slots.missing",
        "kiosk.mixed", "kiosk.other_generation", "kiosk.rekey_damaged", "pack.damaged"})
    if (code == damaged) return OutOfServiceReason::kStoreDamaged;
  return OutOfServiceReason::kStoreFailed;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCheckedIn: return "checked_in";
    case Verdict::kLate: return "late";
    case Verdict::kAlready: return "already";
    case Verdict::kUnknown: return "unknown";
    case Verdict::kNotOpen: return "not_open";
    case Verdict::kClosed: return "closed";
    case Verdict::kBadBadge: return "bad_badge";
    case Verdict::kNotABadge: return "not_a_badge";
  }
  return "";
}

void forget(std::string& typed) {
  // Through a volatile pointer: a compiler may drop writes to memory that is let go.
  volatile char* at = typed.data();
  for (std::size_t i = 0; i < typed.size(); ++i) at[i] = '\0';
  typed.clear();
}

void forget(Screen& screen) {
  if (auto* unlock = std::get_if<screen::Unlock>(&screen)) forget(unlock->typed);
  if (auto* pin = std::get_if<screen::Pin>(&screen)) forget(pin->typed);
  screen::FindName* find = std::get_if<screen::FindName>(&screen);
  if (auto* asked = std::get_if<screen::IsThisYou>(&screen)) find = &asked->from;
  if (find) {
    forget(find->keys);
    forget(find->text);
    find->found.clear();
  }
}

std::vector<Effect> step(State& state, Event const& event, Instant now) {
  state.wall_ms = now.wall_ms;
  state.mono_ms = now.mono_ms;
  state.own_wall_ms = now.wall_ms;
  if (state.clock.source != ClockView::Source::kOwn)
    state.wall_ms = state.clock.at_ms + static_cast<std::int64_t>(now.mono_ms - state.clock.mono_ms);
  now.wall_ms = state.wall_ms;
  if (state.a_class) state.session_now = session_of(state);

  Stepper stepper(state, now);
  bool const phone_shown = shows_phone(state);
  if (by_a_person(event) && !by_a_participant_at_the_staffs_screen(state, event)) {
    state.last_touch_ms = now.mono_ms;
    stepper.uncover_still_there();
  }
  std::visit([&](auto const& one) { stepper.on(one); }, event);
  stepper.follow_phone_screen(phone_shown);
  return stepper.take_effects();
}

std::uint64_t result_stays_ms(State const& state) {
  std::size_t const waiting = state.settled.size() + state.asked + state.scans.size();
  if (waiting == 0) return kResultStaysMs;
  return waiting < kManyWait ? kResultStaysWhenOthersWaitMs : kResultStaysWhenManyWaitMs;
}

bool has_room_for_scan(State const& state) {
  return state.settled.size() + state.asked + state.scans.size() < kMostQueuedScans;
}

std::optional<std::uint64_t> next_tick_ms(State const& state) {
  // The header's clock and the session that is open change with the minute.
  std::int64_t const into_minute = ((state.wall_ms % 60'000) + 60'000) % 60'000;
  std::uint64_t next = state.mono_ms + static_cast<std::uint64_t>(60'000 - into_minute);

  auto no_later_than = [&](std::uint64_t at_ms) { next = std::min(next, std::max(at_ms, state.mono_ms)); };
  if (auto const* result = std::get_if<screen::Result>(&state.screen))
    no_later_than(result->shown_at_ms + result_stays_ms(state));
  if (auto const* still = std::get_if<screen::StillThere>(&state.screen)) no_later_than(still->until_ms);
  if (auto const at_ms = idle_at(state)) no_later_than(*at_ms);
  if (shows_phone(state) && state.phone.expires_ms > state.mono_ms)  // it counts down in minutes
    no_later_than(state.mono_ms + (state.phone.expires_ms - state.mono_ms - 1) % 60'000 + 1);
  if (auto at_ms = quietly_forgotten_at(state)) no_later_than(*at_ms);
  if (auto const* pin = std::get_if<screen::Pin>(&state.screen); pin && pin->locked_until_ms)
    no_later_than(std::min(*pin->locked_until_ms, state.mono_ms + 1'000));  // it counts down in seconds
  return next;
}

void Stepper::show(Screen next) {
  forget(state_.screen);
  state_.screen = std::move(next);
  state_.screen_since_ms = now_.mono_ms;
}

void Stepper::go_home() {
  if (state_.covered) forget(*state_.covered);
  state_.covered.reset();
  show(screen::Home{});
}

void Stepper::uncover_still_there() {
  if (!std::holds_alternative<screen::StillThere>(state_.screen)) return;
  Screen below = state_.covered ? std::move(*state_.covered) : Screen{screen::Home{}};
  state_.covered.reset();
  show(std::move(below));
}

// Someone may have gone: asks, or wipes what they left.
void Stepper::stay_or_wipe() {
  if (auto const asked_ms = idle_at(state_); asked_ms && now_.mono_ms >= *asked_ms) {
    state_.covered = std::move(state_.screen);
    state_.screen = screen::StillThere{*asked_ms + kStillThereMs};
    state_.screen_since_ms = now_.mono_ms;
  }
  if (auto const* still = std::get_if<screen::StillThere>(&state_.screen); still && now_.mono_ms >= still->until_ms) {
    if (state_.covered)
      if (auto const* staff = std::get_if<screen::Staff>(&*state_.covered))
        cause(effect::StaffSignedOut{staff->number});
    state_.present.clear();
    go_home();
  } else if (auto at_ms = quietly_forgotten_at(state_); !at_ms || now_.mono_ms < *at_ms) {
    return;
  }
  forget(state_.screen);
  state_.language = state_.usual.language;
  state_.theme = state_.usual.theme;
  state_.large_text = state_.usual.large_text;
}

void Stepper::on(event::Tick const&) {
  if (auto const* result = std::get_if<screen::Result>(&state_.screen);
      result && now_.mono_ms >= result->shown_at_ms + result_stays_ms(state_))
    finish_result();
  if (state_.pin_locked_until_ms && now_.mono_ms >= *state_.pin_locked_until_ms) state_.pin_locked_until_ms.reset();
  if (auto* pin = std::get_if<screen::Pin>(&state_.screen);
      pin && pin->locked_until_ms && !state_.pin_locked_until_ms) {
    pin->locked_until_ms.reset();
    pin->error_code.clear();
  }
  stay_or_wipe();
}

void Stepper::on(event::ToggleLanguage const&) {
  state_.language = state_.language == Language::kVietnamese ? Language::kEnglish : Language::kVietnamese;
}

void Stepper::on(event::ToggleTheme const&) {
  switch (state_.theme) {
    case Theme::kLight: state_.theme = Theme::kDark; return;
    case Theme::kDark: state_.theme = Theme::kHighContrast; return;
    case Theme::kHighContrast: state_.theme = Theme::kLight; return;
  }
}

void Stepper::on(event::ToggleLargeText const&) { state_.large_text = !state_.large_text; }

void Stepper::on(event::StoreFailed const& failed) {
  if (state_.asked > 0) --state_.asked;
  // What is durable was shown or is on the attendance list; the word that matters now is that nothing more will be.
  state_.settled.clear();
  // Whoever still waited was given no tick. Recorded hours later, when a scan gets through again, they would stand in
  // the list at a time, or in a session, in which they were not here.
  state_.scans.clear();
  go_home();
  show(screen::OutOfService{reason_of(failed.code), failed.code});
}

void Stepper::on(event::Unlocked const& unlocked) {
  state_.kiosk_name = unlocked.kiosk_name;
  state_.a_class = unlocked.a_class;
  if (!state_.a_class) {
    show(screen::OutOfService{OutOfServiceReason::kNoPack, "kiosk.no_pack"});
    return;
  }
  know_the_session();
  show(screen::Home{});
  give_scans_to_the_store();
}

void Stepper::on(event::UnlockFailed const& failed) {
  state_.scans.clear();  // nobody saw an answer; they will scan again
  // Where the system's credential does not help somebody may still know the passphrase.
  if (failed.code == "slots.wrong_passphrase" || failed.code == "slots.wrong_credential" ||
      failed.code == "slots.no_credential_slot") {
    screen::Unlock again;
    again.error_code = failed.code;
    show(std::move(again));
    return;
  }
  show(screen::OutOfService{reason_of(failed.code), failed.code});
}

void Stepper::on(event::ClassReplaced const& replaced) {
  state_.a_class = replaced.a_class;
  if (!state_.a_class) return;
  know_the_session();
  auto points_into_the_roster = [](Screen const& screen) {
    return std::holds_alternative<screen::FindName>(screen) || std::holds_alternative<screen::IsThisYou>(screen);
  };
  auto const* out = std::get_if<screen::OutOfService>(&state_.screen);
  if ((out && out->reason == OutOfServiceReason::kNoPack) || points_into_the_roster(state_.screen) ||
      (state_.covered && points_into_the_roster(*state_.covered)))
    go_home();
}

void Stepper::know_the_session() {
  if (state_.a_class) state_.session_now = session_of(state_);
}

void Stepper::on(event::ClockChanged const& changed) {
  state_.clock = changed.clock;
  bool const own = changed.clock.source == ClockView::Source::kOwn;
  state_.wall_ms =
      own ? state_.own_wall_ms : changed.clock.at_ms + static_cast<std::int64_t>(now_.mono_ms - changed.clock.mono_ms);
  now_.wall_ms = state_.wall_ms;
  know_the_session();
}

bool clock_is_surely_wrong(State const& state) {
  if (state.clock.source != ClockView::Source::kOwn || state.simulated_clock || !state.a_class) return false;
  auto const made_ms = state.a_class->pack.made_ms();
  return made_ms > 0 && state.wall_ms < made_ms - course::kClockMayBeOffMs;
}

void Stepper::on(event::SyncChanged const& changed) {
  SyncView const counts = state_.sync;
  state_.sync = changed.sync;
  // By the clock that people see.
  if (state_.sync.next_try_ms) *state_.sync.next_try_ms += state_.wall_ms - state_.own_wall_ms;
  state_.sync.recorded = counts.recorded;
  state_.sync.received = counts.received;
  state_.sync.waiting = counts.waiting;
  state_.sync.quarantined = counts.quarantined;
  state_.sync.last_receipt_ms = counts.last_receipt_ms;
  // Which limit holds is the store's word: the sync may speak of the one that held when it began.
  bool const of_this_limit =
      counts.budget && changed.sync.budget && counts.budget->most_bytes == changed.sync.budget->most_bytes;
  if (!of_this_limit) state_.sync.budget = counts.budget;
}

void Stepper::on(event::CountsChanged const& counts) {
  state_.sync.recorded = counts.recorded;
  state_.sync.received = counts.received;
  state_.sync.waiting = counts.waiting;
  state_.sync.quarantined = counts.quarantined;
  state_.sync.last_receipt_ms = counts.last_receipt_ms;
  state_.present_in_session = counts.present_in_session;
}

void Stepper::on(event::SpaceChanged const& changed) {
  state_.space = changed.space;
  auto const* out = std::get_if<screen::OutOfService>(&state_.screen);
  if (out && out->reason == OutOfServiceReason::kDiskFull && state_.a_class &&
      state_.space.level != SpaceView::Level::kFull)
    go_home();
}

void Stepper::on(event::PresentChanged const& changed) {
  state_.present_in_session = changed.in_session;
  state_.present = changed.lines;
  state_.arrivals_per_5_minutes = changed.arrivals_per_5_minutes;
}

void Stepper::on(event::Back const&) {
  if (auto* asked = std::get_if<screen::IsThisYou>(&state_.screen)) {
    show(Screen{std::move(asked->from)});
  } else if (auto const* staff = std::get_if<screen::Staff>(&state_.screen)) {
    // What is carried by hand and the limit are opened from the sync's page, and the page for phones from there.
    if (staff->page == screen::StaffPage::kPhone)
      show_staff(screen::Staff{screen::StaffPage::kCourier, staff->role, staff->number, 0});
    else if (staff->page == screen::StaffPage::kCourier || staff->page == screen::StaffPage::kLimit)
      show_staff(screen::Staff{screen::StaffPage::kSync, staff->role, staff->number, 0});
    else if (staff->page == screen::StaffPage::kSession)
      show_staff(screen::Staff{screen::StaffPage::kPresent, staff->role, staff->number, 0});
    else
      sign_out(*staff);
  } else if (std::holds_alternative<screen::FindName>(state_.screen) ||
             std::holds_alternative<screen::Pin>(state_.screen)) {
    go_home();
  } else if (std::holds_alternative<screen::Result>(state_.screen)) {
    finish_result();
  }
}

void Stepper::on(event::Tapped const&) {
  if (std::holds_alternative<screen::Result>(state_.screen)) finish_result();
}

}  // namespace dga::flow
