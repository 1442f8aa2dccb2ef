#include "kiosk/app/kiosk.h"

#include <utility>

#include "shared/crypto/keys.h"

namespace dga::app {
namespace {

constexpr std::string_view kPinLock = "pin.lock";
constexpr std::string_view kName = "kiosk.name";
constexpr std::string_view kCentreAddress = "centre.address";
constexpr std::string_view kEnrolment = "centre.enrolment";

}  // namespace

Kiosk::Kiosk(store::OpenKiosk opened, base::Clock const& clock) : clock_(&clock), opened_(std::move(opened)) {}

base::Result<std::unique_ptr<Kiosk>> Kiosk::open(std::filesystem::path const& folder, std::string_view passphrase,
                                                 base::Clock const& clock) {
  return open(folder, crypto::SlotSecret(crypto::Passphrase(passphrase)), clock);
}

base::Result<std::unique_ptr<Kiosk>> Kiosk::open(std::filesystem::path const& folder, crypto::SlotSecret const& secret,
                                                 base::Clock const& clock) {
  TRY(auto opened, store::open_kiosk(folder, secret));
  std::unique_ptr<Kiosk> kiosk(new Kiosk(std::move(opened), clock));
  store::KioskStore& store = kiosk->opened_.store;
  TRY(auto desk, desk::Desk::open(store, clock));
  kiosk->desk_.emplace(std::move(desk));
  TRY(auto const pin_lock, store.setting(kPinLock));
  kiosk->pin_lock_.emplace(pin_lock.value_or(""), clock);
  if (pin_lock) TRY_DO(kiosk->remember_pin_lock());  // a new boot starts counting now, and once
  TRY(auto const name, store.setting(kName));
  TRY(auto const address, store.setting(kCentreAddress));
  TRY(auto const enrolment, store.setting(kEnrolment));
  kiosk->name_ = name.value_or("");
  kiosk->centre_address_ = address.value_or("");
  kiosk->enrolled_ = enrolment.has_value();
  return kiosk;
}

base::Done Kiosk::ready() const {
  if (desk_->has_class()) return {};
  if (!enrolled_)
    return base::refused("kiosk.not_enrolled", "this kiosk is not enrolled at a centre yet",
                         "ask a coordinator for an enrolment code, then run: dga kiosk enrol");
  return base::refused("kiosk.no_pack", "this kiosk is enrolled but holds no class yet",
                       "connect it to the centre and run: dga kiosk sync");
}

base::Done Kiosk::record(v1::KioskEvent::Kind kind, std::string detail, std::uint32_t staff) {
  v1::Record draft;
  draft.set_staff(staff);
  draft.mutable_kiosk_event()->set_kind(kind);
  draft.mutable_kiosk_event()->set_detail(std::move(detail));
  TRY([[maybe_unused]] auto const stored, opened_.store.append({std::move(draft)}, *clock_));
  return {};
}

base::Done Kiosk::remember_pin_lock() { return opened_.store.put_setting(kPinLock, pin_lock_->write()); }

base::Result<Kiosk::PinAnswer> Kiosk::check_pin(std::string_view pin) {
  if (auto const locked_ms = pin_lock_->locked_for_ms(*clock_); locked_ms > 0)
    return PinAnswer{flow::event::PinRefused{0, locked_ms}};
  pin_lock_->count_try(*clock_);
  TRY_DO(remember_pin_lock());

  if (auto const a_class = desk_->a_class()) {
    for (v1::Staff const& staff : a_class->pack.staff()) {
      if (staff.pin_hash().empty() || !crypto::pin_matches(staff.pin_hash(), pin)) continue;
      pin_lock_->right_pin();
      TRY_DO(remember_pin_lock());
      TRY_DO(record(v1::KioskEvent::STAFF_SIGNED_IN, "", staff.number()));
      return PinAnswer{flow::event::PinAccepted{staff.role(), staff.number()}};
    }
  }
  auto const locked_ms = pin_lock_->locked_for_ms(*clock_);
  if (locked_ms > 0) TRY_DO(record(v1::KioskEvent::PIN_LOCKED, std::to_string(locked_ms / 1'000) + " s"));
  return PinAnswer{flow::event::PinRefused{pin_lock_->tries_left(*clock_), locked_ms}};
}

base::Result<flow::event::CountsChanged> Kiosk::counts() {
  TRY(auto const totals, opened_.store.totals());
  flow::event::CountsChanged counts{};
  counts.recorded = totals.recorded;
  counts.received = totals.received;
  counts.waiting = totals.waiting;
  counts.quarantined = totals.quarantined;
  counts.present_in_session = desk_->count_present();
  if (totals.last_receipt_ms != 0) counts.last_receipt_ms = totals.last_receipt_ms;
  return counts;
}

}  // namespace dga::app
