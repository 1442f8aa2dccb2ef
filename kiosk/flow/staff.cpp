#include "kiosk/flow/stepper.h"

#include <algorithm>

namespace dga::flow {
namespace {

// A trainer sees who is here, and in which session; how the kiosk and its sync are doing is the coordinator's.
bool may_open(v1::StaffRole role, screen::StaffPage page) {
  return role == v1::COORDINATOR || page == screen::StaffPage::kPresent || page == screen::StaffPage::kSession;
}

screen::Staff* at_page(Screen& screen, screen::StaffPage page) {
  auto* staff = std::get_if<screen::Staff>(&screen);
  return staff && staff->page == page ? staff : nullptr;
}

screen::Staff* at_session_page(Screen& screen) { return at_page(screen, screen::StaffPage::kSession); }

}  // namespace

bool can_choose_session(State const& state) {
  if (!state.a_class) return false;
  auto const& sessions = state.a_class->timetable.sessions;
  return std::any_of(sessions.begin(), sessions.end(), [](auto const& one) { return !one.cancelled; });
}

void Stepper::on(event::OpenStaff const&) {
  if (!std::holds_alternative<screen::Home>(state_.screen)) return;
  screen::Pin pin;
  if (state_.pin_locked_until_ms && now_.mono_ms < *state_.pin_locked_until_ms) {
    pin.locked_until_ms = state_.pin_locked_until_ms;
    pin.tries_left = 0;
    pin.error_code = "pin.locked";
  }
  show(std::move(pin));
}

void Stepper::on(event::PinAccepted const& accepted) {
  // Whoever left before the answer came is not let in: the screen may be another person's by now.
  if (!std::holds_alternative<screen::Pin>(state_.screen)) {
    cause(effect::StaffSignedOut{accepted.number});
    return;
  }
  auto const page = accepted.role == v1::COORDINATOR ? screen::StaffPage::kSync : screen::StaffPage::kPresent;
  show_staff(screen::Staff{page, accepted.role, accepted.number, 0});
}

void Stepper::on(event::PinRefused const& refused) {
  if (refused.locked_for_ms > 0) state_.pin_locked_until_ms = now_.mono_ms + refused.locked_for_ms;
  auto* pin = std::get_if<screen::Pin>(&state_.screen);
  if (!pin) return;
  pin->checking = false;
  pin->tries_left = refused.tries_left;
  pin->locked_until_ms = refused.locked_for_ms > 0 ? state_.pin_locked_until_ms : std::nullopt;
  pin->error_code = refused.locked_for_ms > 0 ? "pin.locked" : "pin.wrong";
}

void Stepper::show_staff(screen::Staff staff) {
  if (staff.page == screen::StaffPage::kPresent) cause(effect::ListPresent{});
  show(staff);
}

void Stepper::on(event::StaffPageChosen const& chosen) {
  auto const* staff = std::get_if<screen::Staff>(&state_.screen);
  if (!staff || !may_open(staff->role, chosen.page)) return;
  screen::Staff next{chosen.page, staff->role, staff->number, 0};
  if (chosen.page == screen::StaffPage::kSession) {
    if (!can_choose_session(state_)) return;
    auto const& now = state_.session_now;
    auto const& sessions = state_.a_class->timetable.sessions;
    auto const first = std::find_if(sessions.begin(), sessions.end(), [](auto const& one) { return !one.cancelled; });
    suggest(next, now.open ? *now.open : now.next ? *now.next : first->id);
  }
  show_staff(next);
}

// The time as it is known where that lies in the session, else when it begins.
void Stepper::suggest(screen::Staff& staff, std::uint32_t session) const {
  for (auto const& one : state_.a_class->timetable.sessions) {
    if (one.id != session) continue;
    staff.session = session;
    bool const holds = course::is_valid_at(state_.a_class->timetable, one, now_.wall_ms);
    staff.told_ms = holds ? now_.wall_ms : one.start_ms;
  }
}

void Stepper::on(event::SessionStepped const& stepped) {
  auto* staff = at_session_page(state_.screen);
  if (!staff || !state_.a_class) return;
  std::vector<std::uint32_t> all;
  std::size_t place = 0;
  for (auto const& one : state_.a_class->timetable.sessions) {
    if (one.id == staff->session) place = all.size();
    if (!one.cancelled) all.push_back(one.id);
  }
  if (all.empty()) return;
  auto const count = static_cast<std::int64_t>(all.size());
  auto const next = ((static_cast<std::int64_t>(place) + stepped.by) % count + count) % count;
  suggest(*staff, all[static_cast<std::size_t>(next)]);
}

void Stepper::on(event::TimeStepped const& stepped) {
  auto* staff = at_session_page(state_.screen);
  if (!staff || !state_.a_class) return;
  auto const& timetable = state_.a_class->timetable;
  for (auto const& one : timetable.sessions)
    if (one.id == staff->session)
      staff->told_ms = std::clamp(staff->told_ms + stepped.minutes * std::int64_t{60'000},
                                  one.start_ms - timetable.opens_before_ms, one.end_ms);
}

void Stepper::on(event::SessionTold const&) {
  auto* staff = at_session_page(state_.screen);
  if (!staff || staff->session == 0 || staff->telling) return;
  staff->telling = true;
  staff->error_code.clear();
  cause(effect::TellTime{staff->session, staff->told_ms, staff->number});
}

void Stepper::on(event::ClockBelieved const&) {
  auto* staff = at_session_page(state_.screen);
  if (!staff || staff->telling) return;
  staff->telling = true;
  staff->error_code.clear();
  cause(effect::BelieveClock{staff->number});
}

void Stepper::on(event::TimeTold const& told) {
  // Under a participant's result, too: whoever said it must see it there.
  auto* staff = at_session_page(state_.screen);
  if (!staff && state_.covered) staff = at_session_page(*state_.covered);
  if (!staff || !staff->telling) return;
  staff->telling = false;
  staff->error_code = told.error_code;
  if (told.error_code.empty()) *staff = screen::Staff{screen::StaffPage::kPresent, staff->role, staff->number, 0};
}

void Stepper::on(event::SyncNow const&) {
  auto const* out = std::get_if<screen::OutOfService>(&state_.screen);
  if (std::holds_alternative<screen::Staff>(state_.screen) || (out && out->reason == OutOfServiceReason::kNoPack))
    cause(effect::SyncNow{});
}

void Stepper::on(event::CarryNow const&) {
  auto const* staff = std::get_if<screen::Staff>(&state_.screen);
  if (staff && staff->page == screen::StaffPage::kCourier) cause(effect::CarryNow{});
}

void Stepper::on(event::LimitChosen const& chosen) {
  auto* staff = at_page(state_.screen, screen::StaffPage::kLimit);
  if (!staff) return;
  staff->error_code.clear();
  cause(effect::LimitData{chosen.most_bytes});
}

void Stepper::on(event::LimitKept const& kept) {
  state_.sync.budget = kept.budget;
  auto* staff = at_page(state_.screen, screen::StaffPage::kLimit);
  if (!staff && state_.covered) staff = at_page(*state_.covered, screen::StaffPage::kLimit);
  if (staff) staff->error_code = kept.error_code;
}

void Stepper::on(event::CourierChanged const& changed) {
  auto const* staff = std::get_if<screen::Staff>(&state_.screen);
  // Whoever plugs a stick in, or waits until it is written, is somebody.
  if (staff && staff->page == screen::StaffPage::kCourier) state_.last_touch_ms = now_.mono_ms;
  state_.courier = changed.courier;
}

void Stepper::on(event::SignOut const&) {
  if (auto const* staff = std::get_if<screen::Staff>(&state_.screen)) sign_out(*staff);
}

void Stepper::sign_out(screen::Staff const& staff) {
  cause(effect::StaffSignedOut{staff.number});
  state_.present.clear();
  go_home();
}

}  // namespace dga::flow
