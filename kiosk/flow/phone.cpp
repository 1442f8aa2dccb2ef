#include <optional>

#include "kiosk/flow/flow.h"
#include "kiosk/flow/stepper.h"
#include "shared/text/digit_code.h"

namespace dga::flow {
namespace {

constexpr char kReceiptPrefix = '8';
// Two ids, a hash and a signature are more than that: nothing shorter is a receipt.
constexpr std::size_t kFewestReceiptBytes = 100;

bool is_phone_page(Screen const& screen) {
  auto const* staff = std::get_if<screen::Staff>(&screen);
  return staff && staff->page == screen::StaffPage::kPhone;
}

}  // namespace

std::optional<base::Bytes> receipt_in(std::string_view scan) {
  auto receipt = text::read_digit_code(kReceiptPrefix, scan);
  if (!receipt || receipt->size() < kFewestReceiptBytes) return std::nullopt;
  return receipt;
}

bool shows_phone(State const& state) {
  return is_phone_page(state.screen) || (state.covered && is_phone_page(*state.covered));
}

void Stepper::follow_phone_screen(bool shown_before) {
  bool const shown = shows_phone(state_);
  if (shown == shown_before) return;
  state_.phone = {};
  if (shown) {
    state_.phone.phase = PhoneView::Phase::kOpening;
    cause(effect::OpenPhone{});
  } else {
    state_.handed_receipt.reset();  // who waited for it has read it
    cause(effect::ClosePhone{});
  }
}

void Stepper::on(event::NewPhoneCode const&) {
  if (!is_phone_page(state_.screen)) return;
  state_.phone = {};
  state_.handed_receipt.reset();
  state_.phone.phase = PhoneView::Phase::kOpening;
  cause(effect::OpenPhone{});
}

void Stepper::on(event::PhoneChanged const& changed) {
  if (!shows_phone(state_)) return;  // closed since
  // A phone at the page is somebody at the kiosk.
  if (changed.phone.claimed != state_.phone.claimed || changed.phone.fetched != state_.phone.fetched)
    state_.last_touch_ms = now_.mono_ms;
  state_.phone = changed.phone;
}

void Stepper::on(event::ReceiptHanded const& handed) {
  state_.handed_receipt = handed.receipt;
  state_.handed_receipt->at_page = shows_phone(state_);
}

}  // namespace dga::flow
