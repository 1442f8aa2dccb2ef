#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/flow/state.h"
#include "shared/base/bytes.h"

namespace dga::flow {

// What happens to the kiosk: from a scanner, a finger, the clock, the store, the sync thread.
namespace event {
// A whole scan, without its terminator.
struct Scanned {
  std::string text;
};
struct Tick {};  // time went on (State's clocks are set by step)
struct FindMyName {};
struct Back {};
struct ToggleLanguage {};
struct ToggleTheme {};
struct ToggleLargeText {};
// One character of the on-screen or a real keyboard, UTF-8.
struct KeyTyped {
  std::string text;
};
struct KeyErase {};
struct KeyShift {};
struct KeyDigits {};  // 123 / abc
struct KeyTelex {};   // Telex / plain
struct NextPage {};
struct PreviousPage {};
struct Submit {};  // the keyboard's big button
struct PersonChosen {
  std::uint32_t roster_place;
};
struct Confirmed {};  // "yes, that's me"
struct Declined {};   // "not me"
struct Tapped {};     // anywhere: skip a result, "I am still here"
struct OpenStaff {};
struct StaffPageChosen {
  screen::StaffPage page;
};
struct SyncNow {};
struct CarryNow {};      // to the stick that is plugged in
struct NewPhoneCode {};  // the page for phones once more, under another address
// A day's limit on data; nothing: none.
struct LimitChosen {
  std::optional<std::uint64_t> most_bytes;
};
// "It is this session now", on the page for it: another session or time to say, and saying it.
struct SessionStepped {
  int by = 0;  // places in the timetable, either way
};
struct TimeStepped {
  int minutes = 0;
};
struct SessionTold {};
struct ClockBelieved {};  // by the kiosk's clock again
struct SignOut {};

// From other threads.
// The store's answer to a check-in; the record is durable.
struct Settled {
  Outcome outcome;
};
struct StoreFailed {
  std::string code;
};
// `a_class` may be none.
struct Unlocked {
  std::shared_ptr<ClassView const> a_class;
  std::string kiosk_name;
};
struct UnlockFailed {
  std::string code;
};
struct ClassReplaced {
  std::shared_ptr<ClassView const> a_class;
};
// Its four counts are not used: CountsChanged brings them.
struct SyncChanged {
  SyncView sync;
};
struct CountsChanged {
  std::uint64_t recorded, received, waiting, quarantined;
  std::optional<std::int64_t> last_receipt_ms;
  std::uint64_t present_in_session;
};
// The limit on data that the store keeps, and what of it was used by then.
struct LimitKept {
  std::optional<SyncView::Budget> budget;
  std::string error_code = {};  // why it is not the one that was chosen
};
// Whether what the staff said of session and time is on record and holds; empty: it does.
struct TimeTold {
  std::string error_code;
};
struct ClockChanged {
  ClockView clock;
};
struct SpaceChanged {
  SpaceView space;
};
struct CourierChanged {
  CourierView courier;
};
struct PhoneChanged {
  PhoneView phone;
};
// What a receipt brought by hand changed.
struct ReceiptHanded {
  HandedReceipt receipt;
};
struct PinAccepted {
  v1::StaffRole role;
  std::uint32_t number;
};
struct PinRefused {
  std::uint32_t tries_left;
  std::uint64_t locked_for_ms;
};
struct PresentChanged {
  std::uint64_t in_session;
  std::vector<PresentLine> lines;
  std::vector<std::uint32_t> arrivals_per_5_minutes;
};
}  // namespace event

using Event =
    std::variant<event::Scanned, event::Tick, event::FindMyName, event::Back, event::ToggleLanguage, event::ToggleTheme,
                 event::ToggleLargeText, event::KeyTyped, event::KeyErase, event::KeyShift, event::KeyDigits,
                 event::KeyTelex, event::NextPage, event::PreviousPage, event::Submit, event::PersonChosen,
                 event::Confirmed, event::Declined, event::Tapped, event::OpenStaff, event::StaffPageChosen,
                 event::SyncNow, event::SignOut, event::Settled, event::StoreFailed, event::Unlocked,
                 event::UnlockFailed, event::ClassReplaced, event::SyncChanged, event::PinAccepted, event::PinRefused,
                 event::PresentChanged, event::CountsChanged, event::SpaceChanged, event::NewPhoneCode,
                 event::PhoneChanged, event::ReceiptHanded, event::CarryNow, event::CourierChanged, event::LimitChosen,
                 event::LimitKept, event::SessionStepped, event::TimeStepped, event::SessionTold, event::ClockBelieved,
                 event::ClockChanged, event::TimeTold>;

// What the flow asks others to do; the app carries it out and answers with an event.
namespace effect {
// -> Settled or StoreFailed.
struct CheckInScan {
  std::string text;
};
// By name -> Settled or StoreFailed.
struct CheckInPerson {
  std::uint64_t participant;
};
// -> Unlocked or UnlockFailed.
struct Unlock {
  std::string passphrase;
};
// -> PinAccepted or PinRefused.
struct CheckPin {
  std::string pin;
};
struct StaffSignedOut {
  std::uint32_t number;
};
struct SyncNow {};
struct ListPresent {};  // -> PresentChanged
struct CarryNow {};     // -> CourierChanged
struct OpenPhone {};    // the page for phones, anew where there is one -> PhoneChanged
struct ClosePhone {};
// A SignedReceipt that a code brought -> ReceiptHanded.
struct SettleReceipt {
  base::Bytes receipt;
};
// -> LimitKept; the sync goes by it at once.
struct LimitData {
  std::optional<std::uint64_t> most_bytes;
};
// On record -> ClockChanged, PresentChanged, and at last TimeTold.
struct TellTime {
  std::uint32_t session = 0;
  std::int64_t at_ms = 0;  // UTC, now
  std::uint32_t staff = 0;
};
struct BelieveClock {
  std::uint32_t staff = 0;
};
struct PlaySound {
  Verdict verdict;
};
}  // namespace effect

using Effect =
    std::variant<effect::CheckInScan, effect::CheckInPerson, effect::Unlock, effect::CheckPin, effect::StaffSignedOut,
                 effect::SyncNow, effect::ListPresent, effect::PlaySound, effect::OpenPhone, effect::ClosePhone,
                 effect::SettleReceipt, effect::CarryNow, effect::LimitData, effect::TellTime, effect::BelieveClock>;

}  // namespace dga::flow
