#include "kiosk/flow/stepper.h"

namespace dga::flow {
namespace {

// A trainer sees who is here; how the kiosk and its sync are doing is the coordinator's.
bool may_open(v1::StaffRole role, screen::StaffPage page) {
  return role == v1::COORDINATOR || page == screen::StaffPage::kPresent;
}

}  // namespace

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
  show_staff(screen::Staff{chosen.page, staff->role, staff->number, 0});
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
