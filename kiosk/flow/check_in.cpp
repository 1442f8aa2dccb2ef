#include <utility>

#include "kiosk/flow/stepper.h"

namespace dga::flow {
namespace {

// After these a scan may well be recorded now: room may have been made on the disk. The next person's scan tries.
bool may_recover(screen::OutOfService const& out) {
  return out.reason == OutOfServiceReason::kDiskFull || out.reason == OutOfServiceReason::kStoreFailed;
}

}  // namespace

void Stepper::on(event::Scanned const& scanned) {
  if (auto receipt = receipt_in(scanned.text)) {
    // Wherever the kiosk's store is open; it changes no participant's screen.
    if (state_.a_class) cause(effect::SettleReceipt{*std::move(receipt)});
    return;
  }
  if (auto const* unlock = std::get_if<screen::Unlock>(&state_.screen)) {
    // Nothing can be recorded before the key is there; whoever scans while it is being made is served right after.
    if (unlock->checking && has_room_for_scan(state_)) state_.scans.push_back(scanned.text);
    return;
  }
  if (auto const* out = std::get_if<screen::OutOfService>(&state_.screen);
      out && (!may_recover(*out) || !state_.a_class))
    return;
  if (state_.scans.size() >= kMostQueuedScans) return;  // the store has stood still for hundreds of scans
  state_.scans.push_back(scanned.text);
  give_scans_to_the_store();
}

void Stepper::give_scans_to_the_store() {
  if (state_.scans.empty()) return;
  while (!state_.scans.empty() && state_.asked < kMostAsked) {
    cause(effect::CheckInScan{std::move(state_.scans.front())});
    state_.scans.pop_front();
    ++state_.asked;
  }
  if (std::holds_alternative<screen::Result>(state_.screen) || std::holds_alternative<screen::Waiting>(state_.screen))
    return;
  // The staff's screen comes back afterwards; anything a participant was doing does not: it may not be theirs.
  if (std::holds_alternative<screen::Staff>(state_.screen)) state_.covered = state_.screen;
  show(screen::Waiting{});
}

void Stepper::on(event::Settled const& settled) {
  if (state_.asked > 0) --state_.asked;
  // An answer that needed no record ("already") says nothing of a store that has just failed: it stays out of service.
  bool const recorded = settled.outcome.verdict == Verdict::kCheckedIn || settled.outcome.verdict == Verdict::kLate;
  if (auto const* out = std::get_if<screen::OutOfService>(&state_.screen); out && (!recorded || !may_recover(*out)))
    return;
  state_.settled.push_back(settled.outcome);
  give_scans_to_the_store();
  if (!std::holds_alternative<screen::Result>(state_.screen)) show_next_result();
}

void Stepper::show_next_result() {
  Outcome outcome = std::move(state_.settled.front());
  state_.settled.pop_front();
  cause(effect::PlaySound{outcome.verdict});
  show(screen::Result{std::move(outcome), now_.mono_ms});
}

void Stepper::finish_result() {
  if (!state_.settled.empty()) {
    show_next_result();
  } else if (state_.asked > 0) {
    show(screen::Waiting{});
  } else if (auto const* staff = state_.covered ? std::get_if<screen::Staff>(&*state_.covered) : nullptr) {
    screen::Staff const again = *staff;
    state_.covered.reset();
    show_staff(again);
  } else {
    go_home();
  }
}

void Stepper::on(event::FindMyName const&) {
  if (std::holds_alternative<screen::Home>(state_.screen) && state_.a_class) show(screen::FindName{});
}

void Stepper::on(event::PersonChosen const& chosen) {
  auto* find = std::get_if<screen::FindName>(&state_.screen);
  if (!find || !state_.a_class) return;
  v1::ClassPack const& pack = state_.a_class->pack;
  if (chosen.roster_place >= static_cast<std::uint32_t>(pack.roster_size())) return;
  auto const participant = pack.roster(static_cast<int>(chosen.roster_place)).participant();
  bool const first_time = pack.has_notice() && !state_.noticed.contains(participant);
  show(screen::IsThisYou{chosen.roster_place, first_time, screen::FindName(*find)});
}

void Stepper::on(event::Confirmed const&) {
  auto const* asked = std::get_if<screen::IsThisYou>(&state_.screen);
  if (!asked || !state_.a_class) return;
  auto const participant = state_.a_class->pack.roster(static_cast<int>(asked->roster_place)).participant();
  state_.noticed.insert(participant);
  cause(effect::CheckInPerson{participant});
  ++state_.asked;
  show(screen::Waiting{});
}

void Stepper::on(event::Declined const&) { on(event::Back{}); }

}  // namespace dga::flow
